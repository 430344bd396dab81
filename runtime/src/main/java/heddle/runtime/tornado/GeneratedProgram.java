package heddle.runtime.tornado;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Map;
import java.util.function.IntConsumer;

/** An instance of a generated class, with the methods that {@code TornadoSource} promises. */
record GeneratedProgram(MethodHandle run, MethodHandle free) {
    /** Makes an instance of a class on the class path: TornadoVM reads its class file there. */
    static GeneratedProgram open(String className, Map<String, Long> lengths, Map<String, MemorySegment> weights)
            throws Throwable {
        Class<?> type = Class.forName(className, true, ClassLoader.getSystemClassLoader());
        MethodHandles.Lookup lookup = MethodHandles.publicLookup();
        MethodHandle make = lookup.findConstructor(type, MethodType.methodType(void.class, Map.class, Map.class));
        MethodHandle run = lookup.findVirtual(
                type, "run", MethodType.methodType(void.class, Map.class, Map.class, IntConsumer.class));
        MethodHandle close = lookup.findVirtual(type, "close", MethodType.methodType(void.class));
        Object instance = make.invoke(lengths, weights);
        return new GeneratedProgram(run.bindTo(instance), close.bindTo(instance));
    }

    /** @param started told of each task graph before it is executed */
    void run(Map<String, MemorySegment> inputs, Map<String, MemorySegment> outputs, IntConsumer started)
            throws Throwable {
        run.invoke(inputs, outputs, started);
    }

    /** Frees its memory on the device. */
    void close() throws Throwable {
        free.invoke();
    }
}
