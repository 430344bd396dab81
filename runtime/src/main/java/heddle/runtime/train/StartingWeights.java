package heddle.runtime.train;

import heddle.compiler.frontend.Model.Declaration;
import heddle.compiler.type.Dim;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.diagnostic.Suggest;
import heddle.runtime.CompileOptions;
import heddle.runtime.tensor.Tensor;
import heddle.runtime.weights.WeightBinding;
import heddle.runtime.weights.WeightBinding.Conversion;
import heddle.runtime.weights.WeightFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a training begins with.
 *
 * @param trained f32 or narrower floats by name, in the order of declaration
 * @param frozen  the others
 */
record StartingWeights(SequencedMap<String, Tensor> trained, SequencedMap<String, Tensor> frozen) {
    /** Which names a pattern like {@code layer.0.*} stands for. */
    private static final String REST = "*";

    /** How many names of weights a message lists. */
    private static final int LISTED = 12;

    /**
     * The weights of a file, and for those that it does not have, what the model says they begin with.
     *
     * @throws DiagnosticException when a weight has neither, or is to be trained and cannot be
     */
    static StartingWeights of(List<Declaration> weights, TrainingSettings settings, CompileOptions options) {
        Set<String> frozen = frozen(weights, settings.frozen());
        requireTrainable(weights, frozen);
        requireCount(weights, frozen);
        Map<String, Tensor> read = read(weights, frozen, settings.from(), options);
        SequencedMap<String, Tensor> trained = new LinkedHashMap<>();
        SequencedMap<String, Tensor> fixed = new LinkedHashMap<>();
        List<Diagnostic> missing = new ArrayList<>();
        for (Declaration w : weights) {
            Optional<Tensor> found = read.containsKey(w.name())
                    ? Optional.of(read.get(w.name()))
                    : w.initial().map(i -> InitialWeights.of(w, settings.seed()));
            if (found.isEmpty()) {
                missing.add(missing(w));
            } else {
                (frozen.contains(w.name()) ? fixed : trained).put(w.name(), found.get());
            }
        }
        if (!missing.isEmpty()) {
            throw new DiagnosticException(missing);
        }
        if (trained.isEmpty()) {
            throw new DiagnosticException(
                    Diagnostic.of(TrainCode.NOT_TRAINABLE, "the model has no weight that is trained")
                            .hint("declare some: weight \"w\" : f32[n, m] = normal(0.02); or freeze fewer"));
        }
        return new StartingWeights(trained, fixed);
    }

    private static Diagnostic missing(Declaration w) {
        return Diagnostic.at(
                        w.span(),
                        TrainCode.INITIAL_MISSING,
                        "it is not said what the weight \"" + w.name() + "\" begins with")
                .hint("write `= normal(0.02)` behind its type, or begin with the weights of a file: --from FILE");
    }

    /** Those that are named, and whole numbers that are no scaled floats: these have no gradient. */
    private static Set<String> frozen(List<Declaration> weights, Set<String> patterns) {
        Set<String> frozen = new HashSet<>();
        List<String> names = weights.stream().map(Declaration::name).toList();
        for (String pattern : patterns) {
            List<String> meant = names.stream().filter(n -> matches(n, pattern)).toList();
            if (meant.isEmpty()) {
                Diagnostic d = Diagnostic.of(
                        TrainCode.NOT_TRAINABLE, "the model has no weight \"" + pattern + "\" that could be frozen");
                throw new DiagnosticException(
                        Suggest.closest(pattern, names)
                                .map(closest -> d.hint("did you mean \"" + closest + "\"?"))
                                .orElseGet(
                                        () -> d.note("its weights are " + some(names))
                                                .hint(
                                                        "NAME* stands for all that begin so; `heddle inspect` shows where they are used")));
            }
            frozen.addAll(meant);
        }
        for (Declaration w : weights) {
            if (!w.type().dtype().isFloat()) {
                frozen.add(w.name());
            }
            if (frozen.contains(w.name())) {
                w.held().scales().ifPresent(s -> frozen.add(s.name()));
            }
        }
        return frozen;
    }

    private static String some(List<String> names) {
        return names.stream().limit(LISTED).collect(Collectors.joining(", "))
                + (names.size() > LISTED ? ", and " + (names.size() - LISTED) + " more" : "");
    }

    private static boolean matches(String name, String pattern) {
        return pattern.endsWith(REST)
                ? name.startsWith(pattern.substring(0, pattern.length() - REST.length()))
                : name.equals(pattern);
    }

    private static void requireTrainable(List<Declaration> weights, Set<String> frozen) {
        List<Diagnostic> wrong = weights.stream()
                .filter(w -> !frozen.contains(w.name()))
                .filter(w -> w.held().stored().isQuantised() || w.type().dtype().bytes() > Float.BYTES)
                .map(w -> Diagnostic.at(
                                w.span(),
                                TrainCode.NOT_TRAINABLE,
                                "the weight \"" + w.name() + "\", which is held as "
                                        + w.held().text() + ", is not trained")
                        .note("weights are trained in f32")
                        .hint("declare it as f32, or leave it as it is: --freeze " + w.name()))
                .toList();
        if (!wrong.isEmpty()) {
            throw new DiagnosticException(wrong);
        }
    }

    /** Before anything is allocated: the moments of all weights together are in one array each. */
    private static void requireCount(List<Declaration> weights, Set<String> frozen) {
        double count = weights.stream()
                .filter(w -> !frozen.contains(w.name()))
                .mapToDouble(w -> w.type().shape().dims().stream()
                        .filter(Dim::isKnown)
                        .mapToDouble(Dim::value)
                        .reduce(1, (a, b) -> a * b))
                .map(TrainedWeights::places)
                .sum();
        if (count > TrainedWeights.MOST) {
            throw new DiagnosticException(Diagnostic.of(
                            TrainCode.NOT_TRAINABLE,
                            String.format(Locale.ROOT, "the model has %.3g numbers to train", count))
                    .note("at most " + TrainedWeights.MOST + " are trained at once")
                    .hint("freeze some weights: --freeze NAME"));
        }
    }

    private static Map<String, Tensor> read(
            List<Declaration> weights, Set<String> frozen, Optional<String> from, CompileOptions options) {
        if (from.isEmpty()) {
            return Map.of();
        }
        WeightFile file = WeightFile.open(options.files().find(from.get(), Path.of("")));
        List<Declaration> wanted = weights.stream()
                .filter(w -> w.initial().isEmpty() || file.entries().containsKey(w.name()))
                .toList();
        List<String> anew = weights.stream()
                .filter(w -> !wanted.contains(w))
                .map(Declaration::name)
                .toList();
        if (wanted.stream().noneMatch(w -> file.entries().containsKey(w.name()))) {
            throw new DiagnosticException(
                    Diagnostic.of(TrainCode.NOT_TRAINABLE, "no weight of the model is in " + from.get())
                            .note("the model has " + weights.getFirst().name() + ", ...")
                            .hint("`heddle weights` lists what a file has"));
        }
        if (!anew.isEmpty()) {
            options.warnings()
                    .accept(from.get() + " does not have " + String.join(", ", anew)
                            + ": they begin as the model says");
        }
        // Training rounds weights of sixteen bits by itself, whatever they begin with.
        Map<Boolean, List<Declaration>> parts =
                wanted.stream().collect(Collectors.partitioningBy(w -> frozen.contains(w.name())));
        Map<String, Tensor> read = new HashMap<>(WeightBinding.bind(file, parts.get(false), Conversion.ANY));
        read.putAll(WeightBinding.bind(file, parts.get(true), options.conversion()));
        return read;
    }
}
