package heddle.runtime.onnx.idiom;

import heddle.runtime.onnx.OnnxAttribute;
import heddle.runtime.onnx.OnnxNode;
import heddle.runtime.onnx.OnnxTensor;
import java.util.Set;
import java.util.stream.Stream;

/** Matrices of the file that hold whole numbers of eight bits or fewer, and what makes floats of them. */
final class HeldTensor {
    static final int RANK = 2;
    private static final int U8 = 2;
    private static final int U4 = 21;
    private static final Set<Integer> TYPES = Set.of(U8, 3, U4, 22);

    private HeldTensor() {}

    static Pattern matrix(String name) {
        return (value, before) -> before
                .index()
                .tensor(value)
                .filter(tensor -> tensor.shape().size() == RANK && TYPES.contains(tensor.onnxType()))
                .stream()
                .flatMap(tensor -> Pattern.any(name).at(value, before));
    }

    /** How much less than in the file the numbers are where they are held with a sign. */
    static int shift(OnnxTensor tensor) {
        return switch (tensor.onnxType()) {
            case U8 -> 128;
            case U4 -> 8;
            default -> 0;
        };
    }

    /**
     * {@code DequantizeLinear(matrix, scale, zero)}, which others may read as well. Binds the axis that the scale runs along. Scales of
     * blocks are not meant.
     */
    static Pattern dequantised(Pattern matrix, Pattern scale) {
        return (value, before) -> before
                .index()
                .maker(value)
                .map(before.index()::node)
                .filter(node -> node.attribute("block_size")
                        .map(new OnnxAttribute.Int(0)::equals)
                        .orElse(true))
                .stream()
                .flatMap(node -> (hasZero(node)
                                ? Pattern.shared("DequantizeLinear", 0, matrix, scale, Pattern.any("zero"))
                                : Pattern.shared("DequantizeLinear", 0, matrix, scale))
                        .at(value, before)
                        .flatMap(match -> axis(node, match)));
    }

    static boolean hasZero(OnnxNode dequantise) {
        return dequantise.inputs().size() > 2 && !dequantise.inputs().get(2).isEmpty();
    }

    private static Stream<Match> axis(OnnxNode dequantise, Match match) {
        long axis = dequantise
                .attribute("axis")
                .map(held -> held instanceof OnnxAttribute.Int number ? number.value() : 1L)
                .orElse(1L);
        return Pattern.bind("axis", axis < 0 ? axis + RANK : axis, match);
    }
}
