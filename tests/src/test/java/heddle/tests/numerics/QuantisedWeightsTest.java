package heddle.tests.numerics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import heddle.compiler.Compilation;
import heddle.compiler.Compiler;
import heddle.compiler.Compiler.Fusion;
import heddle.compiler.backend.tornado.DevicePolicy;
import heddle.compiler.backend.tornado.TornadoTarget;
import heddle.compiler.frontend.Frontend;
import heddle.compiler.frontend.Model;
import heddle.compiler.ir.NdArray;
import heddle.compiler.op.Interpreter;
import heddle.compiler.schedule.ScheduleInterpreter;
import heddle.compiler.schedule.SchedulePolicy;
import heddle.compiler.schedule.machine.Processor;
import heddle.compiler.type.DType;
import heddle.compiler.type.Stored;
import heddle.dsl.parse.Parser;
import heddle.dsl.source.SourceFile;
import heddle.runtime.SourceReader;
import heddle.runtime.jvm.JvmOptions;
import heddle.runtime.jvm.JvmProgram;
import heddle.runtime.tensor.StoredArray;
import heddle.runtime.tensor.Tensor;
import heddle.runtime.verify.Comparison;
import heddle.runtime.verify.Tolerance;
import heddle.tests.TensorArrays;
import heddle.tests.tornado.Conformance;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Weights of whole numbers with scales: tile programs and generated code compute what the reference says of their values. */
class QuantisedWeightsTest {
    private static final long SEED = 20262;
    private static final int[] ROWS = {1, 16, 17, 24, 25, 47};
    private static final int[] DEPTHS = {1, 31, 33, 1021};
    private static final int[] COLUMNS = {1, 63, 65};

    @TempDir
    static Path classes;

    private final Random random = new Random(SEED);

    private static Model model(List<String> lines) {
        SourceFile file = new SourceFile("quantised.heddle", String.join("\n", lines));
        return Frontend.elaborate(Parser.parse(file).orThrow(), SourceReader::imported);
    }

    private static Compilation compiled(Model model, Fusion fusion) {
        return Compiler.compile(model.graph(), fusion, SchedulePolicy.PROCESSOR, Set.of());
    }

    private static JvmProgram load(Compilation compilation, Map<String, Tensor> weights, int lanes, int threads) {
        Processor target = Processor.of(lanes, threads);
        return JvmProgram.load(compilation.plan(), weights, new JvmOptions(target, classes, "test", warning -> {
            throw new AssertionError(warning);
        }));
    }

    private Tensor noise(double deviation, long... shape) {
        Tensor t = Tensor.zeros(DType.F32, shape);
        for (int i = 0; i < t.size(); i++) {
            t.floats()[i] = (float) (deviation * random.nextGaussian());
        }
        return t;
    }

    /** Numbers that take the whole range, the ends included; scales of both signs. */
    private Map<String, Tensor> weights(Model model) {
        Map<String, Tensor> weights = new HashMap<>();
        for (Model.Declaration w : model.weights()) {
            long[] shape = w.type().shape().evaluate(Map.of());
            Stored held = w.held().stored();
            Tensor drawn = noise(0.05, shape);
            if (held.isQuantised()) {
                int limit = held == Stored.I8 ? 128 : 8;
                for (int i = 0; i < drawn.size(); i++) {
                    drawn.floats()[i] = random.nextInt(-limit, limit);
                }
                drawn = Tensor.packed(DType.F32, shape, held, StoredArray.packed(drawn.floats(), held));
            }
            weights.put(w.name(), drawn);
        }
        return weights;
    }

    private Map<String, Tensor> inputs(Model model, int rows) {
        Map<String, Tensor> inputs = new HashMap<>();
        for (Model.Declaration i : model.inputs()) {
            long[] shape = i.type().shape().evaluate(Map.of("M", (long) rows));
            inputs.put(
                    i.name(),
                    i.type().dtype() == DType.I64
                            ? Tensor.of(random.longs(rows, 0, 37).toArray(), rows)
                            : noise(1, shape));
        }
        return inputs;
    }

    private static Tensor tensor(NdArray a) {
        return Tensor.of(a.data(), a.shape());
    }

