package heddle.runtime.onnx.operator.quantised;

import heddle.runtime.onnx.OnnxElements;
import heddle.runtime.onnx.operator.Terms;
import heddle.runtime.onnx.translate.NodeContext;
import heddle.runtime.tensor.Tensor;
import java.util.Arrays;
import java.util.Optional;

/** Zero points, of which files write one for each column even where all are the same. */
final class ZeroPoints {
    private ZeroPoints() {}

    /** The number that all zero points of an operand are, however many there are. */
    static Optional<Double> number(NodeContext node, int index) {
        Optional<Double> known = Terms.number(node.operand(index));
        return known.isPresent()
                ? known
                : node.tensor(index).map(OnnxElements::read).flatMap(ZeroPoints::uniform);
    }

    private static Optional<Double> uniform(Tensor zeros) {
        int[] all = zeros.ints();
        return all.length > 0 && Arrays.stream(all).allMatch(zero -> zero == all[0])
                ? Optional.of((double) all[0])
                : Optional.empty();
    }
}
