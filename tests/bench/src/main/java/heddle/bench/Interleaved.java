package heddle.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;

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

    /** The processor time of the calling thread: what other programs take in between does not count. For work on that thread alone. */
    static final LongSupplier PROCESSOR = ManagementFactory.getThreadMXBean()::getCurrentThreadCpuTime;

    /** Something to time. */
    interface Subject {
        void run() throws Exception;
    }

    private Interleaved() {}

    /** The median time of a call of each subject, in milliseconds. */
    static double[] millis(Subject... subjects) throws Exception {
        return millis(System::nanoTime, subjects);
    }

    /**
     * The same by another clock, which counts nanoseconds.
     *
     * @param clock such as {@link #PROCESSOR}
     */
    static double[] millis(LongSupplier clock, Subject... subjects) throws Exception {
        List<List<Double>> times = new ArrayList<>();
        for (Subject s : subjects) {
            round(s, clock, WARM_UP_NANOS);
            times.add(new ArrayList<>());
            Thread.sleep(PAUSE_MILLIS);
        }
        for (int round = 0; round < ROUNDS; round++) {
            for (int i = 0; i < subjects.length; i++) {
                times.get(i).addAll(round(subjects[i], clock, ROUND_NANOS));
                Thread.sleep(PAUSE_MILLIS);
            }
        }
        return times.stream().mapToDouble(Interleaved::median).toArray();
    }

    /** Calls for at least that long, and at least once. */
    private static List<Double> round(Subject subject, LongSupplier clock, long nanos) throws Exception {
        List<Double> times = new ArrayList<>();
        long end = System.nanoTime() + nanos;
        do {
            long start = clock.getAsLong();
            subject.run();
            times.add((clock.getAsLong() - start) * 1e-6);
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

    /** What the machine calls its processor. */
    static String processor() throws IOException {
        Path info = Path.of("/proc/cpuinfo");
        if (!Files.exists(info)) {
            return System.getProperty("os.arch");
        }
        return Files.readAllLines(info).stream()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 2))
                .findFirst()
                .orElse(System.getProperty("os.arch"));
    }
}
