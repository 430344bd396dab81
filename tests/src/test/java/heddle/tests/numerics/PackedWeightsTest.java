package heddle.tests.numerics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import heddle.compiler.Compiler;
import heddle.compiler.Compiler.Fusion;
import heddle.compiler.frontend.Frontend;
import heddle.compiler.frontend.Model;
import heddle.compiler.ir.NdArray;
import heddle.compiler.op.Interpreter;
import heddle.compiler.schedule.Plan;
import heddle.compiler.schedule.SchedulePolicy;
import heddle.compiler.schedule.machine.Processor;
import heddle.compiler.tile.KernelSchedule;
import heddle.compiler.tile.ProgramFacts;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.family.Contraction;
import heddle.compiler.tile.family.Family;
import heddle.compiler.type.DType;
import heddle.compiler.type.Stored;
import heddle.dsl.parse.Parser;
import heddle.dsl.source.SourceFile;
import heddle.runtime.SourceReader;
import heddle.runtime.jvm.JvmOptions;
import heddle.runtime.jvm.JvmProgram;
import heddle.runtime.tensor.Tensor;
import heddle.runtime.verify.Comparison;
import heddle.runtime.verify.Tolerance;
import heddle.tests.TensorArrays;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sixteen-bit weights that stay in two bytes an element: the bits of results are those of weights that are held as f32. */
class PackedWeightsTest {
    private static final long SEED = 20261;
    private static final int[] ROWS = {1, 2, 7, 16, 24, 25, 48, 49};

    @TempDir
    static Path classes;

    /** Block sizes as they are, with every weight held as it is computed. */
    private static final SchedulePolicy WIDE = new SchedulePolicy() {
        @Override
        public KernelSchedule schedule(Family family, ProgramFacts facts) {
            return SchedulePolicy.PROCESSOR.schedule(family, facts);
        }

        @Override
        public void verifyGiven(TileKernel given, TileKernel chosen) {
            SchedulePolicy.PROCESSOR.verifyGiven(given, chosen);
        }

        @Override
        public OptionalInt panel(Contraction c) {
            return SchedulePolicy.PROCESSOR.panel(c);
        }
    };

    private static Model model(List<String> lines) {
        SourceFile file = new SourceFile("packed.heddle", String.join("\n", lines));
        return Frontend.elaborate(Parser.parse(file).orThrow(), SourceReader::imported);
    }

    private static Plan plan(Model model, SchedulePolicy policy) {
        return Compiler.compile(model.graph(), Fusion.FUSED, policy, Set.of()).plan();
    }

    private static JvmProgram load(Plan plan, Map<String, Tensor> weights, int lanes, int threads) {
        Processor target = Processor.of(lanes, threads);
        return JvmProgram.load(plan, weights, new JvmOptions(target, classes, "test", warning -> {
            throw new AssertionError(warning);
        }));
    }

    private static Tensor noise(DType type, long seed, double deviation, long... shape) {
        Random random = new Random(seed);
        int size = 1;
        for (long d : shape) {
            size *= (int) d;
        }
        return Tensor.of(
                        random.doubles(size)
                                .map(x -> random.nextGaussian() * deviation)
                                .toArray(),
                        shape)
                .cast(type);
    }

    private static Map<String, Tensor> weights(Model model, double deviation) {
        Map<String, Tensor> weights = new HashMap<>();
        model.weights()
                .forEach(w -> weights.put(
                        w.name(),
                        noise(
                                w.type().dtype(),
                                SEED + w.name().hashCode(),
                                deviation,
                                w.type().shape().evaluate(Map.of()))));
        return weights;
    }

    private static NdArray array(Tensor t) {
        double[] elements = new double[t.size()];
        for (int i = 0; i < elements.length; i++) {
            elements[i] = t.element(i);
        }
        return new NdArray(t.dtype(), t.shape(), elements);
    }

    private static int[] bits(Tensor t) {
        int[] bits = new int[t.size()];
        for (int i = 0; i < bits.length; i++) {
            float f = t.floats()[i];
            bits[i] = Float.isNaN(f) ? Float.floatToIntBits(Float.NaN) : Float.floatToRawIntBits(f);
        }
        return bits;
    }

