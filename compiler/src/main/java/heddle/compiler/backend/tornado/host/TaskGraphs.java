package heddle.compiler.backend.tornado.host;

import heddle.compiler.backend.emit.Names;
import heddle.compiler.backend.tornado.Gemm;
import heddle.compiler.backend.tornado.KernelMethods;
import heddle.compiler.backend.tornado.LibraryChoice;
import heddle.compiler.backend.tornado.TaskCall;
import heddle.compiler.backend.tornado.TornadoTarget;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.schedule.Plan;
import heddle.compiler.tile.TileKernel;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Splits the tasks of a plan into task graphs. Tasks that depend only on weights form a graph that runs once. The other
 * graphs run one after another, and the results that one passes to another stay on the device.
 */
final class TaskGraphs {
    /** A task: its name in its graph, which {@link GraphCuts} gives it, and the call. */
    record Task(String name, TileKernel kernel, TaskCall call) {}

    /**
     * One task graph.
     *
     * @param name    in TornadoVM, the same for all graphs of a plan
     * @param method  of the generated class that makes it
     * @param once    arrays sent to the device the first time
     * @param always  arrays sent to the device every time
     * @param kept    arrays that an earlier graph left; they are handed from graph to graph
     * @param persist arrays for later graphs
     * @param results arrays read back every time
     */
    record TaskGraph(
            String name,
            String method,
            List<Task> tasks,
            SequencedSet<String> once,
            SequencedSet<String> always,
            SequencedSet<String> kept,
            SequencedSet<String> persist,
            SequencedSet<String> results) {}

    private final DeviceArrays arrays;
    private final KernelMethods methods;
    private final TornadoTarget target;
    private final Names libraryNames = new Names();

    TaskGraphs(DeviceArrays arrays, KernelMethods methods, TornadoTarget target) {
        this.arrays = arrays;
        this.methods = methods;
        this.target = target;
    }

    /** The graphs that run once, when weights have been sent. */
    List<TaskGraph> prepare(Plan plan) {
        Set<String> results = plan.prepare().stream()
                .flatMap(k -> k.writes().stream())
                .map(b -> arrays.of(b).name())
                .collect(Collectors.toSet());
        return graphs("prepare", plan.prepare(), Set.of(), results);
    }

    /** The graphs of every run. */
    List<TaskGraph> run(Plan plan) {
        Set<String> inputs =
                plan.inputs().values().stream().map(b -> arrays.of(b).name()).collect(Collectors.toSet());
        Set<String> results =
                plan.outputs().values().stream().map(b -> arrays.of(b).name()).collect(Collectors.toSet());
        return graphs("run", plan.launches(), inputs, results);
    }

    private List<TaskGraph> graphs(String prefix, List<TileKernel> kernels, Set<String> inputs, Set<String> results) {
        List<TaskGraph> graphs = new ArrayList<>();
        Set<Buffer> computed = new HashSet<>();
        kernels.forEach(k -> computed.addAll(k.writes()));
        List<TaskCall> calls = kernels.stream().map(this::call).toList();
        List<String> methods = calls.stream()
                .map(c -> c instanceof KernelMethods.Call k ? k.method() : "")
                .toList();
        List<Integer> cuts = GraphCuts.of(methods, target.tasksPerGraph());
        for (int i = 0; i < cuts.size(); i++) {
            int from = cuts.get(i);
            int to = i + 1 < cuts.size() ? cuts.get(i + 1) : kernels.size();
            String method = cuts.size() == 1 ? prefix : prefix + i;
            SequencedSet<String> kept = handed(kernels, from);
            List<String> names = GraphCuts.names(methods.subList(from, to));
            List<Task> tasks = new ArrayList<>();
            SequencedSet<Buffer> used = new LinkedHashSet<>();
            SequencedSet<String> left = new LinkedHashSet<>();
            for (int at = from; at < to; at++) {
                TileKernel kernel = kernels.get(at);
                TaskCall call = calls.get(at);
                String name = methods.get(at).isEmpty() ? libraryNames.unique(kernel.name()) : names.get(at - from);
                tasks.add(new Task(name, kernel, call));
                used.addAll(call.arrays());
                kernel.writes().stream()
                        .map(this::name)
                        .filter(results::contains)
                        .forEach(left::add);
            }
            SequencedSet<String> persist = handed(kernels, to);
            SequencedSet<String> always = names(used, b -> inputs.contains(name(b)));
            SequencedSet<String> once = names(used, b -> !inputs.contains(name(b)) && !computed.contains(b));
            always.removeAll(kept);
            once.removeAll(kept);
            graphs.add(new TaskGraph(prefix, method, tasks, once, always, kept, persist, left));
        }
        return graphs;
    }

    private TaskCall call(TileKernel kernel) {
        Optional<Gemm> gemm = target.libraryTasks() ? LibraryChoice.of(kernel).gemm() : Optional.empty();
        return gemm.isPresent() ? gemm.get() : methods.call(kernel);
    }

    /**
     * The arrays in use before a kernel and from it on, also when the values in them are no longer needed: a graph that
     * was not handed an array would have one of its own on the device.
     */
    private SequencedSet<String> handed(List<TileKernel> kernels, int at) {
        SequencedSet<String> handed = names(used(kernels.subList(0, at)), b -> true);
        handed.retainAll(names(used(kernels.subList(at, kernels.size())), b -> true));
        return handed;
    }

    private static SequencedSet<Buffer> used(List<TileKernel> kernels) {
        SequencedSet<Buffer> used = new LinkedHashSet<>();
        for (TileKernel kernel : kernels) {
            used.addAll(kernel.reads());
            used.addAll(kernel.writes());
        }
        return used;
    }

    private SequencedSet<String> names(SequencedSet<Buffer> buffers, Predicate<Buffer> which) {
        SequencedSet<String> names = new LinkedHashSet<>();
        buffers.stream().filter(which).map(this::name).forEach(names::add);
        return names;
    }

    private String name(Buffer buffer) {
        return arrays.of(buffer).name();
    }
}