    /** Compares tile programs, and code for several vectors and numbers of threads, with the graph as it was written. */
    private void check(Model model, boolean small, String context, int... allRows) {
        Map<String, Tensor> weights = weights(model);
        Compilation fused = compiled(model, Fusion.FUSED);
        Compilation unfused = compiled(model, Fusion.UNFUSED);
        Map<String, JvmProgram> programs = new HashMap<>();
        programs.put("16 lanes", load(fused, weights, 16, 1));
        programs.put("8 lanes", load(fused, weights, 8, 3));
        if (small) {
            programs.put("4 lanes", load(fused, weights, 4, 1));
            programs.put("unfused", load(unfused, weights, 16, 2));
        }
        for (int rows : allRows) {
            Map<String, Long> lengths = Map.of("M", (long) rows);
            Map<String, Tensor> inputs = inputs(model, rows);
            Map<String, NdArray> given = TensorArrays.of(inputs);
            Map<String, NdArray> expected =
                    new Interpreter(given, TensorArrays.of(weights), lengths).run(model.graph());
            String where = context + ", seed " + SEED + ", rows " + rows + ", ";
            if (rows <= 17) {
                new ScheduleInterpreter(given, TensorArrays.of(weights), lengths)
                        .run(fused.schedule())
                        .forEach((name, a) -> assertWithin(
                                tensor(a), expected.get(name), DType.F64, where + "tile program of " + name));
            }
            programs.forEach((what, program) -> program.run(inputs)
                    .forEach((name, t) -> assertWithin(t, expected.get(name), DType.F32, where + what + ", " + name)));
        }
    }

    private static void assertWithin(Tensor ours, NdArray expected, DType type, String context) {
        Comparison c = Comparison.of(ours, expected, Tolerance.of(type));
        assertTrue(c.within(), context + ": " + c);
    }

    @Execution(CONCURRENT)
    @ParameterizedTest
    @ValueSource(
            strings = {
                "i8", "i8 per row", "i8 per column", "i8 per block",
                "i4", "i4 per row", "i4 per column", "i4 per block"
            })
    void products(String form) {
        List<String> lines = new ArrayList<>(List.of("dim M"));
        boolean even = form.startsWith("i4");
        for (int depth : DEPTHS) {
            int k = even ? depth + 1 : depth;
            lines.add("input x" + k + ": f32[M, " + k + "]");
            for (int columns : COLUMNS) {
                int n = even ? columns + 1 : columns;
                String size = k + "_" + n;
                String a = "(weight \"a" + size + "\" : f32[" + k + ", " + n + "] as " + form + ")";
                String b = "(weight \"b" + size + "\" : f32[" + n + ", " + k + "] as " + form + ")";
                lines.add("output a" + size + " = x" + k + " @ " + a);
                lines.add("output b" + size + " = gelu(x" + k + " @ transpose(" + b + ") + weight \"bias" + n
                        + "\" : f32[" + n + "])");
            }
        }
        check(model(lines), false, form, ROWS);
    }

    /** Rows that are looked up, views, weights of two products and on the left side, keys and values, batches, results. */
    @Execution(CONCURRENT)
    @ParameterizedTest
    @ValueSource(
            strings = {"i8 per row", "i8 per column", "i8 per block", "i4 per row", "i4 per column", "i4 per block"})
    void otherReads(String form) {
        String table = "(weight \"table\" : f32[37, 70] as " + form + " scales \"of_table\")";
        String heads = "(weight \"heads\" : f32[3, 70, 34] as " + form + ")";
        check(
                model(List.of(
                        "dim M",
                        "input ids: i64[M]",
                        "input x: f32[M, 70]",
                        "output looked_up = " + table + "[ids]",
                        "output normal = layer_norm(embed(ids, " + table + "), weight \"scale\" : f32[70])",
                        "output tied = embed(ids, " + table + ") @ transpose(" + table + ")",
                        "output both = x @ transpose(" + table + ") @ " + table,
                        "output attention = softmax(x @ transpose(" + table + "), axis = -1) @ " + table,
                        "output few = softmax(x[0:1] @ transpose(" + table + "), axis = -1) @ " + table,
                        "output left = " + table + " @ transpose(x)",
                        "output gram = " + table + " @ transpose(" + table + ")",
                        "output batched = einsum(\"md,hde->hme\", x, " + heads + ")",
                        "output backwards = einsum(\"hme,hde->md\", einsum(\"md,hde->hme\", x, " + heads + "), " + heads
                                + ")",
                        "output sums = sum(" + table + ", axis = -1)",
                        "output view = transpose(" + table + ")",
                        "output padded = concat([" + table + ", " + table + "], axis = 1)",
                        "output part = x[:, 3:40] @ " + table + "[:, 1:60:2]",
                        "output itself = " + table)),
                true,
                form,
                1,
                17);
    }

