package heddle.tests.tornado;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.Compiler.Fusion;
import heddle.compiler.backend.tornado.DevicePolicy;
import heddle.compiler.backend.tornado.TornadoTarget;
import heddle.compiler.backend.tornado.host.TornadoSource;
import heddle.compiler.backend.tornado.host.TornadoWriter;
import heddle.compiler.schedule.Plan;
import heddle.runtime.Heddle;
import heddle.tests.tornado.device.DevicePlan;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Field;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Plans that are cut into several task graphs, run more than once. */
class TaskGraphsTest {
    private static final Path MODEL = Path.of("src", "test", "resources", "tornado", "layers.heddle");
    private static final Map<String, Long> LENGTHS = Map.of("B", 2L, "N", 7L);

    private final Random random = new Random(41);
    private final Plan plan = Heddle.model(MODEL)
            .compilation(Fusion.FUSED, new DevicePolicy(TornadoTarget.GPU))
            .plan();
    private final Map<String, MemorySegment> weights = new LinkedHashMap<>();

    TaskGraphsTest() {
        plan.weights()
                .forEach((name, b) ->
                        weights.put(name, floats(b.type().shape().size().evaluate(LENGTHS))));
    }

    private MemorySegment floats(long elements) {
        float[] values = new float[(int) elements];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat(-1, 1);
        }
        return MemorySegment.ofArray(values);
    }

    private Map<String, MemorySegment> inputs() {
        byte[] visible = new byte[14];
        for (int i = 0; i < visible.length; i++) {
            visible[i] = (byte) random.nextInt(2);
        }
        return Map.of("x", floats(14 * 16), "visible", MemorySegment.ofArray(visible), "sink", floats(2));
    }

    @Test
    void severalGraphsComputeWhatOneDoesInEachRun() throws Exception {
        Map<String, MemorySegment> first = inputs();
        Map<String, MemorySegment> second = inputs();
        try (Running one = new Running(40);
                Running several = new Running(3);
                Running each = new Running(1)) {
            for (Map<String, MemorySegment> inputs : List.of(first, second, first)) {
                float[] expected = one.run(inputs);
                assertArrayEquals(expected, several.run(inputs));
                assertArrayEquals(expected, each.run(inputs));
            }
        }
    }

    /** A graph that is not handed an array makes one of its own. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3, 40})
    void computedArraysAreOnTheDeviceOnce(int tasks) throws Exception {
        try (Running running = new Running(tasks)) {
            running.run(inputs());
            assertEquals(running.source.deviceBytes(LENGTHS), running.deviceBytes());
        }
    }

    /** TornadoVM compiles a kernel once for each name of a task, and grids are found by these names. */
    @Test
    void equalLayersShareCompiledKernels() throws Exception {
        TornadoSource source = minilm();
        Map<String, String> methods = new HashMap<>();
        Set<String> kernels = new HashSet<>();
        int compiled = 0;
        List<TornadoSource.Task> run =
                source.tasks().stream().filter(t -> t.name().startsWith("run.")).toList();
        for (int i = 0; i < run.size(); i++) {
            TornadoSource.Task task = run.get(i);
            String method = ((TornadoSource.KernelLaunch) task.work()).method();
            kernels.add(method);
            boolean last = i + 1 == run.size() || run.get(i + 1).graph() != task.graph();
            String known = methods.put(task.name(), method);
            compiled += known == null || last ? 1 : 0;
            assertTrue(known == null || known.equals(method), task.name() + " is " + known + " and " + method);
        }
        assertTrue(run.size() > 4 * kernels.size(), run.size() + " tasks of " + kernels.size() + " kernels");
        assertTrue(compiled <= 2 * kernels.size(), compiled + " compilations of " + kernels.size() + " kernels");
    }

    private static TornadoSource minilm() {
        Plan minilm = Heddle.model(Path.of("..", "examples", "minilm.heddle"))
                .compilation(Fusion.FUSED, new DevicePolicy(TornadoTarget.GPU))
                .plan();
        return new TornadoWriter(TornadoTarget.GPU).write(minilm);
    }

    @Test
    void sharedKernelsAreCompiledOnceOnTheDouble() throws Exception {
        try (Running one = new Running(40);
                Running cut = new Running(8)) {
            Map<String, MemorySegment> inputs = inputs();
            assertArrayEquals(one.run(inputs), cut.run(inputs));
            int compiled = cut.device().compilations();
            assertTrue(
                    compiled < cut.source.tasks().size(),
                    compiled + " of " + cut.source.tasks().size());
            cut.run(inputs);
            assertEquals(compiled, cut.device().compilations());
        }
    }

    /** An instance of the generated class on the double. */
    private final class Running implements AutoCloseable {
        private final TornadoSource source;
        private final AutoCloseable instance;

        Running(int tasks) throws Exception {
            source = new TornadoWriter(TornadoTarget.GPU.withTasksPerGraph(tasks)).write(plan);
            instance = (AutoCloseable) TornadoDouble.load(source.className(), source.text())
                    .program()
                    .getConstructor(Map.class, Map.class)
                    .newInstance(LENGTHS, weights);
        }

        float[] run(Map<String, MemorySegment> inputs) throws Exception {
            float[] o = new float[14 * 16];
            instance.getClass()
                    .getMethod("run", Map.class, Map.class)
                    .invoke(instance, inputs, Map.of("o", MemorySegment.ofArray(o)));
            return o;
        }

        long deviceBytes() throws Exception {
            return device().bytes();
        }

        DevicePlan device() throws Exception {
            return (DevicePlan) field(field(instance, "plan"), "plan");
        }

        private static Object field(Object of, String name) throws Exception {
            Field field = of.getClass().getDeclaredField(name);
            field.setAccessible(true);
            return field.get(of);
        }

        @Override
        public void close() throws Exception {
            instance.close();
        }
    }
}
