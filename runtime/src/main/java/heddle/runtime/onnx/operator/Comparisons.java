package heddle.runtime.onnx.operator;

import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.runtime.onnx.source.Term;
import heddle.runtime.onnx.source.Term.Call;
import heddle.runtime.onnx.source.Term.Infix;
import heddle.runtime.onnx.translate.NodeContext;
import heddle.runtime.onnx.translate.Operand;
import heddle.runtime.onnx.translate.OperatorTable;
import heddle.runtime.onnx.translate.UnsupportedNode;
import java.util.List;

/** Comparisons, logic, and choices by truth values. */
final class Comparisons {
    private Comparisons() {}

    static void addTo(OperatorTable table) {
        infix(table, "Equal", "==");
        infix(table, "Less", "<");
        infix(table, "LessOrEqual", "<=");
        infix(table, "Greater", ">");
        infix(table, "GreaterOrEqual", ">=");
        infix(table, "And", "and");
        infix(table, "Or", "or");
        infix(table, "Xor", "!=");
        table.add("", "Not", node -> {
            Operand x = node.operand(0);
            node.define(0, new Term.Prefix("not", x.term()), x.type());
        });
        table.add("", "Where", Comparisons::where);
        table.add("", "IsNaN", node -> {
            Operand x = node.operand(0);
            node.define(0, Call.of("isnan", x.term()), Terms.type(DType.BOOL, x.dims()));
        });
        table.add("", "IsInf", Comparisons::isInfinite);
        table.add("", "BitShift", Comparisons::shift);
    }

    private static void infix(OperatorTable table, String name, String operator) {
        table.add("", name, node -> {
            Operand a = node.operand(0);
            Operand b = node.operand(1);
            CommonShape.define(node, DType.BOOL, List.of(a, b), x -> new Infix(operator, x.get(0), x.get(1)));
        });
    }

    private static void where(NodeContext node) {
        Operand condition = node.operand(0);
        Operand a = node.operand(1);
        Operand b = node.operand(2);
        // Beside each other, two numbers have no tensor to take their element type from.
        boolean isUntyped = a.known().isPresent() && b.known().isPresent() && !isPlain(a.dtype());
        CommonShape.define(
                node,
                a.dtype(),
                List.of(condition, a, b),
                x -> Terms.where(
                        x.get(0),
                        isUntyped
                                ? Call.of("full", Terms.lengths(List.of()), x.get(1), Terms.dtype(a.dtype()))
                                : x.get(1),
                        x.get(2)));
    }

    /** Whether a number of this type keeps it when it stands alone. */
    private static boolean isPlain(DType dtype) {
        return switch (dtype) {
            case F32, I64, BOOL -> true;
            default -> false;
        };
    }

    private static void isInfinite(NodeContext node) {
        Operand x = node.operand(0);
        boolean positive = node.attribute("detect_positive", 1) != 0;
        boolean negative = node.attribute("detect_negative", 1) != 0;
        if (!positive && !negative) {
            throw new UnsupportedNode("it looks for neither of the two infinities");
        }
        Term found = positive && negative
                ? Call.of("isinf", x.term())
                : new Infix("==", x.term(), new Term.Literal(positive ? "inf" : "-inf"));
        node.define(0, found, Terms.type(DType.BOOL, x.dims()));
    }

    /** By a known number of bits it is a product or quotient; the numbers are unsigned. */
    private static void shift(NodeContext node) {
        Operand x = node.operand(0);
        long bits = NodeAxes.number(node, 1, "number of bits");
        if (bits < 0 || bits > 30) {
            throw new UnsupportedNode("it shifts by " + bits + " bits");
        }
        boolean left = node.attribute("direction", "").equals("LEFT");
        if (left) {
            node.note("Bits that BitShift moves out of an unsigned number stay, since numbers are held in more bits.");
        }
        Term shifted = new Infix(left ? "*" : "div", x.term(), Terms.whole(1L << bits));
        List<Dim> shape = CommonShape.of(node, List.of(x, node.operand(1))).shape();
        node.define(0, shifted, Terms.type(x.dtype(), shape));
    }
}
