package heddle.runtime.tornado;

import heddle.compiler.schedule.Plan;
import heddle.compiler.tile.KernelCost;
import heddle.compiler.tile.TileKernel;
import heddle.runtime.KernelTiming;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** When each task graph of a run began, by this JVM's clock: TornadoVM has none that is the same on every device. */
final class GraphTimes {
    private record Start(int graph, long nanos) {}

    private final Plan plan;
    private final DeviceCode code;
    private final Map<String, Long> lengths;
    private final List<Start> starts = new ArrayList<>();

    GraphTimes(Plan plan, DeviceCode code, Map<String, Long> lengths) {
        this.plan = plan;
        this.code = code;
        this.lengths = lengths;
    }

    void started(int graph) {
        starts.add(new Start(graph, System.nanoTime()));
    }

    /** The graph that began last, -1 when none did. */
    int last() {
        return starts.isEmpty() ? -1 : starts.getLast().graph();
    }

    /** Tells of each graph as if it were one kernel; a graph of one kernel is. */
    void ended(Consumer<KernelTiming> profile) {
        long end = System.nanoTime();
        Map<String, TileKernel> kernels = new HashMap<>();
        plan.launches().forEach(k -> kernels.put(k.name(), k));
        for (int i = 0; i < starts.size(); i++) {
            Start start = starts.get(i);
            long next = i + 1 < starts.size() ? starts.get(i + 1).nanos() : end;
            profile.accept(timing(code.kernels(start.graph()), next - start.nanos(), kernels));
        }
    }

    private KernelTiming timing(List<DeviceCode.Kernel> graph, long nanos, Map<String, TileKernel> kernels) {
        long flops = 0;
        long bytes = 0;
        for (DeviceCode.Kernel k : graph) {
            TileKernel kernel = kernels.get(k.name());
            if (kernel != null) {
                KernelCost cost = KernelCost.of(kernel, lengths);
                flops += cost.flops().value();
                bytes += cost.bytes().value();
            }
        }
        boolean one = graph.size() == 1;
        String name =
                graph.getFirst().name() + (one ? "" : " … " + graph.getLast().name());
        return new KernelTiming(name, one ? graph.getFirst().family() : graph.size() + " kernels", nanos, flops, bytes);
    }
}
