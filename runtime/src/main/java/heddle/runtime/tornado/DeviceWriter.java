package heddle.runtime.tornado;

import heddle.compiler.backend.tornado.KernelTooLarge;
import heddle.compiler.backend.tornado.TornadoTarget;
import heddle.compiler.backend.tornado.host.TornadoSource;
import heddle.compiler.backend.tornado.host.TornadoWriter;
import heddle.compiler.schedule.Plan;
import heddle.compiler.schedule.machine.Device;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntFunction;

/** Writes a plan for a device, with a given maximum number of tasks in a task graph. */
public record DeviceWriter(Plan plan, TornadoTarget target) implements IntFunction<DeviceCode> {
    @Override
    public DeviceCode apply(int tasksPerGraph) {
        TornadoSource source = source(plan, target.withTasksPerGraph(tasksPerGraph));
        List<TornadoSource.Task> tasks = source.tasks();
        SortedMap<Integer, List<DeviceCode.Kernel>> graphs = new TreeMap<>();
        for (TornadoSource.Task task : tasks.subList(plan.prepare().size(), tasks.size())) {
            graphs.computeIfAbsent(task.graph(), g -> new ArrayList<>())
                    .add(new DeviceCode.Kernel(
                            task.kernel().name(), task.family(), task.kernel().comments()));
        }
        return new DeviceCode(
                source.className(),
                source.text(),
                graphs.values().stream().map(DeviceCode.Graph::new).toList());
    }

    /**
     * Writes a plan.
     *
     * @param plan with blocks that are planned for it
     * @throws DiagnosticException when a kernel is too large for it
     */
    public static TornadoSource source(Plan plan, TornadoTarget target) {
        try {
            return new TornadoWriter(target).write(plan);
        } catch (KernelTooLarge e) {
            Diagnostic problem =
                    Diagnostic.of(TornadoCode.KERNEL_TOO_LARGE, e.getMessage()).note(e.needs());
            for (String node : e.kernel().comments()) {
                problem = problem.note(node);
            }
            throw new DiagnosticException(problem.hint("choose another device, or use --target jvm"));
        }
    }

    /** What kernels are planned by: what the device has, within what is good for one group; no library tasks. */
    public static TornadoTarget target(TornadoDevice device) {
        Device any = device.type().equals("CPU") ? Device.CPU : Device.GPU;
        return TornadoTarget.of(any.within(device.local(), device.groupThreads()));
    }
}
