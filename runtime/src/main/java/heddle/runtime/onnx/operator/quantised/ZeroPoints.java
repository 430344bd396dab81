package heddle.runtime.onnx.operator.quantised;

import heddle.compiler.type.DType;
import heddle.runtime.onnx.OnnxElements;
import heddle.runtime.onnx.operator.Terms;
import heddle.runtime.onnx.source.Term;
import heddle.runtime.onnx.translate.Known;
import heddle.runtime.onnx.translate.Known.Element;
import heddle.runtime.onnx.translate.KnownTerms;
import heddle.runtime.onnx.translate.NodeContext;
import heddle.runtime.onnx.translate.Operand;
import heddle.runtime.onnx.translate.UnsupportedNode;
import heddle.runtime.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
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

    /** Zero points as floats. @param shift what the other numbers are held less by */
    static Operand floats(Operand zeros, int shift) {
        if (zeros.known().isPresent()) {
            List<Element> left = zeros.known().get().elements().stream()
                    .<Element>map(e -> new Element.Fraction(whole(e) - shift))
                    .toList();
            return KnownTerms.operand(new Known(DType.F32, zeros.known().get().shape(), left));
        }
        Term floats = Terms.as(zeros, DType.F32);
        Term left = shift == 0 ? floats : Terms.minus(floats, Terms.number(shift, DType.F32));
        return new Operand(left, Terms.type(DType.F32, zeros.dims()), Optional.empty());
    }

    private static long whole(Element element) {
        if (element instanceof Element.Whole w) {
            return w.value().value();
        }
        throw new UnsupportedNode("a zero point that is no whole number");
    }

    private static Optional<Double> uniform(Tensor zeros) {
        int[] all = zeros.ints();
        return all.length > 0 && Arrays.stream(all).allMatch(zero -> zero == all[0])
                ? Optional.of((double) all[0])
                : Optional.empty();
    }
}
