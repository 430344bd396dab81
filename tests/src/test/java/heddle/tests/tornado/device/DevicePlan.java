package heddle.tests.tornado.device;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.exceptions.TornadoRuntimeException;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/** Executes task graphs on the double's device. */
public final class DevicePlan {
    private final DeviceLimits limits = DeviceLimits.CURRENT.orElse(DeviceLimits.ANY);
    private final List<DeviceGraph> graphs;
    private final List<GraphMemory> memories = new ArrayList<>();
    private List<Integer> selected;
    private GridScheduler grids = new GridScheduler();
    private final Set<String> compiled = new HashSet<>();
    private final Set<DeviceGraph> executed = Collections.newSetFromMap(new IdentityHashMap<>());
    private GraphMemory before;
    private int compilations;
    private boolean closed;

    public DevicePlan(List<DeviceGraph> graphs) {
        this.graphs = graphs;
        freeDeviceMemory();
        selectAll();
    }

    /** @throws TornadoRuntimeException when it has a grid for no kernel of the plan */
    public void schedule(GridScheduler scheduler) {
        boolean used = graphs.stream()
                .flatMap(graph -> graph.tasks().stream()
                        .filter(DeviceGraph.KernelTask.class::isInstance)
                        .map(task -> graph.name() + "." + task.id()))
                .anyMatch(scheduler.keySet()::contains);
        if (!used) {
            throw new TornadoRuntimeException("the grid scheduler has grids for no task: " + scheduler.keySet());
        }
        grids = scheduler;
    }

    public void select(int graph) {
        selected = List.of(graph);
    }

    public void selectAll() {
        selected = new ArrayList<>();
        for (int i = 0; i < graphs.size(); i++) {
            selected.add(i);
        }
    }

    /**
     * Executes the selected graphs.
     *
     * @throws KernelFault on what a driver would refuse and a GPU would not forgive
     */
    public void execute() {
        if (closed) {
            throw new KernelFault("the plan is closed");
        }
        for (int i : selected) {
            execute(graphs.get(i), memories.get(i));
        }
        // consumeFromDevice looks at the graph of the call before, not at others of the same call
        before = memories.get(selected.getLast());
    }

    private void execute(DeviceGraph graph, GraphMemory memory) {
        if (executed.add(graph)) {
            compile(graph);
        }
        memory.enter(before);
        for (DeviceGraph.Task task : graph.tasks()) {
            String name = graph.name() + "." + task.id();
            switch (task) {
                case DeviceGraph.KernelTask kernel -> launch(name, kernel, memory);
                case DeviceGraph.LibraryTask library -> new CuBlasCalls(name, library.call(), memory).run();
            }
        }
        memory.leave();
    }

    /** As TornadoVM does when a graph is first executed: code is shared by name, and the last task is always compiled. */
    private void compile(DeviceGraph graph) {
        for (DeviceGraph.Task task : graph.tasks()) {
            if (task instanceof DeviceGraph.KernelTask
                    && (compiled.add(graph.name() + "." + task.id())
                            || task == graph.tasks().getLast())) {
                compilations++;
            }
        }
    }

    /** How often TornadoVM would have compiled a kernel so far. */
    public int compilations() {
        return compilations;
    }

    private void launch(String name, DeviceGraph.KernelTask task, GraphMemory memory) {
        List<Object> arguments = task.arguments();
        if (!(arguments.getFirst() instanceof KernelContext)) {
            throw new KernelFault("task " + name + " does not take a KernelContext first");
        }
        List<GlobalArray> globals = new ArrayList<>();
        for (int i = 0; i < arguments.size(); i++) {
            if (arguments.get(i) instanceof TornadoNativeArray array) {
                globals.add(new GlobalArray(memory.buffer(array), i));
            }
        }
        LaunchGrid grid = LaunchGrid.of(name, grids.get(name), limits);
        new Launch(name, task.body(), grid, limits, globals).run();
    }

    /** Copies arrays that the graphs executed last keep on the device under demand. */
    public void transferToHost(Object... objects) {
        for (Object object : objects) {
            TornadoNativeArray array = (TornadoNativeArray) object;
            if (before == null || !before.keepsUnderDemand(array)) {
                throw new KernelFault(
                        "an array of " + array.getSize() + " elements is asked for that the last graph does"
                                + " not transfer in mode UNDER_DEMAND (" + DataTransferMode.UNDER_DEMAND + ")");
            }
            before.buffer(array).transferToHost();
        }
    }

    /** Bytes of the buffers that the graphs executed so far have, each counted once. */
    public long bytes() {
        Set<DeviceBuffer> all = Collections.newSetFromMap(new IdentityHashMap<>());
        memories.forEach(memory -> all.addAll(memory.buffers()));
        return all.stream().mapToLong(DeviceBuffer::bytes).sum();
    }

    /** Forgets all buffers; what is transferred on first execution is transferred again. */
    public void freeDeviceMemory() {
        memories.clear();
        graphs.forEach(graph -> memories.add(new GraphMemory(graph)));
        before = null;
    }

    public void close() {
        freeDeviceMemory();
        closed = true;
    }
}
