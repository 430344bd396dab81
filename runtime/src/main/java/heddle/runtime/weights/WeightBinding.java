package heddle.runtime.weights;

import heddle.compiler.frontend.Model.Declaration;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.Stored;
import heddle.compiler.type.StoredType;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.Label;
import heddle.runtime.RuntimeCode;
import heddle.runtime.tensor.StoredArray;
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
     * All weights, in the model's types; those of a checkpoint are rounded to them, as in each step of the training. Each is read from the file whenever it is asked for: those that nobody keeps
     * take no memory.
     *
     * @throws heddle.dsl.diagnostic.DiagnosticException with what does not fit: a few weights in full, the others by name
     */
    public static Map<String, Tensor> bind(WeightFile file, List<Declaration> wanted, Conversion conversion) {
        Map<String, Declaration> scaled = new HashMap<>();
        wanted.forEach(w -> w.held().scales().ifPresent(s -> scaled.put(s.name(), w)));
        WrongWeights wrong = new WrongWeights(file, wanted.size());
        Set<String> used = wanted.stream()
                .filter(w -> file.entries().containsKey(w.name()))
                .filter(w -> fits(file.entries().get(w.name()).shape(), w.type().shape()))
                .map(Declaration::name)
                .collect(Collectors.toSet());
        for (Declaration w : wanted) {
            mistake(file, w, Optional.ofNullable(scaled.get(w.name())), used, conversion)
                    .ifPresent(d -> wrong.add(w, placed(d, w)));
        }
        wrong.require();
        SequencedMap<String, Declaration> byName = new LinkedHashMap<>();
        wanted.forEach(w -> byName.put(w.name(), w));
        return new WeightView(
                byName.keySet(),
                name -> scaled.containsKey(name) ? scales(file, byName.get(name)) : read(file, byName.get(name)),
                name -> stored(file.entries().get(name), byName.get(name)));
    }

    private static Tensor scales(WeightFile file, Declaration w) {
        Tensor scales = file.read(w.name()).cast(w.type().dtype());
        return Tensor.wrap(scales.dtype(), w.type().shape().evaluate(Map.of()), scales.storage());
    }

    /** A weight as the model holds it; sixteen-bit floats that it wants as {@code f32} stay in two bytes. */
    private static Tensor read(WeightFile file, Declaration w) {
        Stored held = w.held().stored();
        if (held.isQuantised()) {
            return file.read(w.name(), held);
        }
        Tensor tensor = file.read(w.name()).cast(w.type().dtype());
        boolean asItIs = !held.isPacked() || held == tensor.stored();
        return asItIs
                ? tensor
                : Tensor.packed(tensor.dtype(), tensor.shape(), held, StoredArray.packed(tensor.floats(), held));
    }

    /** What {@link #read} gives a tensor of. */
    private static Stored stored(WeightEntry entry, Declaration w) {
        Stored declared = w.held().stored();
        Stored inFile = entry.dtype().map(Stored::packed).orElse(declared);
        return declared == Stored.F32 && inFile.isPacked() ? inFile : declared;
    }

    private static Diagnostic placed(Diagnostic d, Declaration w) {
        Label label = new Label(w.span(), "the model has " + w.type());
        return new Diagnostic(d.code(), d.message(), Optional.of(label), d.related(), d.notes(), d.hint());
    }

    /** @param scaled the weight that {@code w} has the scales of */
    private static Optional<Diagnostic> mistake(
            WeightFile file, Declaration w, Optional<Declaration> scaled, Set<String> used, Conversion conversion) {
        WeightEntry entry = file.entries().get(w.name());
        if (entry == null) {
            return Optional.of(MissingWeight.diagnostic(
                    file,
                    w.name(),
                    e -> !used.contains(e.name()) && fits(e.shape(), w.type().shape())));
        }
        if (w.held().stored().isQuantised()) {
            return quantised(file, entry, w);
        }
        if (entry.dtype().isEmpty()) {
            return Optional.of(
                    WeightFormat.unsupported(file.path(), entry).diagnostics().getFirst());
        }
        if (scaled.isPresent()) {
            if (!areScales(entry.shape(), lengths(w))) {
                return Optional.of(wrongScales(file, entry, w, scaled.get()));
            }
        } else if (!fits(entry.shape(), w.type().shape())) {
            return Optional.of(wrongShape(file, entry, w));
        }
        DType stored = entry.dtype().get();
        boolean isExact = Tensor.isLossless(stored, w.type().dtype())
                && (!w.held().stored().isPacked() || w.held().stored() == Stored.packed(stored));
        boolean isTrained =
                file.isCheckpoint() && stored == DType.F32 && w.type().dtype().isFloat();
        return isExact || isTrained || conversion == Conversion.ANY
                ? Optional.empty()
                : Optional.of(wrongType(file, entry, w));
    }

    private static Optional<Diagnostic> quantised(WeightFile file, WeightEntry entry, Declaration w) {
        Optional<List<Long>> shape = file.quantised(entry, w.held().stored());
        if (shape.isEmpty()) {
            return Optional.of(notQuantised(file, entry, w));
        }
        return fits(shape.get(), w.type().shape())
                ? Optional.empty()
                : Optional.of(wrongShape(file, entry.withShape(shape.get()), w));
    }

    private static Diagnostic notQuantised(WeightFile file, WeightEntry entry, Declaration w) {
        String held = w.held().stored().text();
        Diagnostic d = Diagnostic.of(
                        RuntimeCode.WEIGHT_DTYPE,
                        "the weight \"" + w.name() + "\" is held as " + held + " in the model, and is "
                                + entry.encoding() + " in the file")
                .note("file:  " + entry.type() + "  (" + file.path() + ")")
                .note(
                        "a safetensors file holds i8 as I8, and i4 as U8: two columns in a byte, the first one in the lower four"
                                + " bits; an ONNX file holds i8 as INT8, or as UINT8 with 128 added, and i4 as INT4, or as UINT4"
                                + " with 8 added");
        return entry.dtype()
                .map(dtype -> d.hint("leave out `as " + w.held().text() + "`: what the file has is not quantised"))
                .orElse(d);
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

    private static List<Long> lengths(Declaration w) {
        return Arrays.stream(w.type().shape().evaluate(Map.of())).boxed().toList();
    }

    /** Files may have axes of length one among those of scales, or all scales along one axis. */
    private static boolean areScales(List<Long> inFile, List<Long> wanted) {
        boolean isFlat =
                inFile.size() == 1 && inFile.getFirst().equals(wanted.stream().reduce(1L, (a, b) -> a * b));
        return isFlat || withoutOnes(inFile).equals(withoutOnes(wanted));
    }

    private static List<Long> withoutOnes(List<Long> shape) {
        return shape.stream().filter(d -> d != 1).toList();
    }

    private static Diagnostic wrongScales(WeightFile file, WeightEntry entry, Declaration w, Declaration scaled) {
        String columns = String.valueOf(scaled.type().dim(-1));
        return Diagnostic.of(
                        RuntimeCode.WEIGHT_SHAPE,
                        "the scales \"" + w.name() + "\" of \"" + scaled.name() + "\" are "
                                + w.type().shape() + " in the model and " + entry.shape() + " in the file")
                .note("file:  " + entry.type() + "  (" + file.path() + ")")
                .note("model: " + text(scaled) + scaled.type().shape() + " has "
                        + switch (scaled.held().scales().orElseThrow().per()) {
                            case ROW -> "a scale for each of " + scaled.type().dim(-2) + " rows";
                            case COLUMN -> "a scale for each of " + columns + " columns";
                            case BLOCK -> "a scale for each 32 of " + columns + " neighbours in a row";
                        })
                .hint(
                        "say what has a scale of its own: `per row`, `per column` or `per block`; or name another tensor with"
                                + " `scales`");
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

    private static String text(Declaration w) {
        String type = w.type().dtype().text();
        return w.held().equals(StoredType.of(w.type().dtype()))
                ? type
                : type + " as " + w.held().text();
    }

    private static Diagnostic wrongType(WeightFile file, WeightEntry entry, Declaration w) {
        return Diagnostic.of(
                        RuntimeCode.WEIGHT_DTYPE,
                        "the weight \"" + w.name() + "\" is " + text(w) + " in the model and "
                                + entry.dtype().get() + " in the file")
                .note("file:  " + entry.type() + "  (" + file.path() + ")")
                .note("converting would lose precision, so it is not done unasked")
                .hint("write cast(weight \"" + w.name() + "\" : " + entry.type() + ", "
                        + w.type().dtype() + ") in the model, or convert with --cast-weights");
    }
}
