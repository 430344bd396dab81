package heddle.runtime.onnx.operator;

import ai.onnx.proto.OnnxMl.TensorProto;
import heddle.compiler.type.DType;
import heddle.runtime.onnx.translate.ElementTypes;
import heddle.runtime.onnx.translate.NodeContext;
import heddle.runtime.onnx.translate.Operand;
import heddle.runtime.onnx.translate.OperatorTable;
import heddle.runtime.onnx.translate.UnsupportedNode;

/** Conversions between element types. */
final class Conversions {
    private Conversions() {}

    static void addTo(OperatorTable table) {
        table.add("", "Cast", node -> {
            int to = (int) node.attribute("to", 0);
            if (isTiny(to)) {
                throw new UnsupportedNode("a conversion to " + ElementTypes.name(to));
            }
            if (isNarrow(to)) {
                node.note(
                        "Casts to integers of 8 and 16 bits, and to unsigned ones, keep the number where ONNX would wrap it.");
            }
            convert(node, ElementTypes.required(to));
        });
        table.add("", "CastLike", node -> convert(node, node.operand(1).dtype()));
    }

    private static void convert(NodeContext node, DType to) {
        Operand x = node.operand(0);
        if (x.dtype() == to) {
            node.define(0, x);
        } else {
            node.define(0, Terms.as(x, to), Terms.type(to, x.dims()));
        }
    }

    /** Integers of four bits and less: numbers that they do not hold are common. */
    private static boolean isTiny(int onnxType) {
        return onnxType > TensorProto.DataType.BFLOAT16_VALUE;
    }

    private static boolean isNarrow(int onnxType) {
        return switch (onnxType) {
            case 2, 3, 4, 5, 12 -> true;
            default -> false;
        };
    }
}
