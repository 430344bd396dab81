package heddle.runtime.jvm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExpr.Element;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.schedule.Plan;
import heddle.compiler.schedule.SchedulePolicy;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.family.MapFamily;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.KernelTiming;
import heddle.runtime.tensor.Tensor;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.time.Duration;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code doubled = w + w} once; then {@code y = (x + doubled) + step} of each run, by way of a buffer between. */
class JvmProgramTest {
    private static final Dim N = Dim.symbol("N");
    private static final Buffer X = buffer("x", N, Dim.of(3));
    private static final Buffer W = buffer("w", Dim.of(3));
    private static final Buffer STEP = buffer("step", Dim.of(3));
    private static final Buffer DOUBLED = buffer("doubled", Dim.of(3));
    private static final Buffer BETWEEN = buffer("between", N, Dim.of(3));
    private static final Buffer Y = buffer("y", N, Dim.of(3));

    @TempDir
    static Path classes;

    private static Buffer buffer(String name, Dim... shape) {
        return new Buffer(name, new TensorType(DType.F32, Shape.of(shape)));
    }

    private static TileKernel add(String name, Buffer output, Buffer a, Buffer b) {
        Axis n = new Axis("n", N);
        Axis c = new Axis("c", Dim.of(3));
        boolean perRow = output.type().rank() == 2;
        ScalarExpr column = ScalarExpr.of(c);
        ScalarExpr row = ScalarExpr.apply(
                ScalarFn.ADD, ScalarExpr.apply(ScalarFn.MUL, ScalarExpr.of(n), ScalarExpr.of(3)), column);
        ScalarExpr address = perRow ? row : column;
        ScalarExpr sum = ScalarExpr.apply(
                ScalarFn.ADD, new Element(a, a.type().rank() == 2 ? row : column), new Element(b, column));
        return kernel(name, new MapFamily(perRow ? List.of(n, c) : List.of(c), output, address, sum));
    }

    private static TileKernel kernel(String name, MapFamily family) {
        return new TileKernel(family.program(name, List.of()), SchedulePolicy.PROCESSOR.schedule(family));
    }

    private static SequencedMap<String, Buffer> named(Buffer... buffers) {
        SequencedMap<String, Buffer> map = new LinkedHashMap<>();
        for (Buffer b : buffers) {
            map.put(b.name(), b);
        }
        return map;
    }

    private static SequencedMap<String, Buffer> outputs() {
        SequencedMap<String, Buffer> outputs = named(Y, X, W);
        outputs.put("y again", Y);
        return outputs;
    }

    private static Plan plan() {
        return new Plan(
                "adds",
                List.of("N"),
                named(X),
                named(W),
                List.of(new Plan.ConstantBuffer(STEP, List.of(0.25, 0.5, 0.75))),
                outputs(),
                List.of(add("prepare", DOUBLED, W, W)),
                List.of(add("first", BETWEEN, X, DOUBLED), add("second", Y, BETWEEN, STEP)));
    }

    private static final Map<String, Tensor> WEIGHTS = Map.of("w", Tensor.of(new float[] {10, 20, 30}, 3));

    private static JvmProgram program() {
        return load(plan(), WEIGHTS);
    }

    private static JvmProgram load(Plan plan, Map<String, Tensor> weights) {
        return JvmProgram.load(plan, weights, new JvmOptions(JvmPlatform.target(2), classes, "test", w -> {
            throw new AssertionError(w);
        }));
    }

    private static Tensor rows(int n, float start) {
        float[] x = new float[n * 3];
        IntStream.range(0, x.length).forEach(i -> x[i] = start + i);
        return Tensor.of(x, n, 3);
    }

    private static float[] expected(int n, float start) {
        float[] y = new float[n * 3];
        IntStream.range(0, y.length).forEach(i -> y[i] = start + i + 2 * 10 * (i % 3 + 1) + 0.25f * (i % 3 + 1));
        return y;
    }

