package heddle.compiler.op;

import heddle.compiler.ir.TypeMismatch;
import java.util.List;
import java.util.function.IntPredicate;

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
