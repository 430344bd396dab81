package heddle.runtime.text;

import heddle.compiler.frontend.Model.Declaration;
import heddle.compiler.pack.PackInputs;
import heddle.compiler.type.TensorType;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.RuntimeCode;
import heddle.runtime.tensor.Tensor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Collectors;

/** Gives the tensors of a {@link TokenBatch} to the inputs of a model, which it recognises by their usual names. */
public final class TextInputs {
    private static final List<String> IDS = List.of("ids", "input_ids", "tokens");
    private static final List<String> MASK = List.of("mask", "attention_mask");
    private static final List<String> TYPES = List.of("types", "type_ids", "token_type_ids");

    /** Optimum's exports of some models ask for them. */
    private static final List<String> PLACES = List.of("position_ids");

    private TextInputs() {}

    /** The type of the input for token numbers. @throws DiagnosticException when none of a model's inputs takes them */
    public static TensorType ids(Map<String, TensorType> inputs) {
        requireTokens(inputs.keySet());
        return inputs.entrySet().stream()
                .filter(e -> IDS.contains(e.getKey()))
                .findFirst()
                .orElseThrow()
                .getValue();
    }

    /** Whether a tensor has rows and tokens for its first axes, as the input for token numbers has. */
    public static boolean isOfTokens(TensorType type, TensorType ids) {
        return ids.rank() == 2
                && type.rank() >= 2
                && type.shape().dims().subList(0, 2).equals(ids.shape().dims());
    }

    /** Whether one of a model's inputs takes token numbers. */
    public static boolean takeTokens(Set<String> inputs) {
        return inputs.stream().anyMatch(IDS::contains);
    }

    /** Whether an input takes token numbers and all outputs have something for each token. */
    public static boolean areOfTokens(Map<String, TensorType> inputs, List<Declaration> outputs) {
        return takeTokens(inputs.keySet()) && outputs.stream().allMatch(o -> isOfTokens(o.type(), ids(inputs)));
    }

    /**
     * The inputs that a pack fills, in the model's types.
     *
     * @param inputs    the model's inputs by name
     * @param segments  the one that takes numbers of texts, if there is one
     * @param positions the one that takes places in texts, if there is one
     * @throws DiagnosticException when the model does not take text, or has no mask for padding
     */
    public static SequencedMap<String, Tensor> of(
            Pack pack, Map<String, TensorType> inputs, Optional<String> segments, Optional<String> positions) {
        requireTokens(inputs.keySet());
        requireDeclared("segments", segments, inputs.keySet());
        requireDeclared("positions", positions, inputs.keySet());
        if (pack.rows() < pack.texts().size() && segments.isEmpty()) {
            throw new DiagnosticException(Diagnostic.of(
                            RuntimeCode.TEXT_INPUT,
                            "several texts lie in a row, and no input of the model tells them apart")
                    .hint("name the input for the numbers of texts in the .properties file: segments = NAME; or run"
                            + " the texts in rows of their own"));
        }
        if (pack.padding() > 0 && segments.isEmpty()) {
            requireMask(inputs.keySet());
        }
        SequencedMap<String, Tensor> given = new LinkedHashMap<>();
        inputs.forEach((name, type) -> {
            Optional<Tensor> tensor = Optional.empty();
            if (segments.filter(name::equals).isPresent()) {
                tensor = Optional.of(pack.segments());
            } else if (positions.filter(name::equals).isPresent()) {
                tensor = Optional.of(pack.positions());
            } else if (IDS.contains(name)) {
                tensor = Optional.of(pack.ids());
            } else if (MASK.contains(name)) {
                tensor = Optional.of(pack.mask());
            } else if (TYPES.contains(name)) {
                tensor = Optional.of(Tensor.of(new long[pack.rows() * pack.width()], pack.rows(), pack.width()));
            } else if (PLACES.contains(name)) {
                tensor = Optional.of(pack.positions());
            }
            tensor.ifPresent(t -> given.put(name, t.cast(type.dtype())));
        });
        return given;
    }

    private static void requireDeclared(String key, Optional<String> input, Set<String> inputs) {
        if (input.isPresent() && !inputs.contains(input.get())) {
            throw new DiagnosticException(
                    Diagnostic.of(RuntimeCode.TEXT_INPUT, "the model has no input \"" + input.get() + "\" for " + key)
                            .note("its inputs are " + String.join(", ", inputs))
                            .hint("name one of them in the .properties file, or leave " + key + " out"));
        }
    }

    /**
     * The inputs of a model as a graph for texts end to end needs them: of tokens that are no padding, the mask is one and the
     * type that of a first text.
     *
     * @throws DiagnosticException when none of a model's inputs takes token numbers
     */
    public static PackInputs packed(Set<String> inputs) {
        requireTokens(inputs);
        Map<String, Long> alike = new HashMap<>();
        inputs.stream().filter(MASK::contains).forEach(name -> alike.put(name, 1L));
        inputs.stream().filter(TYPES::contains).forEach(name -> alike.put(name, 0L));
        String ids = inputs.stream().filter(IDS::contains).findFirst().orElseThrow();
        Set<String> places = inputs.stream().filter(PLACES::contains).collect(Collectors.toSet());
        return new PackInputs(ids, alike, places, "segments", "positions");
    }

    /** @throws DiagnosticException when none of a model's inputs takes token numbers */
    public static void requireTokens(Set<String> inputs) {
        if (!takeTokens(inputs)) {
            throw new DiagnosticException(
                    Diagnostic.of(RuntimeCode.TEXT_INPUT, "the model has no input for token numbers")
                            .note("its inputs are " + String.join(", ", inputs))
                            .hint("declare input ids: i64[B, N]"));
        }
    }

    /**
     * The inputs that {@code batch} fills, in the model's types.
     *
     * @param inputs the model's inputs by name
     * @throws DiagnosticException when the model does not take text
     */
    public static SequencedMap<String, Tensor> of(TokenBatch batch, Map<String, TensorType> inputs) {
        SequencedMap<String, Tensor> given = new LinkedHashMap<>();
        inputs.forEach((name, type) -> {
            if (IDS.contains(name)) {
                given.put(name, batch.ids().cast(type.dtype()));
            } else if (MASK.contains(name)) {
                given.put(name, batch.mask().cast(type.dtype()));
            } else if (TYPES.contains(name)) {
                given.put(name, batch.types().cast(type.dtype()));
            } else if (PLACES.contains(name)) {
                given.put(name, places(batch.ids().shape()).cast(type.dtype()));
            }
        });
        requireTokens(inputs.keySet());
        boolean padded = batch.tokens().stream().mapToInt(List::size).distinct().count() > 1;
        if (padded) {
            requireMask(inputs.keySet());
        }
        return given;
    }

    /** The index of each token in its row. */
    private static Tensor places(long[] shape) {
        int width = Math.toIntExact(shape[1]);
        long[] all = new long[Math.toIntExact(shape[0]) * width];
        Arrays.setAll(all, i -> i % width);
        return Tensor.of(all, shape);
    }

    private static void requireMask(Set<String> inputs) {
        if (inputs.stream().noneMatch(MASK::contains)) {
            throw new DiagnosticException(Diagnostic.of(
                            RuntimeCode.TEXT_INPUT, "texts of different lengths are padded, and the model has no mask")
                    .hint("declare input mask: i64[B, N], or run the texts one at a time"));
        }
    }
}