    @Test
    void sharingChangesNothing() {
        for (double least : new double[] {0, Double.POSITIVE_INFINITY}) {
            JvmOptions options = new JvmOptions(JvmPlatform.target(2), classes, "test", w -> {}, least);
            JvmProgram program = JvmProgram.load(plan(), WEIGHTS, options);
            for (int n : new int[] {0, 1, 1000}) {
                Tensor y = program.run(Map.of("x", rows(n, 1))).get("y");
                assertArrayEquals(expected(n, 1), (float[]) y.storage(), n + " rows, from " + least + " ns on");
            }
        }
    }

    @Test
    void runsWithWeightsAndConstantsForAnyLength() {
        JvmProgram program = program();
        for (int n : new int[] {1, 4, 4, 2, 0, 50}) {
            Map<String, Tensor> outputs = program.run(Map.of("x", rows(n, 7)));
            assertArrayEquals(expected(n, 7), outputs.get("y").floats());
            assertArrayEquals(new long[] {n, 3}, outputs.get("y").shape());
        }
    }

    @Test
    void outputsAreTheCallersToKeep() {
        JvmProgram program = program();
        Tensor x = rows(4, 1);
        Map<String, Tensor> first = program.run(Map.of("x", x));
        Map<String, Tensor> second = program.run(Map.of("x", rows(4, 2)));
        assertArrayEquals(expected(4, 1), first.get("y").floats());
        assertArrayEquals(expected(4, 2), second.get("y").floats());
        assertArrayEquals(x.floats(), first.get("x").floats());
        assertNotSame(x.floats(), first.get("x").floats());
        assertArrayEquals(expected(4, 1), first.get("y again").floats());
        assertNotSame(first.get("y").floats(), first.get("y again").floats());
        first.get("w").floats()[0] = 99;
        assertArrayEquals(
                expected(4, 3), program.run(Map.of("x", rows(4, 3))).get("y").floats());
    }

    @Test
    void aResultMayBeSeveralOutputs() {
        SequencedMap<String, Buffer> outputs = new LinkedHashMap<>();
        outputs.put("one", Y);
        outputs.put("other", Y);
        Plan plan = new Plan(
                "twice", List.of("N"), named(X), named(W), List.of(), outputs, List.of(), List.of(add("sum", Y, X, W)));
        JvmProgram program = load(plan, Map.of("w", Tensor.of(new float[] {10, 20, 30}, 3)));
        Map<String, Tensor> results = program.run(Map.of("x", rows(1, 1)));
        assertArrayEquals(new float[] {11, 22, 33}, results.get("one").floats());
        assertArrayEquals(new float[] {11, 22, 33}, results.get("other").floats());
        assertNotSame(results.get("one").floats(), results.get("other").floats());
    }

