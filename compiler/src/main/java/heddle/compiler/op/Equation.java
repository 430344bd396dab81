package heddle.compiler.op;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Origin;
import heddle.compiler.ir.TypeMismatch;
import heddle.compiler.ir.Value;
import heddle.compiler.op.layout.Permute;
import heddle.compiler.op.layout.Reshape;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Says which axes of two tensors and of their product are the same: {@code bnk,km->bnm}. Each axis has one letter.
 * Letters that the product lacks are summed over.
 */
public record Equation(String left, String right, String result) {
    /** @throws TypeMismatch when {@code text} is not an equation, repeats a letter or invents one in the result */
    public static Equation parse(String text) {
        int comma = text.indexOf(',');
        int arrow = text.indexOf("->");
        if (comma < 0 || arrow < comma) {
            throw malformed(text, "it has the form \"ab,bc->ac\"");
        }
        Equation e =
                new Equation(text.substring(0, comma), text.substring(comma + 1, arrow), text.substring(arrow + 2));
        for (String side : List.of(e.left, e.right, e.result)) {
            if (!side.chars().allMatch(c -> c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z')) {
                throw malformed(text, "axes are single letters, in the form \"ab,bc->ac\"");
            }
            if (side.chars().distinct().count() != side.length()) {
                throw malformed(text, "a letter may stand only once on each side; diagonals are not taken");
            }
        }
        if (!e.result.chars().allMatch(c -> (e.left + e.right).indexOf(c) >= 0)) {
            throw malformed(text, "each letter of the result must stand in an operand");
        }
        return e;
    }

    /**
     * A value with an axis for each letter of {@code to}, of length one for those that it lacks. Axes of other letters have length one, and go.
     *
     * @param letters of its axes
     * @param origin  of what is added to the graph
     */
    public static Value aligned(Graph.Builder out, Origin origin, Value value, String letters, String to) {
        List<Integer> order = new ArrayList<>();
        List<Dim> dims = new ArrayList<>();
        for (char letter : to.toCharArray()) {
            int axis = letters.indexOf(letter);
            if (axis >= 0) {
                order.add(axis);
            }
            dims.add(axis < 0 ? Dim.ONE : value.type().dim(axis));
        }
        IntStream.range(0, letters.length()).filter(n -> !order.contains(n)).forEach(order::add);
        boolean isSorted = order.equals(order.stream().sorted().toList());
        Value ordered = isSorted ? value : out.value(new Permute(order), origin, value);
        Shape shape = new Shape(dims);
        return ordered.type().shape().equals(shape) ? ordered : out.value(new Reshape(shape), origin, ordered);
    }

    private static TypeMismatch malformed(String text, String hint) {
        return Require.mismatch("\"" + text + "\" is no equation of two operands", hint);
    }

    /** Letters of both operands and the result, in the result's order. */
    public String batch() {
        return kept(result, c -> in(left, c) && in(right, c));
    }

    /** Letters that only the left operand and the result have. */
    public String rows() {
        return kept(result, c -> in(left, c) && !in(right, c));
    }

    /** Letters that only the right operand and the result have. */
    public String columns() {
        return kept(result, c -> in(right, c) && !in(left, c));
    }

    /** Letters summed over together, in the left operand's order. */
    public String summed() {
        return kept(left, c -> in(right, c) && !in(result, c));
    }

    /** Letters of one operand that stand nowhere else: summed over before the product. */
    static String alone(String operand, String other, String result) {
        return kept(operand, c -> !in(other, c) && !in(result, c));
    }

    /** Those of some letters that are among others, in their order. */
    static String kept(String letters, String among) {
        return kept(letters, c -> in(among, c));
    }

    private static boolean in(String side, int letter) {
        return side.indexOf(letter) >= 0;
    }

    private static String kept(String letters, IntPredicate test) {
        return letters.chars()
                .filter(test)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    @Override
    public String toString() {
        return left + "," + right + "->" + result;
    }
}