    /** Products with all weights that {@code sizes} names as {@code depth x columns}, stored both ways. */
    private static Model products(String type, int[][] sizes) {
        List<String> lines = new ArrayList<>(List.of("dim M"));
        for (int[] s : sizes) {
            String size = s[0] + "_" + s[1];
            lines.add("input x" + size + ": f32[M, " + s[0] + "]");
            lines.add("output a" + size + " = x" + size + " @ cast(weight \"a" + size + "\" : " + type + "[" + s[0]
                    + ", " + s[1] + "], f32)");
            lines.add("output b" + size + " = cast(x" + size + ", " + type + ") @ transpose(weight \"b" + size + "\" : "
                    + type + "[" + s[1] + ", " + s[0] + "])");
        }
        return model(lines);
    }

    private static Map<String, Tensor> inputs(Model model, int rows) {
        Map<String, Tensor> inputs = new HashMap<>();
        model.inputs()
                .forEach(i -> inputs.put(
                        i.name(),
                        noise(i.type().dtype(), SEED + rows, 1, i.type().shape().evaluate(Map.of("M", (long) rows)))));
        return inputs;
    }

    @Execution(CONCURRENT)
    @ParameterizedTest
    @ValueSource(strings = {"f16", "bf16"})
    void productsHaveTheBitsOfWideWeights(String type) {
        Model model = products(type, new int[][] {{1, 1}, {1, 65}, {1021, 63}, {96, 64}, {1021, 65}, {64, 1}, {7, 20}});
        Map<String, Tensor> weights = weights(model, 0.1);
        Plan packed = plan(model, SchedulePolicy.PROCESSOR);
        Plan wide = plan(model, WIDE);
        for (int lanes : new int[] {4, 8, 16}) {
            JvmProgram expected = load(wide, weights, lanes, 2);
            for (int threads : lanes == 16 ? new int[] {1, 2, 3, 7} : new int[] {2}) {
                JvmProgram program = load(packed, weights, lanes, threads);
                for (int rows : ROWS) {
                    Map<String, Tensor> inputs = inputs(model, rows);
                    Map<String, Tensor> ours = program.run(inputs);
                    expected.run(inputs)
                            .forEach((name, t) -> assertArrayEquals(
                                    bits(t), bits(ours.get(name)), context(type, lanes, threads, rows, name)));
                }
            }
        }
    }

    private static String context(String type, int lanes, int threads, int rows, String name) {
        return type + ", seed " + SEED + ", lanes " + lanes + ", threads " + threads + ", rows " + rows + ", " + name;
    }

    @Execution(CONCURRENT)
    @ParameterizedTest
    @ValueSource(strings = {"f16", "bf16"})
    void productsAreThoseOfTheReference(String type) {
        Model model = products(type, new int[][] {{1, 64}, {1021, 65}, {33, 63}});
        Map<String, Tensor> weights = weights(model, 0.1);
        JvmProgram program = load(plan(model, SchedulePolicy.PROCESSOR), weights, 16, 2);
        for (int rows : ROWS) {
            Map<String, Tensor> inputs = inputs(model, rows);
            Map<String, NdArray> expected = new Interpreter(
                            TensorArrays.of(inputs), TensorArrays.of(weights), Map.of("M", (long) rows))
                    .run(model.graph());
            program.run(inputs).forEach((name, t) -> {
                Tolerance tolerance = Tolerance.of(t.dtype());
                Comparison c = Comparison.of(t, expected.get(name), tolerance);
                assertTrue(c.within(), context(type, 16, 2, rows, name) + ": " + c);
            });
        }
    }

