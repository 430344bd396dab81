package heddle.tests.gradient;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import heddle.compiler.backend.tornado.DevicePolicy;
import heddle.compiler.backend.tornado.TornadoTarget;
import heddle.compiler.ir.NdArray;
import heddle.compiler.op.attention.FusedAttention;
import heddle.compiler.scalar.Rounding;
import heddle.compiler.schedule.Lower;
import heddle.compiler.schedule.Plan;
import heddle.compiler.schedule.Schedule;
import heddle.compiler.schedule.ScheduleInterpreter;
import heddle.compiler.schedule.SchedulePolicy;
import heddle.compiler.tile.BlockChoice;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.TileStmt;
import heddle.runtime.jvm.JvmOptions;
import heddle.runtime.jvm.JvmPlatform;
import heddle.runtime.jvm.JvmProgram;
import heddle.runtime.tensor.Tensor;
import heddle.tests.TensorArrays;
import heddle.tests.fusion.ScheduledRun;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The backward pass in one pass, for every attention that has it, against what the operations mean. */
class OnePassTest {
    private static final List<Map<String, Long>> SHAPES = Stream.of(
                    new long[] {1, 1, 1}, new long[] {2, 5, 3}, new long[] {1, 33, 17}, new long[] {1, 17, 33})
            .map(OnePassTest::lengths)
            .toList();

    /** Lengths of whole blocks of 32 keys and 64 queries, and of one more and one less. */
    private static final List<Map<String, Long>> LONGER = Stream.of(
                    new long[] {1, 64, 32}, new long[] {1, 63, 31}, new long[] {2, 65, 33}, new long[] {1, 70, 131})
            .map(OnePassTest::lengths)
            .toList();

    /**
     * Those with gradients beside those by queries that are summed along keys, and one whose keys and values are shared by other heads,
     * so that no loops sum both.
     */
    private static final Set<String> TWO_KERNELS = Set.of(
            "slope", "temperature", "dense-bias", "dense-bias-masked", "one-bias", "query-bias", "grouped-apart");

    private static final SchedulePolicy ONE_PASS = new AlwaysOnePass(SchedulePolicy.PROCESSOR);

    @TempDir
    static Path classes;

    private static Map<String, Long> lengths(long[] n) {
        return Map.of("B", n[0], "N", n[1], "M", n[2]);
    }

    static List<String> models() {
        return AttentionModels.names().stream()
                .filter(name -> !TWO_KERNELS.contains(name))
                .toList();
    }

    private static long passes(Plan plan) {
        return plan.launches().stream().filter(OnePassTest::isOnePass).count();
    }

    /** Whether a kernel holds keys in rows beside those in lanes, as only one pass does. */
    private static boolean isOnePass(TileKernel kernel) {
        return kernel.program().definitions().stream()
                .map(TileStmt.Define::tile)
                .anyMatch(tile -> tile.name().equals("kRows"));
    }

    @Execution(CONCURRENT)
    @ParameterizedTest
    @MethodSource("models")
    void tilesMeanTheSame(String name) {
        BackwardGraph backward = BackwardGraph.of(AttentionModels.of(name).withLogSumExp());
        Schedule schedule = Lower.fused(backward.graph(), ONE_PASS);
        Plan plan = schedule.plan();
        assertEquals(1, passes(plan), name);
        for (Map<String, Long> lengths : SHAPES) {
            long seed = name.hashCode() + lengths.hashCode();
            Map<String, NdArray> inputs = backward.draw(lengths, 1, seed);
            Map<String, NdArray> expected = backward.run(inputs, lengths);
            String place = name + ", lengths " + lengths + ", seed " + seed;
            for (Rounding rounding : Rounding.values()) {
                Map<String, NdArray> computed = new ScheduleInterpreter(
                                inputs, Map.of(), lengths, rounding, BlockChoice.drawn(new Random(seed)))
                        .run(schedule);
                Closeness.check(expected, computed, rounding == Rounding.REAL ? 1e-11 : 1e-4, rounding + ": " + place);
            }
            for (int lanes : new int[] {4, 16}) {
                Map<String, NdArray> scheduled = ScheduledRun.onProcessor(lanes).run(plan, inputs, Map.of(), lengths);
                Closeness.check(expected, scheduled, 1e-11, lanes + " lanes: " + place);
            }
        }
    }

