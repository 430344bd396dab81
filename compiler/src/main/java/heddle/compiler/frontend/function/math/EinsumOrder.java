package heddle.compiler.frontend.function.math;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Says in which order the operands of an einsum are joined, two at a time: the one with the fewest multiplications, and of
 * equal ones the one nearest to left to right. Sets of operands are bits of a number.
 */
final class EinsumOrder {
    /** So many operands are looked at in every order; more are joined from left to right. */
    static final int MOST = 8;

    private final List<String> operands;
    private final String result;
    private final ToDoubleFunction<Character> length;
    private final Map<Integer, Split> splits = new HashMap<>();

    /**
     * The best way to join a set of operands.
     *
     * @param left            which of them are joined on the left side; none when there is one alone
     * @param multiplications of all its products
     */
    private record Split(int left, double multiplications) {
        /** Whether this is fewer multiplications, or as many and nearer to left to right. */
        boolean isBefore(Split other) {
            int byWork = Double.compare(multiplications, other.multiplications);
            int byCount = Integer.compare(Integer.bitCount(other.left), Integer.bitCount(left));
            return byWork != 0 ? byWork < 0 : byCount != 0 ? byCount < 0 : left < other.left;
        }
    }

    /**
     * @param operands the letters of each, at most {@link #MOST}
     * @param length   of the axes of a letter
     */
    EinsumOrder(List<String> operands, String result, ToDoubleFunction<Character> length) {
        this.operands = operands;
        this.result = result;
        this.length = length;
    }

    int all() {
        return (1 << operands.size()) - 1;
    }

    /** Which operands of some are joined on the left side of their last product. */
    int left(int some) {
        return best(some).left;
    }

    private Split best(int some) {
        Split known = splits.get(some);
        if (known == null) {
            known = Integer.bitCount(some) == 1 ? new Split(0, 0) : found(some);
            splits.put(some, known);
        }
        return known;
    }

    /** The first operand stays on the left, so that each product is looked at once. */
    private Split found(int some) {
        Split best = new Split(0, Double.POSITIVE_INFINITY);
        for (int left = (some - 1) & some; left > 0; left = (left - 1) & some) {
            if ((left & Integer.lowestOneBit(some)) != 0) {
                int right = some & ~left;
                double work = work(left, right) + best(left).multiplications + best(right).multiplications;
                Split split = new Split(left, work);
                best = best.left == 0 || split.isBefore(best) ? split : best;
            }
        }
        return best;
    }

    private double work(int left, int right) {
        return EinsumEquation.distinct(kept(left) + kept(right))
                .chars()
                .mapToDouble(c -> length.applyAsDouble((char) c))
                .reduce(1, (a, b) -> a * b);
    }

    /** The letters that are left when some operands are joined. */
    private String kept(int some) {
        String needed = result + neededBeside(some);
        return EinsumEquation.letters(EinsumEquation.distinct(letters(some)), c -> needed.indexOf(c) >= 0);
    }

    /** The letters that all operands but some have. */
    String neededBeside(int some) {
        return letters(all() & ~some);
    }

    private String letters(int some) {
        StringBuilder letters = new StringBuilder();
        for (int i = 0; i < operands.size(); i++) {
            letters.append((some >> i & 1) == 1 ? operands.get(i) : "");
        }
        return letters.toString();
    }
}
