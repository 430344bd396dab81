package heddle.runtime.onnx.operator;

import heddle.compiler.type.DType;
import heddle.runtime.onnx.source.Term;
import heddle.runtime.onnx.translate.Known.Element;
import heddle.runtime.onnx.translate.NodeContext;
import heddle.runtime.onnx.translate.Operand;
import java.util.Optional;

/** Which numbers cannot be negative, by what the model says of them. */
final class Signs {
    /** Definitions that are followed from one to the next. */
    private static final int DEEPEST = 12;

    private Signs() {}

    static boolean isNonNegative(NodeContext node, Operand x) {
        return x.known().isPresent()
                ? x.known().get().elements().stream().allMatch(Signs::isNonNegative)
                : isNonNegative(node, x.term(), DEEPEST);
    }

    private static boolean isNonNegative(Element element) {
        return switch (element) {
            case Element.Whole w -> w.value().isNonNegative();
            case Element.Fraction f -> f.value() >= 0;
            case Element.Truth t -> true;
        };
    }

    private static boolean isNonNegative(NodeContext node, Term term, int depth) {
        if (depth == 0) {
            return false;
        }
        return switch (term) {
            case Term.Ref ref -> {
                Optional<Term> meaning = node.meaning(ref.value());
                yield ref.value().type().dtype() == DType.BOOL
                        || meaning.isPresent() && isNonNegative(node, meaning.get(), depth - 1);
            }
            case Term.Literal l -> !l.text().startsWith("-") && !l.text().startsWith("(");
            case Term.Length l -> l.dim().isNonNegative();
            case Term.Infix i ->
                switch (i.operator()) {
                    case "+", "*", "div", "/" ->
                        isNonNegative(node, i.left(), depth - 1) && isNonNegative(node, i.right(), depth - 1);
                    case "%" -> isNonNegative(node, i.right(), depth - 1);
                    case "==", "!=", "<", "<=", ">", ">=", "and", "or" -> true;
                    default -> false;
                };
            case Term.Subscript s -> isNonNegative(node, s.operand(), depth - 1);
            case Term.Call c -> isNonNegative(node, c, depth);
            case Term.Items items -> items.terms().stream().allMatch(t -> isNonNegative(node, t, depth - 1));
            case Term.Prefix p -> p.operator().equals("not");
            case Term.Name n -> false;
            case Term.Text t -> false;
            case Term.Weight w -> false;
        };
    }

    private static boolean isNonNegative(NodeContext node, Term.Call call, int depth) {
        return switch (call.function()) {
            case "iota",
                    "argmax",
                    "argmin",
                    "one_hot",
                    "abs",
                    "relu",
                    "exp",
                    "sqrt",
                    "sigmoid",
                    "softmax",
                    "zeros",
                    "any",
                    "all" -> true;
            // The elements are those of the first argument.
            case "reshape",
                    "permute",
                    "transpose",
                    "expand",
                    "unsqueeze",
                    "squeeze",
                    "split_axis",
                    "merge_axes",
                    "tile",
                    "repeat",
                    "cast",
                    "gather",
                    "take_along",
                    "gather_nd",
                    "flip",
                    "cumsum",
                    "concat",
                    "stack",
                    "sum",
                    "tensor",
                    "floor",
                    "ceil",
                    "round",
                    "trilu" -> isNonNegative(node, call.arguments().getFirst().term(), depth - 1);
            case "full" -> isNonNegative(node, call.arguments().get(1).term(), depth - 1);
            case "range", "where" ->
                isNonNegative(
                                node,
                                call.arguments()
                                        .get(call.function().equals("where") ? 1 : 0)
                                        .term(),
                                depth - 1)
                        && isNonNegative(
                                node,
                                call.arguments()
                                        .get(call.function().equals("where") ? 2 : 1)
                                        .term(),
                                depth - 1);
            case "max" -> either(node, call, depth) || isReduction(call) && first(node, call, depth);
            case "min" ->
                isReduction(call)
                        ? first(node, call, depth)
                        : first(node, call, depth)
                                && isNonNegative(node, call.arguments().get(1).term(), depth - 1);
            case "clip" -> isNonNegative(node, call.arguments().get(1).term(), depth - 1);
            default -> false;
        };
    }

    private static boolean isReduction(Term.Call call) {
        return call.arguments().size() == 1 || call.arguments().get(1).name().isPresent();
    }

    private static boolean first(NodeContext node, Term.Call call, int depth) {
        return isNonNegative(node, call.arguments().getFirst().term(), depth - 1);
    }

    private static boolean either(NodeContext node, Term.Call call, int depth) {
        return call.arguments().stream()
                .filter(a -> a.name().isEmpty())
                .anyMatch(a -> isNonNegative(node, a.term(), depth - 1));
    }
}