    /** Each of the 65,536 patterns of bits, times one: subnormals, infinities and NaN are what they are as floats. */
    @Execution(CONCURRENT)
    @ParameterizedTest
    @ValueSource(strings = {"f16", "bf16"})
    void everyPatternOfBits(String type) {
        Model model = model(List.of(
                "dim M",
                "input x: f32[M, 1]",
                "output y = x @ cast(weight \"w\" : " + type + "[1, 65536], f32)",
                "output z = cast((weight \"w\" : " + type + "[1, 65536])[0, :] + 0, f32)"));
        float[] all = new float[1 << 16];
        for (int i = 0; i < all.length; i++) {
            all[i] = type.equals("f16") ? Float.float16ToFloat((short) i) : Float.intBitsToFloat(i << 16);
        }
        DType dtype = DType.named(type).orElseThrow();
        Map<String, Tensor> weights = Map.of("w", Tensor.wrap(dtype, new long[] {1, all.length}, all));
        for (int lanes : new int[] {4, 8, 16}) {
            JvmProgram program = load(plan(model, SchedulePolicy.PROCESSOR), weights, lanes, 2);
            for (int rows : new int[] {1, 16}) {
                float[] ones = new float[rows];
                Arrays.fill(ones, 1);
                Map<String, Tensor> outputs = program.run(Map.of("x", Tensor.of(ones, rows, 1)));
                for (int i = 0; i < rows * all.length; i++) {
                    float expected = all[i % all.length] + 0f;
                    assertEquals(expected, outputs.get("y").floats()[i], type + " of bits " + i % all.length);
                }
                for (int i = 0; i < all.length; i++) {
                    assertEquals(all[i] + 0f, outputs.get("z").floats()[i], type + " of bits " + i);
                }
            }
        }
    }

    /** Rows that are looked up, keys, values, views, sums, the left side of a product, results. */
    @Execution(CONCURRENT)
    @ParameterizedTest
    @ValueSource(strings = {"f16", "bf16"})
    void otherReadsHaveTheBitsOfWideWeights(String type) {
        String table = "(weight \"table\" : " + type + "[37, 70])";
        Model model = model(List.of(
                "dim M",
                "input ids: i64[M]",
                "input x: f32[M, 70]",
                "let wide = cast(" + table + ", f32)",
                "let p = softmax(x @ transpose(wide), axis = -1)",
                "output rows = embed(ids, " + table + ")",
                "output normal = layer_norm(embed(ids, wide), weight \"scale\" : f32[70])",
                "output attention = p @ wide",
                "output masked = softmax(where(iota(37)[new, :] <= iota(M)[:, new], x @ transpose(wide), -inf), axis = -1) @ wide",
                "output left = " + table + " @ transpose(cast(x, " + type + "))",
                "output sums = sum(wide, axis = -1)",
                "output columns = sum(wide, axis = 0)",
                "output view = transpose(" + table + ")",
                "output padded = concat([" + table + ", " + table + "], axis = 1)",
                "output itself = " + table,
                "output shifted = x + wide[3, :] * 2",
                "output biased = x + cast(weight \"bias\" : " + type + "[70], f32)"));
        Map<String, Tensor> weights = weights(model, 1);
        Plan packed = plan(model, SchedulePolicy.PROCESSOR);
        assertEquals(
                Stored.packed(DType.named(type).orElseThrow()),
                packed.weights().get("table").stored());
        assertEquals(Stored.F32, packed.weights().get("bias").stored(), "vectors are widened");
        for (int lanes : new int[] {4, 8, 16}) {
            JvmProgram ours = load(packed, weights, lanes, 3);
            JvmProgram theirs = load(plan(model, WIDE), weights, lanes, 1);
            for (int rows : ROWS) {
                Map<String, Tensor> inputs = inputs(model, rows);
                inputs.put("ids", Tensor.of(new Random(SEED).longs(rows, 0, 37).toArray(), rows));
                Map<String, Tensor> results = ours.run(inputs);
                theirs.run(inputs)
                        .forEach((name, t) -> assertArrayEquals(
                                bits(t), bits(results.get(name)), context(type, lanes, 3, rows, name)));
            }
        }
    }

    /** Panels take two bytes an element, and the weights that they were packed from are let go. */
    @Execution(CONCURRENT)
    @ParameterizedTest
    @ValueSource(strings = {"f16", "bf16"})
    void panelsAreAllThatStays(String type) {
        Model model = products(type, new int[][] {{1024, 128}});
        assertEquals(2 * 2 * 1024 * 128, JvmProgram.weightBytes(plan(model, SchedulePolicy.PROCESSOR)));
        assertEquals(2 * 4 * 1024 * 128, JvmProgram.weightBytes(plan(model, WIDE)));
    }
}
