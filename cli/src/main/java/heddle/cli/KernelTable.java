package heddle.cli;

import heddle.runtime.KernelTiming;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** What each kernel of a run took, the slowest first. */
final class KernelTable {
    private KernelTable() {}

    static void print(List<KernelTiming> kernels, PrintWriter out) {
        double total = kernels.stream().mapToLong(KernelTiming::nanos).sum();
        int width = kernels.stream().mapToInt(k -> k.name().length()).max().orElse(6);
        out.printf(
                Locale.ROOT,
                "%-" + width + "s  %-12s %9s %6s %9s %9s%n",
                "kernel",
                "family",
                "ms",
                "share",
                "GFLOP/s",
                "bytes");
        List<KernelTiming> slowestFirst = new ArrayList<>(kernels);
        slowestFirst.sort(Comparator.comparingLong(KernelTiming::nanos).reversed());
        for (KernelTiming k : slowestFirst) {
            out.printf(
                    Locale.ROOT,
                    "%-" + width + "s  %-12s %9.3f %5.1f%% %9.2f %9s%n",
                    k.name(),
                    k.family(),
                    k.nanos() / 1e6,
                    100 * k.nanos() / total,
                    k.gigaflops(),
                    Sizes.text(k.bytes()));
        }
        out.printf(Locale.ROOT, "%d kernels, %.3f ms%n", kernels.size(), total / 1e6);
    }
}
