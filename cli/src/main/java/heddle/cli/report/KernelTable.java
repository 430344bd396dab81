package heddle.cli.report;

import heddle.compiler.backend.emit.EqualKernels;
import heddle.runtime.KernelTiming;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What the kernels of a run took, those that are equal together, the slowest first. */
public final class KernelTable {
    private KernelTable() {}

    /** What {@code ≤} before a figure means. */
    static final String AT_MOST =
            "≤: a mask that reads data may leave out blocks, which were counted as if they were computed";

    /** @param atMost kernels that may compute less than counts: see {@link Measurement#atMost} */
    public static void print(List<KernelTiming> kernels, EqualKernels equal, Set<String> atMost, PrintWriter out) {
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
                    "%-" + width + "s %6d  %-12s %9.3f %5.1f%% %9s %9s%n",
                    g.name(),
                    g.kernels().size(),
                    g.family(),
                    g.nanos() / 1e6,
                    100.0 * g.nanos() / total,
                    g.gigaflops(atMost),
                    Sizes.text(g.bytes()));
        }
        String different = kernels.size() > 1 ? groups.size() + " different, " : "";
        out.printf(Locale.ROOT, "%s, %s%.3f ms%n", Sizes.counted(kernels.size(), "kernel"), different, total / 1e6);
        if (!atMost.isEmpty()) {
            out.println(AT_MOST);
        }
    }
}
