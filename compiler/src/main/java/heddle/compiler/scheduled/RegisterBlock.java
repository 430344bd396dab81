package heddle.compiler.scheduled;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.stream.Stream;

/**
 * The sums of a product that are in vector registers at once: enough that multiply-adds, which take four cycles and of which up to two
 * begin in each, never wait for each other, and so few that operands find registers too.
 *
 * @param steps    how many rows at once; then smaller numbers, for rows left over or, if {@code overlaps}, for where there are fewer
 * @param overlaps whether the last group of rows is moved back so that it is full. Some rows are then computed twice, which is legal where
 *                 sums are fresh.
 */
public record RegisterBlock(List<Step> steps, boolean overlaps) {
    /** Rows with which sums in two vectors still wait for nothing. */
    private static final int FEW = 4;

    public RegisterBlock {
        List<Step> all = List.copyOf(steps);
        if (overlaps && all.stream().anyMatch(s -> s.vectors != all.getFirst().vectors)) {
            throw new IllegalArgumentException("rows that overlap have as many vectors each: " + all);
        }
        steps = all;
    }

    /**
     * Some rows, and vectors of each.
     *
     * @param vectors side by side in a row
     */
    public record Step(int rows, int vectors) {
        /** The step with more vectors, as long as it has no more sums than another step. */
        private Step widened(int widest, Step most) {
            int more = vectors;
            while (2 * more <= widest && rows * 2 * more <= most.rows * most.vectors) {
                more *= 2;
            }
            return new Step(rows, more);
        }
    }

    /** A block of which half as many rows are left over, and half of those, until one. */
    static RegisterBlock halving(int rows, int vectors) {
        List<Step> steps = new ArrayList<>(List.of(new Step(rows, vectors)));
        for (int fewer = Integer.highestOneBit(rows - 1); fewer > 0; fewer /= 2) {
            steps.add(new Step(fewer, vectors));
        }
        return new RegisterBlock(steps, false);
    }

    /** The step with most rows. */
    public Step most() {
        return steps.getFirst();
    }

    /** The steps, those with as many vectors together. */
    public List<List<Step>> byVectors() {
        SequencedMap<Integer, List<Step>> groups = new LinkedHashMap<>();
        steps.forEach(
                s -> groups.computeIfAbsent(s.vectors, v -> new ArrayList<>()).add(s));
        return List.copyOf(groups.values());
    }

    /**
     * Fewer rows have more vectors, so that they have as many sums: those of one row would wait for each other. The vectors lie in several
     * parts of memory then, of which a core reads one while it waits for another.
     *
     * @param widest vectors that there are
     */
    RegisterBlock widened(int widest) {
        return new RegisterBlock(
                steps.stream().map(s -> s.widened(widest, most())).toList(), overlaps);
    }

    /** Rows left over are computed together with some before them. Where all rows are fewer, it is a few at once, or each alone. */
    RegisterBlock overlapping() {
        List<Step> few = Stream.concat(Stream.of(most()), steps.stream().filter(s -> s.rows() == FEW || s.rows() == 1))
                .distinct()
                .toList();
        return few.size() == 1 ? this : new RegisterBlock(few, true);
    }

    /** Without the steps that a known number of rows never takes. */
    RegisterBlock of(long count) {
        List<Step> taken = new ArrayList<>();
        long left = count;
        for (Step step : steps) {
            if (left >= step.rows) {
                taken.add(step);
                left %= step.rows;
            }
        }
        return new RegisterBlock(taken.isEmpty() ? List.of(steps.getLast()) : taken, overlaps);
    }
}
