package heddle.compiler.scheduled;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * The sums of a product that are in vector registers at once: enough that multiply-adds, which take four cycles and of which up to two
 * begin in each, never wait for each other, and so few that operands find registers too.
 *
 * @param rows     the most rows at once, then fewer and fewer for those left over
 * @param vectors  vectors of a row
 * @param overlaps whether the last rows are the same number again, of which some are computed twice, when there are as many; that is
 *                 legal where sums are fresh
 */
public record RegisterBlock(List<Integer> rows, int vectors, boolean overlaps) {
    public RegisterBlock {
        rows = List.copyOf(rows);
    }

    /**
     * The block for rows of some vectors.
     *
     * @param registers of the processor
     */
    static RegisterBlock of(int registers, int vectors) {
        if (vectors == 1) {
            return halved(8, 1);
        }
        if (registers < 32) {
            return halved(6, 2);
        }
        return vectors % 4 == 0 ? halved(6, 4) : halved(8, 2);
    }

    private static RegisterBlock halved(int rows, int vectors) {
        return new RegisterBlock(List.of(rows, 4, 2, 1), vectors, false);
    }

    /** The most rows at once. */
    public int most() {
        return rows.getFirst();
    }

    /** Rows left over are computed together with some before them. Where all rows are fewer, each is computed alone. */
    RegisterBlock overlapping() {
        return new RegisterBlock(List.of(most(), 1), vectors, true);
    }

    /** Without the steps that a known number of rows never takes. */
    RegisterBlock of(OptionalLong count) {
        if (count.isEmpty()) {
            return this;
        }
        List<Integer> taken = new ArrayList<>();
        long left = count.getAsLong();
        for (int step : rows) {
            if (left >= step) {
                taken.add(step);
                left %= step;
            }
        }
        return new RegisterBlock(taken.isEmpty() ? List.of(1) : taken, vectors, overlaps);
    }
}
