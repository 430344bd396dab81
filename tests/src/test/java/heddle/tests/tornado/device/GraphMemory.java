package heddle.tests.tornado.device;

import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.Map;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/** The device buffers of one graph. */
final class GraphMemory {
    private final DeviceGraph graph;
    private final Map<TornadoNativeArray, DeviceBuffer> buffers = new IdentityHashMap<>();

    GraphMemory(DeviceGraph graph) {
        this.graph = graph;
    }

    /** Takes buffers over from the graph that was executed before, and copies to the device what this execution asks for. */
    void enter(GraphMemory before) {
        graph.consumed().forEach((array, from) -> buffers.put(array, consume(array, from, before)));
        buffers.forEach((array, buffer) -> {
            if (!keeps(array)) {
                buffer.invalidate();
            }
        });
        graph.toDevice().forEach((array, mode) -> {
            if (mode == DataTransferMode.EVERY_EXECUTION || !buffers.containsKey(array)) {
                buffer(array).transferToDevice();
            }
        });
    }

    /** The device's copy of an array: garbage when this graph has not used it before. */
    DeviceBuffer buffer(TornadoNativeArray array) {
        return buffers.computeIfAbsent(array, DeviceBuffer::new);
    }

    Collection<DeviceBuffer> buffers() {
        return buffers.values();
    }

    void leave() {
        graph.toHost().forEach(array -> buffer(array).transferToHost());
    }

    /** Whether the array is on the device and stays there for others. */
    boolean keepsUnderDemand(TornadoNativeArray array) {
        return graph.persistent().contains(array) && buffers.containsKey(array);
    }

    /** Whether the array's elements outlast an execution. */
    private boolean keeps(TornadoNativeArray array) {
        return graph.persistent().contains(array)
                || graph.toDevice().containsKey(array)
                || graph.consumed().containsKey(array);
    }

    private DeviceBuffer consume(TornadoNativeArray array, String from, GraphMemory before) {
        String what =
                "graph " + graph.name() + " consumes an array of " + array.getSize() + " elements from graph " + from;
        if (before == null || !before.graph.name().equals(from)) {
            throw new KernelFault(what + ", but executed before it was "
                    + (before == null ? "none" : "graph " + before.graph.name()));
        }
        if (!before.keepsUnderDemand(array)) {
            throw new KernelFault(what + ", which does not keep it: call persistOnDevice");
        }
        return before.buffer(array);
    }
}