    /** What stays in memory is the numbers in panels, with scales: a byte or half of one an element. */
    @Test
    void panelsAreAllThatStays() {
        long matrix = 1024 * 128;
        Map<String, Long> expected = Map.of(
                "", 4 * matrix,
                "as f16", 2 * matrix,
                "as i8", matrix,
                "as i8 per column", matrix + 4 * 128,
                "as i8 per row", matrix + 4 * 1024,
                "as i8 per block", matrix + 4 * matrix / 32,
                "as i4 per column", matrix / 2 + 4 * 128,
                "as i4 per block", matrix / 2 + 4 * matrix / 32);
        expected.forEach((form, bytes) -> {
            Model model = model(
                    List.of("dim M", "input x: f32[M, 1024]", "output y = x @ weight \"w\" : f32[1024, 128] " + form));
            assertEquals(
                    bytes, JvmProgram.weightBytes(compiled(model, Fusion.FUSED).plan()), form);
        });
    }

    /** All pairs of numbers of four bits, and all numbers of eight, are what they are. */
    @Execution(CONCURRENT)
    @ParameterizedTest
    @ValueSource(strings = {"i8", "i4"})
    void everyPatternOfBits(String form) {
        Model model = model(List.of(
                "dim M",
                "input x: f32[M, 1]",
                "output y = x @ weight \"w\" : f32[1, 256] as " + form,
                "output z = (weight \"w\" : f32[1, 256] as " + form + ")[0, :] + 0"));
        Stored stored = form.equals("i8") ? Stored.I8 : Stored.I4;
        byte[] bytes = new byte[stored == Stored.I8 ? 256 : 128];
        float[] values = new float[256];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (stored == Stored.I8 ? i : 2 * i + 1);
        }
        for (int i = 0; i < values.length; i++) {
            int nibbles = bytes[i / 2];
            values[i] = stored == Stored.I8 ? (byte) i : i % 2 == 0 ? (nibbles << 28) >> 28 : nibbles >> 4;
        }
        Map<String, Tensor> weights = Map.of("w", Tensor.packed(DType.F32, new long[] {1, 256}, stored, bytes));
        for (int lanes : new int[] {4, 8, 16}) {
            JvmProgram program = load(compiled(model, Fusion.FUSED), weights, lanes, 2);
            for (int rows : new int[] {1, 16}) {
                float[] ones = new float[rows];
                Arrays.fill(ones, 1);
                Map<String, Tensor> outputs = program.run(Map.of("x", Tensor.of(ones, rows, 1)));
                for (int i = 0; i < rows * 256; i++) {
                    assertEquals(values[i % 256], outputs.get("y").floats()[i], lanes + " lanes, number " + i % 256);
                }
                for (int i = 0; i < 256; i++) {
                    assertEquals(values[i], outputs.get("z").floats()[i], lanes + " lanes, number " + i);
                }
            }
        }
    }

    /** Devices keep the bits, too: scales are multiplied with sums, or with what is loaded. */
    @Execution(CONCURRENT)
    @ParameterizedTest
    @ValueSource(strings = {"i8", "i8 per row", "i8 per column", "i8 per block", "i4 per column", "i4 per block"})
    void devicesComputeTheSame(String form) {
        String table = "(weight \"table\" : f32[37, 70] as " + form + ")";
        Model model = model(List.of(
                "dim M",
                "input ids: i64[M]",
                "input x: f32[M, 70]",
                "output both = gelu(x @ transpose(" + table + ")) @ " + table,
                "output looked_up = " + table + "[ids]",
                "output attention = softmax(x @ transpose(" + table + "), axis = -1) @ " + table));
        Map<String, Tensor> weights = weights(model);
        Stored packed = form.startsWith("i8") ? Stored.I8 : Stored.I4;
        for (TornadoTarget limits : List.of(TornadoTarget.GPU, TornadoTarget.CPU)) {
            Compiler.compile(model.graph(), Fusion.FUSED, new DevicePolicy(limits), Set.of())
                    .plan()
                    .weights()
                    .forEach((name, buffer) ->
                            assertEquals(name.equals("table") ? packed : Stored.F32, buffer.stored(), name));
            Conformance device = Conformance.of(model.graph(), Fusion.FUSED, limits, weights);
            for (int rows : new int[] {1, 17}) {
                device.check(inputs(model, rows), Map.of("M", (long) rows), form + ", seed " + SEED + ", rows " + rows);
            }
        }
    }
}
