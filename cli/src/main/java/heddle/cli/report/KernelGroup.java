package heddle.cli.report;

import heddle.compiler.backend.emit.EqualKernels;
import heddle.runtime.KernelTiming;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Timings of kernels that are equal, and their sums. */
record KernelGroup(String name, List<KernelTiming> kernels) {
    static List<KernelGroup> slowestFirst(List<KernelTiming> kernels, EqualKernels equal) {
        Map<String, List<KernelTiming>> byGroup = kernels.stream()
                .collect(Collectors.groupingBy(k -> equal.group(k.name()), LinkedHashMap::new, Collectors.toList()));
        return byGroup.entrySet().stream()
                .map(g -> new KernelGroup(g.getKey(), g.getValue()))
                .sorted(Comparator.comparingLong(KernelGroup::nanos).reversed())
                .toList();
    }

    String family() {
        return kernels.getFirst().family();
    }

    long nanos() {
        return kernels.stream().mapToLong(KernelTiming::nanos).sum();
    }

    long bytes() {
        return kernels.stream().mapToLong(KernelTiming::bytes).sum();
    }

    /** Floating-point operations a nanosecond, which is GFLOP/s. */
    double gigaflops() {
        long flops = kernels.stream().mapToLong(KernelTiming::flops).sum();
        return nanos() == 0 ? 0 : (double) flops / nanos();
    }

    /** The same as text, marked where it is the most that it may be. @param atMost kernels that may compute less than counts */
    String gigaflops(Set<String> atMost) {
        return gigaflops(gigaflops(), kernels.stream().anyMatch(k -> atMost.contains(k.name())));
    }

    static String gigaflops(double value, boolean isMost) {
        return (isMost ? "≤" : "") + String.format(Locale.ROOT, "%.2f", value);
    }
}
