package heddle.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Times things side by side. Rounds of one alternate with rounds of the other, so that both see the same moods of the
 * machine; medians are compared. Between rounds there is a pause, because engines keep their threads spinning for a
 * while after a call.
 */
final class Interleaved {
    private static final int ROUNDS = 11;
    private static final long WARM_UP_NANOS = 3_000_000_000L;
    private static final long ROUND_NANOS = 150_000_000L;
    private static final long PAUSE_MILLIS = 100;

    /** Something to time. */
    interface Subject {
        void run() throws Exception;
    }

    private Interleaved() {}

    /** The median time of a call of each subject, in milliseconds. */
    static double[] millis(Subject... subjects) throws Exception {
        List<List<Double>> times = new ArrayList<>();
        for (Subject s : subjects) {
            round(s, WARM_UP_NANOS);
            times.add(new ArrayList<>());
            Thread.sleep(PAUSE_MILLIS);
        }
        for (int round = 0; round < ROUNDS; round++) {
            for (int i = 0; i < subjects.length; i++) {
                times.get(i).addAll(round(subjects[i], ROUND_NANOS));
                Thread.sleep(PAUSE_MILLIS);
            }
        }
        return times.stream().mapToDouble(Interleaved::median).toArray();
    }

    /** Calls for at least that long, and at least once. */
    private static List<Double> round(Subject subject, long nanos) throws Exception {
        List<Double> times = new ArrayList<>();
        long end = System.nanoTime() + nanos;
        do {
            long start = System.nanoTime();
            subject.run();
            times.add((System.nanoTime() - start) * 1e-6);
        } while (System.nanoTime() < end);
        return times;
    }

    static double median(List<Double> times) {
        double[] sorted =
                times.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int middle = sorted.length / 2;
        return Arrays.stream(sorted, (sorted.length - 1) / 2, middle + 1)
                .average()
                .orElse(Double.NaN);
    }
}
