package heddle.runtime.weights;

import heddle.compiler.frontend.Model.Declaration;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.diagnostic.Label;
import heddle.runtime.RuntimeCode;
import heddle.runtime.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Collectors;

/** Reads the weights that a model needs from a file. */
public final class WeightBinding {
    /** What to do about weights whose element type is not the model's. */
    public enum Conversion {
        /** Convert where every value stays exactly what it was. */
        LOSSLESS,
        /** Convert always, rounding to the nearest. */
        ANY
    }

    private WeightBinding() {}

    /**
     * All weights, in the model's types. Each is read from the file whenever it is asked for: those that nobody keeps
     * take no memory.
     *
     * @throws DiagnosticException with everything that does not fit
     */
    public static Map<String, Tensor> bind(WeightFile file, List<Declaration> wanted, Conversion conversion) {
        List<Diagnostic> wrong = new ArrayList<>();
        Set<String> used = wanted.stream()
                .filter(w -> file.entries().containsKey(w.name()))
                .filter(w -> fits(file.entries().get(w.name()).shape(), w.type().shape()))
                .map(Declaration::name)
                .collect(Collectors.toSet());
        for (Declaration w : wanted) {
            mistake(file, w, used, conversion).map(d -> placed(d, w)).ifPresent(wrong::add);
        }
        if (!wrong.isEmpty()) {
            throw new DiagnosticException(wrong);
        }
        SequencedMap<String, DType> types = new LinkedHashMap<>();
        wanted.forEach(w -> types.put(w.name(), w.type().dtype()));
        return new WeightView(types.keySet(), name -> file.read(name).cast(types.get(name)));
    }

    private static Diagnostic placed(Diagnostic d, Declaration w) {
        Label label = new Label(w.span(), "the model has " + w.type());
        return new Diagnostic(d.code(), d.message(), Optional.of(label), d.related(), d.notes(), d.hint());
    }

    private static Optional<Diagnostic> mistake(
            WeightFile file, Declaration w, Set<String> used, Conversion conversion) {
        WeightEntry entry = file.entries().get(w.name());
        if (entry == null) {
            return Optional.of(MissingWeight.diagnostic(
                    file,
                    w.name(),
                    e -> !used.contains(e.name()) && fits(e.shape(), w.type().shape())));
        }
        if (entry.dtype().isEmpty()) {
            return Optional.of(
                    WeightFormat.unsupported(file.path(), entry).diagnostics().getFirst());
        }
        if (!fits(entry.shape(), w.type().shape())) {
            return Optional.of(wrongShape(file, entry, w));
        }
        DType stored = entry.dtype().get();
        if (conversion == Conversion.LOSSLESS
                && !Tensor.isLossless(stored, w.type().dtype())) {
            return Optional.of(wrongType(file, entry, w));
        }
        return Optional.empty();
    }

    private static boolean fits(List<Long> stored, Shape wanted) {
        if (stored.size() != wanted.rank()) {
            return false;
        }
        for (int i = 0; i < stored.size(); i++) {
            Dim d = wanted.dim(i);
            if (d.isKnown() && !d.is(stored.get(i))) {
                return false;
            }
        }
        return true;
    }

    private static Diagnostic wrongShape(WeightFile file, WeightEntry entry, Declaration w) {
        Diagnostic d = Diagnostic.of(
                        RuntimeCode.WEIGHT_SHAPE,
                        "the weight \"" + w.name() + "\" is " + w.type().shape() + " in the model and " + entry.shape()
                                + " in the file")
                .note("file:  " + entry.type() + "  (" + file.path() + ")")
                .note("model: " + w.type());
        boolean transposeFits = entry.shape().size() == 2
                && fits(entry.shape().reversed(), w.type().shape());
        return transposeFits
                ? d.hint("the file has it transposed: write transpose(weight \"" + w.name() + "\" : " + entry.type()
                        + ")")
                : d;
    }

    private static Diagnostic wrongType(WeightFile file, WeightEntry entry, Declaration w) {
        return Diagnostic.of(
                        RuntimeCode.WEIGHT_DTYPE,
                        "the weight \"" + w.name() + "\" is " + w.type().dtype() + " in the model and "
                                + entry.dtype().get() + " in the file")
                .note("file:  " + entry.type() + "  (" + file.path() + ")")
                .note("converting would lose precision, so it is not done unasked")
                .hint("write cast(weight \"" + w.name() + "\" : " + entry.type() + ", "
                        + w.type().dtype() + ") in the model, or convert with --cast-weights");
    }
}
