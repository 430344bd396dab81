package heddle.cli.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/**
 * Decides when a model is warm. HotSpot compiles kernels while they run, those of small lengths after many runs, and
 * later on a busy machine. So a model is run until its times settle: the second half of the warm-up is cut into two
 * halves, and the medians of both agree. Times that stay the same for a while before HotSpot gets to them do not pass,
 * unless they last as long as all that came before. While HotSpot has kernels to compile, nothing has settled.
 *
 * @param least   seconds that it lasts at least
 * @param limit   seconds after which it ends, settled or not; no more than {@code least} where it is shorter
 */
public record WarmUp(double least, double limit) {
    /** How much two medians may differ, relative to the smaller one. */
    private static final double AGREEMENT = 0.1;
    /** Times that make up less than this share of a round cannot be told from noise. */
    private static final double NOISE = 0.01;
    /** Runs in each of the two windows that are compared. */
    private static final int LEAST_ROUNDS = 3;
    /** Seconds between runs that are kept: a run may take less than a microsecond. */
    private static final double RESOLUTION = 0.001;
    /** How much longer it has to last until it is looked at again, since looking takes time too. */
    private static final double GROWTH = 1.1;

    /**
     * A run during the warm-up.
     *
     * @param seconds when it ended, counted from the start of the warm-up
     * @param nanos   what was timed, in the same order in all rounds
     */
    public record Round(double seconds, long[] nanos) {}

    /**
     * How a warm-up ended.
     *
     * @param seconds how long it was
     * @param settled whether times had settled
     */
    public record Ended(double seconds, boolean settled) {}

    /** Runs until times settle. @param run runs once and gives what it timed, in the same order each time */
    public Ended run(Supplier<long[]> run) {
        List<Round> rounds = new ArrayList<>();
        long start = System.nanoTime();
        double next = least;
        while (true) {
            long[] nanos = run.get();
            double now = (System.nanoTime() - start) / 1e9;
            if (rounds.isEmpty() || now - rounds.getLast().seconds() >= RESOLUTION) {
                rounds.add(new Round(now, nanos));
            }
            if (now < next) {
                continue;
            }
            boolean settled = isSettled(rounds) && !CompilerQueue.hasKernels();
            if (settled || now >= limit) {
                return new Ended(now, settled);
            }
            next = Math.min(now * GROWTH, limit);
        }
    }

    /** Whether the times of rounds have settled by the last of them. */
    public static boolean isSettled(List<Round> rounds) {
        double end = rounds.isEmpty() ? 0 : rounds.getLast().seconds();
        List<Round> earlier = between(rounds, end / 2, end * 3 / 4);
        List<Round> later = between(rounds, end * 3 / 4, end);
        if (earlier.size() < LEAST_ROUNDS || later.size() < LEAST_ROUNDS) {
            return false;
        }
        long[] before = medians(earlier);
        long[] after = medians(later);
        double noise = NOISE * Arrays.stream(after).sum();
        for (int i = 0; i < before.length; i++) {
            double difference = Math.abs(before[i] - after[i]);
            if (difference > noise && difference > AGREEMENT * Math.min(before[i], after[i])) {
                return false;
            }
        }
        return true;
    }

    private static List<Round> between(List<Round> rounds, double from, double to) {
        return rounds.stream()
                .filter(r -> r.seconds() > from && r.seconds() <= to)
                .toList();
    }

    private static long[] medians(List<Round> rounds) {
        long[] medians = new long[rounds.getFirst().nanos().length];
        for (int i = 0; i < medians.length; i++) {
            int timed = i;
            long[] sorted =
                    rounds.stream().mapToLong(r -> r.nanos()[timed]).sorted().toArray();
            medians[i] = sorted[sorted.length / 2];
        }
        return medians;
    }
}