    @Test
    void severalThreadsMayRunOneProgram() throws Exception {
        JvmProgram program = program();
        List<Callable<float[]>> runs = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            int n = i % 5 + 1;
            runs.add(() -> program.run(Map.of("x", rows(n, n))).get("y").floats());
        }
        try (ExecutorService callers = Executors.newFixedThreadPool(4)) {
            int i = 0;
            for (var result : callers.invokeAll(runs)) {
                int n = i++ % 5 + 1;
                assertArrayEquals(expected(n, n), result.get());
            }
        }
    }

    @Test
    void anInterruptedThreadMayRunAProgram() {
        JvmProgram program = program();
        Thread.currentThread().interrupt();
        float[] y = program.run(Map.of("x", rows(50, 1))).get("y").floats();
        assertTrue(Thread.interrupted(), "it is still interrupted");
        assertArrayEquals(expected(50, 1), y);
    }

    @Test
    void aWeightIsLetGoOnceItIsPacked() throws InterruptedException {
        SequencedMap<String, Buffer> outputs = named(Y);
        Plan plan = new Plan(
                "packed",
                List.of("N"),
                named(X),
                named(W),
                List.of(),
                outputs,
                List.of(add("prepare", DOUBLED, W, W)),
                List.of(add("sum", Y, X, DOUBLED)));
        List<WeakReference<float[]>> read = new ArrayList<>();
        Map<String, Tensor> weights = new AbstractMap<>() {
            @Override
            public Tensor get(Object name) {
                float[] w = {10, 20, 30};
                read.add(new WeakReference<>(w));
                return Tensor.of(w, 3);
            }

            @Override
            public Set<Entry<String, Tensor>> entrySet() {
                throw new AssertionError("weights are asked for one by one");
            }
        };
        JvmProgram program = load(plan, weights);
        for (int i = 0; i < 50 && read.getFirst().get() != null; i++) {
            System.gc();
            Thread.sleep(10);
        }
        assertEquals(1, read.size(), "how often the weight was read");
        assertNull(read.getFirst().get(), "the weight is still there");
        assertEquals(12, JvmProgram.weightBytes(plan));
        assertArrayEquals(
                new float[] {21, 42, 63},
                program.run(Map.of("x", rows(1, 1))).get("y").floats());
    }

    @Test
    void profilesEveryKernel() {
        List<KernelTiming> timings = new ArrayList<>();
        program().profile(Map.of("x", rows(4, 1)), Map.of(), timings::add);
        assertEquals(
                List.of("first", "second"),
                timings.stream().map(KernelTiming::name).toList());
        assertEquals(12, timings.getFirst().flops());
        assertEquals(4 * (12 + 3 + 12), timings.getFirst().bytes());
        assertTrue(timings.getFirst().nanos() > 0);
    }

    /** One that is told of kernels may run the model, however few runs may go on at once. */
    @Test
    void oneThatProfilesMayRunTheProgram() {
        JvmProgram program = program();
        Map<String, Tensor> inputs = Map.of("x", rows(4, 1));
        int depth = Runtime.getRuntime().availableProcessors() + 1;
        assertTimeoutPreemptively(Duration.ofMinutes(2), () -> profile(program, inputs, depth));
    }

    private static void profile(JvmProgram program, Map<String, Tensor> inputs, int depth) {
        List<KernelTiming> timings = new ArrayList<>();
        program.profile(inputs, Map.of(), k -> {
            if (depth > 0 && timings.isEmpty()) {
                profile(program, inputs, depth - 1);
            }
            timings.add(k);
        });
        assertEquals(2, timings.size());
        assertTrue(
                timings.get(0).start() + timings.get(0).nanos()
                        <= timings.get(1).start(),
                timings.toString());
    }

    @Test
    void saysWhatIsWrongWithInputs() {
        JvmProgram program = program();
        assertEquals("H0802", code(() -> program.run(Map.of())));
        assertEquals("H0804", code(() -> program.run(Map.of("x", Tensor.of(new float[8], 2, 4)))));
        assertEquals("H0805", code(() -> program.run(Map.of("x", Tensor.of(new double[3], 1, 3)))));
        assertEquals("H0804", code(() -> program.run(Map.of("x", rows(2, 1)), Map.of("N", 3L))));
    }

    @Test
    void saysThatATensorIsTooLarge() {
        Buffer x = buffer("x", N);
        Buffer outer = buffer("outer", N, N);
        Axis i = new Axis("i", N);
        Axis j = new Axis("j", N);
        ScalarExpr address = ScalarExpr.apply(
                ScalarFn.ADD, ScalarExpr.apply(ScalarFn.MUL, ScalarExpr.of(i), ScalarExpr.of(N)), ScalarExpr.of(j));
        ScalarExpr sum =
                ScalarExpr.apply(ScalarFn.ADD, new Element(x, ScalarExpr.of(i)), new Element(x, ScalarExpr.of(j)));
        TileKernel kernel = kernel("outer", new MapFamily(List.of(i, j), outer, address, sum));
        Plan plan =
                new Plan("outer", List.of("N"), named(x), named(), List.of(), named(outer), List.of(), List.of(kernel));
        JvmProgram program = load(plan, Map.of());
        assertEquals(
                1,
                program.run(Map.of("x", Tensor.of(new float[1], 1)))
                        .get("outer")
                        .size());
        assertEquals("H0903", code(() -> program.run(Map.of("x", Tensor.of(new float[50_000], 50_000)))));
    }

    private static String code(Runnable run) {
        return assertThrows(DiagnosticException.class, run::run)
                .diagnostics()
                .getFirst()
                .code()
                .id();
    }
}
