package heddle.compiler.scheduled;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The sums of a product that are in vector registers at once: enough that multiply-adds, which take four cycles and of which up to two
 * begin in each, never wait for each other, and so few that operands find registers too.
 *
 * @param rows     how many rows at once; then smaller numbers, for rows left over or, if {@code overlaps}, for where there are fewer
 * @param vectors  vectors of a row
 * @param overlaps whether the last group of rows is moved back so that it is full. Some rows are then computed twice, which is legal where
 *                 sums are fresh.
 */
public record RegisterBlock(List<Integer> rows, int vectors, boolean overlaps) {
    /** Rows with which sums in two vectors still wait for nothing. */
    private static final int FEW = 4;

    public RegisterBlock {
        rows = List.copyOf(rows);
    }

    /** A block of which half as many rows are left over, and half of those, until one. */
    static RegisterBlock halving(int rows, int vectors) {
        List<Integer> steps = new ArrayList<>(List.of(rows));
        for (int fewer = Integer.highestOneBit(rows - 1); fewer > 0; fewer /= 2) {
            steps.add(fewer);
        }
        return new RegisterBlock(steps, vectors, false);
    }

    /** The most rows at once. */
    public int most() {
        return rows.getFirst();
    }

    /** Rows left over are computed together with some before them. Where all rows are fewer, it is a few at once, or each alone. */
    RegisterBlock overlapping() {
        List<Integer> steps =
                Stream.of(most(), FEW, 1).filter(n -> n <= most()).distinct().toList();
        return steps.size() == 1 ? this : new RegisterBlock(steps, vectors, true);
    }

    /** Without the steps that a known number of rows never takes. */
    RegisterBlock of(long count) {
        List<Integer> taken = new ArrayList<>();
        long left = count;
        for (int step : rows) {
            if (left >= step) {
                taken.add(step);
                left %= step;
            }
        }
        return new RegisterBlock(taken.isEmpty() ? List.of(1) : taken, vectors, overlaps);
    }
}
