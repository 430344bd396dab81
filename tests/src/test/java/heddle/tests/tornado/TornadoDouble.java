package heddle.tests.tornado;

import heddle.tests.tornado.device.DeviceLimits;
import heddle.tests.tornado.device.KernelFault;
import heddle.tests.tornado.device.KernelLoader;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.InvocationTargetException;
import java.util.Map;

/**
 * Runs generated classes on the double of TornadoVM: on JVM threads, with every access of memory and every barrier checked.
 *
 * @param program the loaded class, with a constructor of lengths and weights, {@code run} and {@code close}
 * @param limits  what its device offers
 */
public record TornadoDouble(Class<?> program, DeviceLimits limits) {
    /** Compiles and loads a class of the default package, for a device with the least that every GPU offers. */
    public static TornadoDouble load(String className, String text) {
        return load(className, text, 0);
    }

    /** The same for a device whose quotients of floats are so many units in the last place too large. */
    static TornadoDouble load(String className, String text, int ulps) {
        Map<String, byte[]> classes = MemoryCompiler.compile(className, text, System.getProperty("java.class.path"));
        try {
            return new TornadoDouble(new KernelLoader(classes, ulps).loadClass(className), DeviceLimits.ANY);
        } catch (ClassNotFoundException e) {
            throw new AssertionError("the text declares no class " + className + "\n" + text, e);
        }
    }

    /** The same class on a device with other limits. */
    public TornadoDouble on(DeviceLimits other) {
        return new TornadoDouble(program, other);
    }

    /**
     * Makes an instance, runs it once and closes it.
     *
     * @param lengths values of the lengths by symbol
     * @param weights elements by the weights' names
     * @param inputs  elements by the inputs' names
     * @param outputs where the results go, by the outputs' names
     * @throws heddle.tests.tornado.device.KernelFault on what a GPU would not forgive
     */
    public void run(
            Map<String, Long> lengths,
            Map<String, MemorySegment> weights,
            Map<String, MemorySegment> inputs,
            Map<String, MemorySegment> outputs) {
        ScopedValue.where(DeviceLimits.CURRENT, limits).run(() -> {
            try (AutoCloseable instance =
                    (AutoCloseable) program.getConstructor(Map.class, Map.class).newInstance(lengths, weights)) {
                program.getMethod("run", Map.class, Map.class).invoke(instance, inputs, outputs);
            } catch (InvocationTargetException e) {
                if (e.getCause() instanceof RuntimeException cause) {
                    throw cause;
                }
                throw new AssertionError(e.getCause());
            } catch (KernelFault e) {
                throw e;
            } catch (Exception e) {
                throw new AssertionError("the class does not keep to its contract", e);
            }
        });
    }
}