    @Execution(CONCURRENT)
    @ParameterizedTest
    @MethodSource("models")
    void jvmMeansTheSame(String name) {
        BackwardGraph backward =
                BackwardGraph.of(AttentionModels.of(name).withLogSumExp()).folded();
        Plan plan = Lower.fused(backward.graph(), ONE_PASS).plan();
        assertEquals(1, passes(plan), name);
        List<JvmProgram> programs = Stream.of(1, 2, 64)
                .map(threads -> JvmProgram.load(
                        plan, Map.of(), new JvmOptions(JvmPlatform.target(threads), classes, "test", warning -> {})))
                .toList();
        for (Map<String, Long> lengths :
                Stream.concat(SHAPES.stream(), LONGER.stream()).toList()) {
            long seed = name.hashCode() + lengths.hashCode();
            Map<String, NdArray> inputs = backward.draw(lengths, 1, seed);
            String place = name + ", lengths " + lengths + ", seed " + seed;
            Map<String, Tensor> tensors = Closeness.tensors(inputs);
            Map<String, NdArray> first = TensorArrays.of(programs.getFirst().run(tensors));
            Closeness.check(backward.run(inputs, lengths), first, 1e-5, "jvm: " + place);
            for (JvmProgram other : programs) {
                Map<String, NdArray> again = TensorArrays.of(other.run(tensors));
                first.forEach((output, array) ->
                        assertArrayEquals(array.data(), again.get(output).data(), output + ": " + place));
            }
        }
    }

    /** Rows that see no key have gradients of zero, not nearly so. */
    @Test
    void emptyRowsHaveNoGradient() {
        BackwardGraph backward = BackwardGraph.of(
                        AttentionModels.of("all-masked").withLogSumExp())
                .folded();
        Plan plan = Lower.fused(backward.graph(), ONE_PASS).plan();
        JvmProgram program =
                JvmProgram.load(plan, Map.of(), new JvmOptions(JvmPlatform.target(1), classes, "empty", warning -> {}));
        Map<String, NdArray> inputs = backward.draw(LONGER.getFirst(), 1, 1);
        Map<String, NdArray> computed = TensorArrays.of(program.run(Closeness.tensors(inputs)));
        int gradients = 0;
        for (Map.Entry<String, NdArray> e : computed.entrySet()) {
            if (e.getKey().startsWith("grad")) {
                gradients++;
                for (double x : e.getValue().data()) {
                    assertEquals(0, x, e.getKey());
                }
            }
        }
        assertEquals(3, gradients, computed.keySet().toString());
    }

    /** What a masked key holds adds nothing to the gradients by queries, which pass its block: only the last query sees the last key. */
    @Test
    void maskedKeysThatAreNotFiniteAddNothing() {
        BackwardGraph backward =
                BackwardGraph.of(AttentionModels.of("causal").withLogSumExp()).folded();
        Map<String, Long> lengths = Map.of("B", 1L, "N", 33L, "M", 33L);
        JvmProgram program = JvmProgram.load(
                Lower.fused(backward.graph(), ONE_PASS).plan(),
                Map.of(),
                new JvmOptions(JvmPlatform.target(1), classes, "infinite", warning -> {}));
        Map<String, NdArray> inputs = backward.draw(lengths, 1, 1);
        Arrays.fill(inputs.get("x1").data(), 32 * 16, 33 * 16, Double.POSITIVE_INFINITY);
        Arrays.fill(inputs.get("x2").data(), 32 * 24, 33 * 24, Double.NaN);
        Map<String, NdArray> computed = TensorArrays.of(program.run(Closeness.tensors(inputs)));
        Closeness.check(backward.run(inputs, lengths), computed, 1e-5, "causal, the last key is not finite");
        double[] dq = computed.get("grad0").data();
        for (int at = 0; at < 33 * 16; at++) {
            assertEquals(at >= 32 * 16, Double.isNaN(dq[at]), "at " + at);
        }
    }

