package heddle.runtime.jvm;

import heddle.compiler.tile.KernelCost;
import heddle.compiler.tile.TileKernel;
import heddle.runtime.KernelTiming;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** What kernels cost at some lengths; computed when it is first asked for, since runs without a profile need it not. */
final class LaunchCosts {
    private final List<TileKernel> kernels;
    private final Map<String, Long> lengths;
    private Map<TileKernel, KernelCost> costs;

    LaunchCosts(List<TileKernel> kernels, Map<String, Long> lengths) {
        this.kernels = kernels;
        this.lengths = Map.copyOf(lengths);
    }

    KernelTiming timing(TileKernel kernel, long start, long nanos) {
        KernelCost cost = costs().get(kernel);
        return new KernelTiming(
                kernel.name(),
                kernel.family(),
                start,
                nanos,
                cost.flops().saturated(),
                cost.bytes().saturated());
    }

    private synchronized Map<TileKernel, KernelCost> costs() {
        if (costs == null) {
            costs = new IdentityHashMap<>();
            kernels.forEach(k -> costs.put(k, KernelCost.of(k, lengths)));
        }
        return costs;
    }
}
