package heddle.tests.tornado.device;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.common.LibraryTaskDescriptor;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.exceptions.TornadoRuntimeException;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/** What a task graph was told: its tasks in order, and which arrays move when. */
public final class DeviceGraph {
    /** A kernel with its arguments, but for the thread. */
    @FunctionalInterface
    public interface Body {
        void run(KernelContext thread);
    }

    /** A kernel to launch, or a library to call. */
    sealed interface Task {
        String id();
    }

    /** A kernel to launch. */
    record KernelTask(String id, Body body, List<Object> arguments) implements Task {}

    /** A library to call. */
    record LibraryTask(String id, LibraryTaskDescriptor call) implements Task {}

    private final String name;
    private final List<Task> tasks = new ArrayList<>();
    private final Map<TornadoNativeArray, Integer> toDevice = new IdentityHashMap<>();
    private final Set<TornadoNativeArray> toHost = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Set<TornadoNativeArray> persistent = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Map<TornadoNativeArray, String> consumed = new IdentityHashMap<>();

    public DeviceGraph(String name) {
        this.name = name;
    }

    public String name() {
        return name;
    }

    public void transferToDevice(int mode, Object... objects) {
        for (TornadoNativeArray array : arrays(objects)) {
            if (mode != DataTransferMode.FIRST_EXECUTION && mode != DataTransferMode.EVERY_EXECUTION) {
                throw refused("transfers to the device in mode " + mode);
            }
            toDevice.put(array, mode);
        }
    }

    public void transferToHost(int mode, Object... objects) {
        for (TornadoNativeArray array : arrays(objects)) {
            switch (mode) {
                case DataTransferMode.EVERY_EXECUTION -> toHost.add(array);
                case DataTransferMode.UNDER_DEMAND -> persistent.add(array);
                default -> throw refused("transfers to the host in mode " + mode);
            }
        }
    }

    public void consumeFromDevice(String graph, Object... objects) {
        arrays(objects).forEach(array -> consumed.put(array, graph));
    }

    /** Adds a kernel; its arguments are contexts, arrays and numbers. */
    public void task(String id, Body body, Object... arguments) {
        requireNew(id);
        for (Object argument : arguments) {
            if (!(argument instanceof TornadoNativeArray
                    || argument instanceof Number
                    || argument instanceof KernelContext)) {
                throw refused("gives task " + id + " the argument " + argument);
            }
        }
        tasks.add(new KernelTask(id, body, List.of(arguments)));
    }

    /** Adds a call of a library. */
    public void libraryTask(String id, LibraryTaskDescriptor call) {
        requireNew(id);
        tasks.add(new LibraryTask(id, call));
    }

    private void requireNew(String id) {
        if (tasks.stream().anyMatch(task -> task.id().equals(id))) {
            throw refused("has two tasks named " + id);
        }
    }

    /** A copy that later calls do not change. */
    public DeviceGraph snapshot() {
        DeviceGraph copy = new DeviceGraph(name);
        copy.tasks.addAll(tasks);
        copy.toDevice.putAll(toDevice);
        copy.toHost.addAll(toHost);
        copy.persistent.addAll(persistent);
        copy.consumed.putAll(consumed);
        return copy;
    }

    List<Task> tasks() {
        return tasks;
    }

    /** The arrays to copy to the device, with their modes. */
    Map<TornadoNativeArray, Integer> toDevice() {
        return toDevice;
    }

    Set<TornadoNativeArray> toHost() {
        return toHost;
    }

    Set<TornadoNativeArray> persistent() {
        return persistent;
    }

    /** The arrays taken over from another graph, with its name. */
    Map<TornadoNativeArray, String> consumed() {
        return consumed;
    }

    private List<TornadoNativeArray> arrays(Object... objects) {
        List<TornadoNativeArray> arrays = new ArrayList<>();
        for (Object object : objects) {
            if (!(object instanceof TornadoNativeArray array)) {
                throw refused("transfers " + object + ", which is no array of TornadoVM");
            }
            arrays.add(array);
        }
        return arrays;
    }

    private TornadoRuntimeException refused(String why) {
        return new TornadoRuntimeException("task graph " + name + " " + why);
    }
}
