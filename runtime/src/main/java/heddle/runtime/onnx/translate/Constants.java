package heddle.runtime.onnx.translate;

import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import heddle.runtime.onnx.OnnxElements;
import heddle.runtime.onnx.OnnxTensor;
import heddle.runtime.onnx.source.Term;
import heddle.runtime.onnx.translate.Known.Element;
import heddle.runtime.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Tensors of a file: few numbers are written into the model, others are weights. */
public final class Constants {
    /** More floats than a table of the exporter's own has; what is larger was trained. */
    private static final int MOST_FLOATS = 16;

    /** More rows than the table of a causal mask has. */
    private static final int MOST_ROWS = 8192;

    private Constants() {}

    /**
     * An initialiser, or a constant under the name of its node's result.
     *
     * @throws UnsupportedNode when the language has no such elements
     */
    public static Operand operand(String name, OnnxTensor tensor) {
        DType dtype = ElementTypes.required(tensor.onnxType());
        Optional<Operand> triangle = triangle(tensor);
        if (triangle.isPresent()) {
            return triangle.get();
        }
        long size = tensor.shape().stream().reduce(1L, Math::multiplyExact);
        boolean isTrained = dtype.isFloat()
                && size != 1
                && (size > MOST_FLOATS || !tensor.name().isEmpty());
        Optional<Known> known = isTrained ? Optional.empty() : known(tensor);
        return known.map(KnownTerms::operand).orElseGet(() -> weight(name, tensor, dtype));
    }

    /** Only tables of equal sides are read for it. */
    private static Optional<Operand> triangle(OnnxTensor tensor) {
        List<Long> shape = tensor.shape();
        int rank = shape.size();
        boolean isSquare = rank >= 2
                && shape.get(rank - 1).equals(shape.get(rank - 2))
                && shape.subList(0, rank - 2).stream().allMatch(n -> n == 1)
                && shape.get(rank - 1) <= MOST_ROWS;
        return isSquare && !tensor.isExternal() && hasEvenCorners(tensor, shape.getLast())
                ? Triangles.operand(read(tensor), shape)
                : Optional.empty();
    }

    /** A glance that spares reading matrices: whether two neighbours are equal in the corners on both sides of the diagonal. */
    private static boolean hasEvenCorners(OnnxTensor tensor, long n) {
        Optional<MemorySegment> raw = OnnxElements.inFile(tensor);
        long width = raw.map(MemorySegment::byteSize).orElse(0L) / Math.max(1, n * n);
        return width == 0
                || n > 1
                        && areEqual(raw.get(), (n - 2) * width, width)
                        && areEqual(raw.get(), (n - 1) * n * width, width);
    }

    /** Whether an element and the next one are of the same bytes. */
    private static boolean areEqual(MemorySegment elements, long at, long width) {
        return elements.asSlice(at, width).mismatch(elements.asSlice(at + width, width)) < 0;
    }

    private static Operand weight(String name, OnnxTensor tensor, DType dtype) {
        if (name.indexOf('\r') >= 0) {
            throw new UnsupportedNode(
                    "a weight whose name has a carriage return, which no text of the language can have");
        }
        TensorType type = new TensorType(
                dtype,
                Shape.of(tensor.shape().stream().mapToLong(Long::longValue).toArray()));
        return new Operand(new Term.Weight(name, type, Optional.empty()), type, Optional.empty());
    }

    /** The elements, unless they are many, lie in another file or have no type in the language. */
    public static Optional<Known> known(OnnxTensor tensor) {
        Optional<DType> dtype = ElementTypes.of(tensor.onnxType());
        if (dtype.isEmpty() || !KnownShapes.isSmall(tensor.shape()) || tensor.isExternal()) {
            return Optional.empty();
        }
        Tensor read = read(tensor);
        List<Element> elements = new ArrayList<>(read.size());
        for (int i = 0; i < read.size(); i++) {
            elements.add(element(read, i));
        }
        return Optional.of(new Known(dtype.get(), tensor.shape(), elements));
    }

    private static Tensor read(OnnxTensor tensor) {
        try {
            return OnnxElements.read(tensor);
        } catch (IllegalArgumentException e) {
            throw new UnsupportedNode(e.getMessage());
        }
    }

    private static Element element(Tensor t, int i) {
        return switch (t.dtype()) {
            case BOOL -> new Element.Truth(t.booleans()[i]);
            case I32 -> new Element.Whole(Dim.of(t.ints()[i]));
            case I64 -> new Element.Whole(Dim.of(t.longs()[i]));
            case F32, F64, F16, BF16 -> new Element.Fraction(t.element(i));
        };
    }
}
