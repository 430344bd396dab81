package heddle.compiler.backend.tornado.host;

import heddle.compiler.backend.emit.JavaText;
import heddle.compiler.backend.tornado.DevicePolicy;
import heddle.compiler.backend.tornado.Gemm;
import heddle.compiler.backend.tornado.KernelMethods;
import heddle.compiler.backend.tornado.KernelTooLarge;
import heddle.compiler.backend.tornado.LibraryChoice;
import heddle.compiler.backend.tornado.TornadoTarget;
import heddle.compiler.schedule.Plan;
import heddle.dsl.DeepStack;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Writes a plan as a self-contained Java class for TornadoVM. */
public final class TornadoWriter {
    private final TornadoTarget target;

    public TornadoWriter(TornadoTarget target) {
        this.target = target;
    }

    /**
     * Writes a plan.
     *
     * @param plan with the blocks of a {@link DevicePolicy}
     * @throws KernelTooLarge when a kernel needs more local memory, or more arguments, than there are
     */
    public TornadoSource write(Plan plan) {
        return DeepStack.call(() -> written(plan));
    }

    private TornadoSource written(Plan plan) {
        DeviceArrays arrays = new DeviceArrays(plan);
        KernelMethods methods = new KernelMethods(target);
        TaskGraphs graphs = new TaskGraphs(arrays, methods, target);
        List<TaskGraphs.TaskGraph> prepare = graphs.prepare(plan);
        List<TaskGraphs.TaskGraph> run = graphs.run(plan);
        HostClass host = new HostClass(plan, arrays, prepare, run);
        List<TornadoSource.Task> tasks = new ArrayList<>();
        for (List<TaskGraphs.TaskGraph> part : List.of(prepare, run)) {
            for (int i = 0; i < part.size(); i++) {
                for (TaskGraphs.Task t : part.get(i).tasks()) {
                    tasks.add(task(i, part.get(i), t));
                }
            }
        }
        List<TornadoSource.Array> all =
                arrays.fields().stream().map(TornadoSource.Array::of).toList();
        JavaText text = host.text(methods);
        return new TornadoSource(
                host.className(), text.toString(), StandaloneMain.arguments(plan), tasks, all, text.marks());
    }

    private TornadoSource.Task task(int number, TaskGraphs.TaskGraph graph, TaskGraphs.Task task) {
        return new TornadoSource.Task(number, graph.name() + "." + task.name(), task.kernel(), work(task));
    }

    private TornadoSource.Work work(TaskGraphs.Task task) {
        return switch (task.call()) {
            case Gemm gemm -> new TornadoSource.LibraryCall(Gemm.LIBRARY, gemm.function());
            case KernelMethods.Call call ->
                new TornadoSource.KernelLaunch(
                        call.method(),
                        call.grid(),
                        call.localBytes(),
                        target.libraryTasks() ? LibraryChoice.of(task.kernel()).reason() : Optional.empty());
        };
    }
}
