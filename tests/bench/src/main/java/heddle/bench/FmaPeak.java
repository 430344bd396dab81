package heddle.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** How many floating-point operations a second multiply-adds reach that touch registers alone. */
final class FmaPeak {
    private static final VectorSpecies<Float> F = FloatVector.SPECIES_PREFERRED;
    private static final int STEPS = 200_000;
    private static final int CHAINS = 12;

    private FmaPeak() {}

    /** The best of some rounds, threads side by side. */
    static double gigaflops(int threads) throws Exception {
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            double best = 0;
            for (int round = 0; round < 60; round++) {
                List<Callable<Float>> tasks = new ArrayList<>();
                for (int n = 0; n < threads; n++) {
                    tasks.add(() -> chains(STEPS, 1e-3f));
                }
                long start = System.nanoTime();
                for (Future<Float> result : pool.invokeAll(tasks)) {
                    result.get();
                }
                double seconds = (System.nanoTime() - start) * 1e-9;
                best = Math.max(best, 2e-9 * threads * STEPS * CHAINS * F.length() / seconds);
            }
            return best;
        }
    }

    private static float chains(int steps, float number) {
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
        FloatVector k = x;
        FloatVector l = x;
        for (int n = 0; n < steps; n++) {
            a = a.fma(x, x);
            b = b.fma(x, x);
            c = c.fma(x, x);
            d = d.fma(x, x);
            e = e.fma(x, x);
            f = f.fma(x, x);
            g = g.fma(x, x);
            h = h.fma(x, x);
            i = i.fma(x, x);
            j = j.fma(x, x);
            k = k.fma(x, x);
            l = l.fma(x, x);
        }
        return a.add(b)
                .add(c)
                .add(d)
                .add(e)
                .add(f)
                .add(g)
                .add(h)
                .add(i)
                .add(j)
                .add(k)
                .add(l)
                .lane(0);
    }
}
