package heddle.runtime.onnx.operator;

import heddle.compiler.type.DType;
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
            if (isNarrow(to)) {
                node.note("Casts to integers of 8 and 16 bits, and to unsigned ones, keep the number where ONNX would wrap it.");
            }
            convert(node, dtype(to));
        });
        table.add("", "CastLike", node -> convert(node, node.operand(1).dtype()));
    }

    private static void convert(NodeContext node, DType to) {
        Operand x = node.operand(0);
        node.define(0, Terms.as(x, to), Terms.type(to, x.dims()));
    }

    /** The type that holds elements of an ONNX type. @throws UnsupportedNode when there is none */
    static DType dtype(int onnxType) {
        return switch (onnxType) {
            case 1 -> DType.F32;
            case 2, 3, 4, 5, 6 -> DType.I32;
            case 7, 12, 13 -> DType.I64;
            case 9 -> DType.BOOL;
            case 10 -> DType.F16;
            case 11 -> DType.F64;
            case 16 -> DType.BF16;
            default -> throw new UnsupportedNode("its element type, number " + onnxType + " of ONNX, is not known");
        };
    }

    private static boolean isNarrow(int onnxType) {
        return switch (onnxType) {
            case 2, 3, 4, 5, 12 -> true;
            default -> false;
        };
    }
}
