package heddle.runtime.tornado;

import heddle.compiler.schedule.Plan;
import heddle.compiler.tile.KernelCost;
import heddle.compiler.tile.TileKernel;
import heddle.runtime.KernelTiming;
import heddle.runtime.tornado.Message.Done;
import heddle.runtime.tornado.Message.Reply;
import heddle.runtime.tornado.Message.Started;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The start times of the task graphs of a run, by the clock of the JVM that runs it. TornadoVM has no clock that is the
 * same on every device, and replies may reach the caller late.
 */
final class GraphTimes {
    private final Plan plan;
    private final DeviceCode code;
    private final Map<String, Long> lengths;
    private final List<Started> starts = new ArrayList<>();
    private long end;

    GraphTimes(Plan plan, DeviceCode code, Map<String, Long> lengths) {
        this.plan = plan;
        this.code = code;
        this.lengths = lengths;
    }

    /** Takes what the JVM replies. */
    void add(Reply reply) {
        if (reply instanceof Started s) {
            starts.add(s);
        } else if (reply instanceof Done d) {
            end = d.nanos();
        }
    }

    /** The graph that began last, -1 when none did. */
    int last() {
        return starts.isEmpty() ? -1 : starts.getLast().graph();
    }

    /** Tells of each graph of a run that is done as if it were one kernel; a graph of one kernel is. */
    void ended(Consumer<KernelTiming> profile) {
        Map<String, TileKernel> kernels = new HashMap<>();
        plan.launches().forEach(k -> kernels.put(k.name(), k));
        for (int i = 0; i < starts.size(); i++) {
            Started start = starts.get(i);
            long next = i + 1 < starts.size() ? starts.get(i + 1).nanos() : end;
            profile.accept(timing(code.kernels(start.graph()), start.nanos(), next, kernels));
        }
    }

    private KernelTiming timing(List<DeviceCode.Kernel> graph, long start, long end, Map<String, TileKernel> kernels) {
        long flops = 0;
        long bytes = 0;
        for (DeviceCode.Kernel k : graph) {
            TileKernel kernel = kernels.get(k.name());
            if (kernel != null) {
                KernelCost cost = KernelCost.of(kernel, lengths);
                flops += cost.flops().saturated();
                bytes += cost.bytes().saturated();
            }
        }
        boolean one = graph.size() == 1;
        String name =
                graph.getFirst().name() + (one ? "" : " … " + graph.getLast().name());
        return new KernelTiming(
                name, one ? graph.getFirst().family() : graph.size() + " kernels", start, end - start, flops, bytes);
    }
}
