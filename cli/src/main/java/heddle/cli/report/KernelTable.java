package heddle.cli.report;

import heddle.compiler.backend.emit.EqualKernels;
import heddle.runtime.KernelTiming;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/** What the kernels of a run took, those that are equal together, the slowest first. */
public final class KernelTable {
    private KernelTable() {}

    public static void print(List<KernelTiming> kernels, EqualKernels equal, PrintWriter out) {
        long total = kernels.stream().mapToLong(KernelTiming::nanos).sum();
        List<KernelGroup> groups = KernelGroup.slowestFirst(kernels, equal);
        int width = Math.max(
                6, groups.stream().mapToInt(g -> g.name().length()).max().orElse(0));
        out.printf(
                Locale.ROOT,
                "%-" + width + "s %6s  %-12s %9s %6s %9s %9s%n",
                "kernel",
                "times",
                "family",
                "ms",
                "share",
                "GFLOP/s",
                "bytes");
        for (KernelGroup g : groups) {
            out.printf(
                    Locale.ROOT,
                    "%-" + width + "s %6d  %-12s %9.3f %5.1f%% %9.2f %9s%n",
                    g.name(),
                    g.kernels().size(),
                    g.family(),
                    g.nanos() / 1e6,
                    100.0 * g.nanos() / total,
                    g.gigaflops(),
                    Sizes.text(g.bytes()));
        }
        String different = kernels.size() > 1 ? groups.size() + " different, " : "";
        out.printf(Locale.ROOT, "%s, %s%.3f ms%n", Sizes.counted(kernels.size(), "kernel"), different, total / 1e6);
    }
}
