package heddle.bench;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Map;

/** A generated class, by the methods that all of them have. */
record DeviceModel(MethodHandle execute, MethodHandle free) implements Interleaved.Subject {
    /** An instance that computes these outputs from these inputs. */
    static DeviceModel open(
            String className,
            Map<String, Long> lengths,
            Map<String, MemorySegment> inputs,
            Map<String, MemorySegment> outputs)
            throws Exception {
        try {
            Class<?> type = Class.forName(className);
            MethodHandles.Lookup lookup = MethodHandles.publicLookup();
            Object model = lookup.findConstructor(type, MethodType.methodType(void.class, Map.class, Map.class))
                    .invoke(lengths, Map.of());
            MethodHandle run = lookup.findVirtual(type, "run", MethodType.methodType(void.class, Map.class, Map.class));
            return new DeviceModel(
                    MethodHandles.insertArguments(run.bindTo(model), 0, inputs, outputs),
                    lookup.bind(model, "close", MethodType.methodType(void.class)));
        } catch (Throwable e) {
            throw new IllegalStateException(className, e);
        }
    }

    @Override
    public void run() throws Exception {
        call(execute);
    }

    void close() throws Exception {
        call(free);
    }

    private static Object call(MethodHandle handle) {
        try {
            return handle.invoke();
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
