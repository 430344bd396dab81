package heddle.runtime.jvm;

import heddle.compiler.backend.jvm.JavaSource;
import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Map;

/** A generated class, loaded. It has the two methods that {@link JavaSource} promises. */
record PlanClass(Blocks blocks, Run run) {
    /** How many independent blocks an entry has. */
    public interface Blocks {
        long of(int entry, long[] lengths);
    }

    /** Computes blocks of an entry from {@code from} up to {@code to}. */
    public interface Run {
        void run(
                int entry,
                Object[] arrays,
                int[] offsets,
                long[] lengths,
                float[] tiles,
                int tilesAt,
                long from,
                long to);
    }

    static PlanClass load(JavaSource source, Map<String, byte[]> classes) {
        try {
            Class<?> type = new Loader(classes).loadClass(source.className());
            MethodHandles.Lookup lookup = MethodHandles.publicLookup();
            MethodType ofBlocks = MethodType.methodType(long.class, int.class, long[].class);
            MethodType ofRun = MethodType.methodType(
                    void.class,
                    int.class,
                    Object[].class,
                    int[].class,
                    long[].class,
                    float[].class,
                    int.class,
                    long.class,
                    long.class);
            return new PlanClass(
                    MethodHandleProxies.asInterfaceInstance(Blocks.class, lookup.findStatic(type, "blocks", ofBlocks)),
                    MethodHandleProxies.asInterfaceInstance(Run.class, lookup.findStatic(type, "run", ofRun)));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the generated class " + source.className() + " is not as promised", e);
        }
    }

    private static final class Loader extends ClassLoader {
        private final Map<String, byte[]> classes;

        Loader(Map<String, byte[]> classes) {
            super("heddle", ClassLoader.getPlatformClassLoader());
            this.classes = classes;
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            byte[] bytes = classes.get(name);
            if (bytes == null) {
                throw new ClassNotFoundException(name);
            }
            return defineClass(name, bytes, 0, bytes.length);
        }
    }
}
