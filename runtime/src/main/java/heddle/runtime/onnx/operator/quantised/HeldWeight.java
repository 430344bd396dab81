package heddle.runtime.onnx.operator.quantised;

import heddle.compiler.type.DType;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import heddle.runtime.onnx.OnnxTensor;
import heddle.runtime.onnx.source.Term;
import heddle.runtime.onnx.translate.NodeContext;
import java.util.Optional;

/**
 * A weight of the file that the model holds in eight or four bits, with floats for values. Unsigned numbers are held with a sign,
 * less by half their range.
 *
 * @param tensor of the file
 * @param form   {@code i8} or {@code i4}
 * @param shift  what the file's numbers are greater by than the held ones
 */
record HeldWeight(String name, OnnxTensor tensor, String form, int shift) {
    private static final int U8 = 2;
    private static final int I8 = 3;
    private static final int U4 = 21;
    private static final int I4 = 22;

    /** Empty for operands that are computed, have one axis, or are of other types. */
    static Optional<HeldWeight> of(NodeContext node, int index) {
        return node.tensor(index)
                .filter(tensor -> tensor.shape().size() >= 2)
                .flatMap(tensor -> of(node.node().inputs().get(index), tensor));
    }

    private static Optional<HeldWeight> of(String name, OnnxTensor tensor) {
        boolean isEven = tensor.shape().getLast() % 2 == 0;
        return switch (tensor.onnxType()) {
            case U8 -> Optional.of(new HeldWeight(name, tensor, "i8", 128));
            case I8 -> Optional.of(new HeldWeight(name, tensor, "i8", 0));
            case U4 -> isEven ? Optional.of(new HeldWeight(name, tensor, "i4", 8)) : Optional.empty();
            case I4 -> isEven ? Optional.of(new HeldWeight(name, tensor, "i4", 0)) : Optional.empty();
            default -> Optional.empty();
        };
    }

    TensorType type() {
        return new TensorType(
                DType.F32,
                Shape.of(tensor.shape().stream().mapToLong(Long::longValue).toArray()));
    }

    /** The held numbers, as floats. */
    Term numbers() {
        return new Term.Weight(name, type(), Optional.of(form));
    }

    /** The held numbers times scales of the file. @param per {@code row}, {@code column} or {@code block} */
    Term scaled(String per, String scales) {
        return new Term.Weight(name, type(), Optional.of(form + " per " + per + " scales \"" + escaped(scales) + "\""));
    }

    /** Names stand in texts of the language, where these characters mean something. */
    private static String escaped(String name) {
        return name.replace("\\", "\\\\")
                .replace("\"", "\\\"")
                .replace("{", "{{")
                .replace("}", "}}");
    }
}
