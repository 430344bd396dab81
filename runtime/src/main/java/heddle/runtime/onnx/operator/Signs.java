package heddle.runtime.onnx.operator;

import heddle.runtime.onnx.translate.Known.Element;
import heddle.runtime.onnx.translate.NodeContext;
import heddle.runtime.onnx.translate.Operand;

/** Which whole numbers cannot be negative. */
final class Signs {
    private Signs() {}

    static boolean isNonNegative(NodeContext node, Operand x) {
        return x.known().map(k -> k.elements().stream().allMatch(Signs::isNonNegative)).orElse(false);
    }

    private static boolean isNonNegative(Element element) {
        return switch (element) {
            case Element.Whole w -> w.value().isNonNegative();
            case Element.Fraction f -> f.value() >= 0;
            case Element.Truth t -> true;
        };
    }
}