    /** Where a length of one is known, addresses leave its index out. Queries that batches share are summed along these. */
    @Execution(CONCURRENT)
    @ParameterizedTest
    @CsvSource({
        "1, 1, 'b, h'",
        "1, 33, 'b, h'",
        "33, 1, 'b, h'",
        "64, 32, 'b, h'",
        "65, 31, 'b, h'",
        "33, 40, h",
    })
    void knownLengthsMeanTheSame(int n, int m, String queries) {
        String of = queries.equals("h") ? "8" : "B, 8";
        FusedAttention attention = AttentionModels.read(
                "batch = [\"b\", \"h\"], lengths = [B, 8, %d, %d, 16, 24], ".formatted(n, m)
                        + "q = \"x0[%s, i, d]\", k = \"x1[b, h, j, d]\", v = \"x2[b, h, j, e]\", ".formatted(queries)
                        + "score = \"score * 0.25\", mask = \"j <= i + 3\", o = [\"b\", \"h\", \"i\", \"e\"]",
                "f32[%s, %d, 16], f32[B, 8, %d, 16], f32[B, 8, %d, 24]".formatted(of, n, m, m),
                "f32[B, 8, %d, 24]".formatted(n));
        BackwardGraph backward = BackwardGraph.of(attention.withLogSumExp()).folded();
        Plan plan = Lower.fused(backward.graph(), SchedulePolicy.PROCESSOR).plan();
        assertEquals(1, passes(plan));
        Map<String, Long> lengths = Map.of("B", 2L);
        Map<String, NdArray> inputs = backward.draw(lengths, 1, n + m);
        Map<String, NdArray> expected = backward.run(inputs, lengths);
        Closeness.check(
                expected, ScheduledRun.onProcessor(16).run(plan, inputs, Map.of(), lengths), 1e-11, "scheduled");
        JvmProgram program =
                JvmProgram.load(plan, Map.of(), new JvmOptions(JvmPlatform.target(2), classes, "known", warning -> {}));
        Closeness.check(expected, TensorArrays.of(program.run(Closeness.tensors(inputs))), 1e-5, "jvm");
    }

    @Test
    void otherGradientsAlongKeysTakeTwoKernels() {
        for (String name : TWO_KERNELS) {
            BackwardGraph backward = BackwardGraph.of(AttentionModels.of(name)).folded();
            assertEquals(0, passes(Lower.fused(backward.graph(), ONE_PASS).plan()), name);
        }
    }

    /** Processors take one pass where eight heads are known and features are whole vectors; devices never do. */
    @Execution(CONCURRENT)
    @ParameterizedTest
    @CsvSource({"8, 64, true", "16, 16, true", "7, 64, false", "2, 64, false", "8, 40, false"})
    void lengthsDecide(int heads, int features, boolean one) {
        String types = "f32[B, %d, N, %d]".formatted(heads, features);
        String keys = "f32[B, %d, M, %d]".formatted(heads, features);
        FusedAttention attention = AttentionModels.read(
                "batch = [\"b\", \"h\"], lengths = [B, %d, N, M, %d, %d], ".formatted(heads, features, features)
                        + "q = \"x0[b, h, i, d]\", k = \"x1[b, h, j, d]\", v = \"x2[b, h, j, e]\", "
                        + "score = \"score * 0.25\", o = [\"b\", \"h\", \"i\", \"e\"]",
                types + ", " + keys + ", " + keys,
                types);
        BackwardGraph backward = BackwardGraph.of(attention).folded();
        assertEquals(
                one ? 1 : 0,
                passes(Lower.fused(backward.graph(), SchedulePolicy.PROCESSOR).plan()));
        assertEquals(
                0,
                passes(Lower.fused(backward.graph(), new DevicePolicy(TornadoTarget.GPU))
                        .plan()));
    }
}
