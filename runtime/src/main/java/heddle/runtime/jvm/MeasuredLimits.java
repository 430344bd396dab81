package heddle.runtime.jvm;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.function.LongSupplier;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * What this machine reaches at the most with some threads, measured for some seconds. On a machine that does other work, too,
 * it is what is left.
 *
 * @param gigaflops floating-point operations a nanosecond
 * @param gigabytes bytes a nanosecond, read and written
 */
public record MeasuredLimits(double gigaflops, double gigabytes) {
    /** How the first was measured. */
    public static final String HOW_PEAK = "multiply-adds of float vectors in registers, the best of many rounds";

    /** How the second was measured. */
    public static final String HOW_BANDWIDTH =
            "a copy of 128 MiB, bytes read and bytes written, the best of some rounds";

    private static final long COPIED = 128L << 20;
    /** A measurement ends when it has not become better for so long. */
    private static final long STEADY_NANOS = 500_000_000;

    private static final long MOST_NANOS = 10_000_000_000L;
    private static final double BETTER = 1.02;
    /** Floating-point operations a nanosecond and thread; fewer are those of code that Java has not compiled yet. */
    private static final double COMPILED = 1;

    /**
     * Measures; empty when Java has not compiled the code that measures after ten seconds, as on a very busy machine.
     *
     * @throws heddle.dsl.diagnostic.DiagnosticException when the JVM was started without the Vector API
     */
    public static Optional<MeasuredLimits> of(int threads) {
        double gigaflops = gigaflops(threads);
        if (gigaflops < COMPILED * threads) {
            return Optional.empty();
        }
        try {
            return Optional.of(new MeasuredLimits(gigaflops, copied(WorkerPool.of(threads), threads)));
        } catch (OutOfMemoryError e) {
            // What is copied lies outside of the heap, where there may be less room than a run needs.
            return Optional.empty();
        }
    }

    /**
     * What multiply-adds in registers alone reach, in floating-point operations a nanosecond.
     *
     * @throws heddle.dsl.diagnostic.DiagnosticException when the JVM was started without the Vector API
     */
    public static double gigaflops(int threads) {
        JvmPlatform.requireVectorModule();
        return MultiplyAdds.gigaflops(WorkerPool.of(threads), threads);
    }

    private static double copied(WorkerPool pool, int threads) {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment from = arena.allocate(COPIED, Long.BYTES);
            MemorySegment to = arena.allocate(COPIED, Long.BYTES);
            long part = COPIED / threads;
            return best(0, () -> {
                pool.run(threads, 1, (thread, first, end) -> {
                    for (long n = first; n < end; n++) {
                        MemorySegment.copy(from, n * part, to, n * part, part);
                    }
                });
                return 2 * part * threads;
            });
        }
    }

    /**
     * The most that a round does in a nanosecond.
     *
     * @param least what it must reach before it can be steady
     * @param round does some amount of work, and says how much
     */
    private static double best(double least, LongSupplier round) {
        double best = 0;
        long begin = System.nanoTime();
        long better = begin;
        long now = begin;
        while (now - begin < MOST_NANOS && (best < least || now - better < STEADY_NANOS)) {
            long start = System.nanoTime();
            long amount = round.getAsLong();
            now = System.nanoTime();
            double reached = (double) amount / Math.max(1, now - start);
            if (reached > best * BETTER) {
                better = now;
            }
            best = Math.max(best, reached);
        }
        return best;
    }

    /** Apart, so that nothing of the Vector API is linked before it is known to be there. */
    private static final class MultiplyAdds {
        private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
        private static final int CHAINS = 10;
        private static final int STEPS = 2_000;
        /** Pieces for each thread and round: short ones, since the first run interpreted. */
        private static final int PIECES = 25;

        static double gigaflops(WorkerPool pool, int threads) {
            // The sums go somewhere, so that they are computed.
            float[] sums = new float[threads * PIECES];
            return best(COMPILED * threads, () -> {
                pool.run(sums.length, PIECES, (thread, first, end) -> {
                    for (long n = first; n < end; n++) {
                        sums[(int) n] = sum(STEPS, 1e-3f);
                    }
                });
                return 2L * sums.length * STEPS * CHAINS * F.length();
            });
        }

        /** Sums that do not wait for each other, more of them than a processor has multiply-adds under way. */
        private static float sum(int steps, float number) {
            FloatVector x = FloatVector.broadcast(F, number);
            FloatVector a = x;
            FloatVector b = x;
            FloatVector c = x;
            FloatVector d = x;
            FloatVector e = x;
            FloatVector f = x;
            FloatVector g = x;
            FloatVector h = x;
            FloatVector i = x;
            FloatVector j = x;
            for (int n = 0; n < steps; n++) {
                a = x.fma(x, a);
                b = x.fma(x, b);
                c = x.fma(x, c);
                d = x.fma(x, d);
                e = x.fma(x, e);
                f = x.fma(x, f);
                g = x.fma(x, g);
                h = x.fma(x, h);
                i = x.fma(x, i);
                j = x.fma(x, j);
            }
            FloatVector all = a.add(b).add(c).add(d).add(e);
            return all.add(f).add(g).add(h).add(i).add(j).lane(0);
        }
    }
}
