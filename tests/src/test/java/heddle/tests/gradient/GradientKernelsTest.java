package heddle.tests.gradient;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import heddle.compiler.backend.tornado.DevicePolicy;
import heddle.compiler.backend.tornado.TornadoTarget;
import heddle.compiler.ir.NdArray;
import heddle.compiler.scalar.Rounding;
import heddle.compiler.schedule.Lower;
import heddle.compiler.schedule.MemoryPlan;
import heddle.compiler.schedule.Plan;
import heddle.compiler.schedule.Schedule;
import heddle.compiler.schedule.ScheduleInterpreter;
import heddle.compiler.schedule.SchedulePolicy;
import heddle.compiler.tile.BlockChoice;
import heddle.compiler.tile.ProgramListing;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.jvm.JvmOptions;
import heddle.runtime.jvm.JvmPlatform;
import heddle.runtime.jvm.JvmProgram;
import heddle.runtime.tensor.Tensor;
import heddle.runtime.verify.Tolerance;
import heddle.tests.TensorArrays;
import heddle.tests.fusion.ScheduledRun;
import heddle.tests.tornado.Conformance;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The kernels of the backward pass at drawn block sizes, against what the operations mean. */
class GradientKernelsTest {
    private static final List<Map<String, Long>> SHAPES = Stream.of(
                    new long[] {1, 1, 1}, new long[] {2, 5, 3}, new long[] {1, 33, 17})
            .map(n -> Map.of("B", n[0], "N", n[1], "M", n[2]))
            .toList();

    private static final List<Map<String, Long>> LONGER = Stream.of(new long[] {1, 65, 64}, new long[] {2, 70, 131})
            .map(n -> Map.of("B", n[0], "N", n[1], "M", n[2]))
            .toList();

    /** Those that read floats at computed indexes. */
    private static final Set<String> TABLES = Set.of("table", "weight-table");

    @TempDir
    static Path classes;

    static List<String> models() {
        return AttentionModels.names();
    }

    @Execution(CONCURRENT)
    @ParameterizedTest
    @MethodSource("models")
    void tilesMeanTheSame(String name) {
        BackwardGraph backward = BackwardGraph.of(AttentionModels.of(name).withLogSumExp());
        Schedule schedule = Lower.fused(backward.graph(), SchedulePolicy.PROCESSOR);
        Plan plan = schedule.plan();
        for (Map<String, Long> lengths : SHAPES) {
            long seed = name.hashCode() + lengths.hashCode();
            Map<String, NdArray> inputs = backward.draw(lengths, 1, seed);
            Map<String, NdArray> expected = backward.run(inputs, lengths);
            for (Rounding rounding : Rounding.values()) {
                String place = name + ", " + rounding + ", lengths " + lengths + ", seed " + seed;
                Map<String, NdArray> computed = new ScheduleInterpreter(
                                inputs, Map.of(), lengths, rounding, BlockChoice.drawn(new Random(seed)))
                        .run(schedule);
                Closeness.check(expected, computed, rounding == Rounding.REAL ? 1e-11 : 1e-4, place);
            }
            Map<String, NdArray> scheduled = ScheduledRun.onProcessor(16).run(plan, inputs, Map.of(), lengths);
            Closeness.check(
                    expected, scheduled, 1e-11, "scheduled: " + name + ", lengths " + lengths + ", seed " + seed);
        }
    }

    /** But for gradients of tensors that are quadratic themselves. */
    @Execution(CONCURRENT)
    @ParameterizedTest
    @MethodSource("models")
    void memoryGrowsLinearly(String name) {
        Plan plan = Lower.fused(
                        BackwardGraph.of(AttentionModels.of(name)).folded().graph(), SchedulePolicy.PROCESSOR)
                .plan();
        boolean isQuadratic = name.contains("dense") || name.equals("one-bias");
        long once = bytes(plan, 1024);
        long twice = bytes(plan, 2048);
        assertTrue(twice > once && (isQuadratic || twice <= 2 * once), name + ": " + once + ", then " + twice);
    }

    /** A function whose derivative is made of its value is computed once in a kernel. */
    @Execution(CONCURRENT)
    @ParameterizedTest
    @ValueSource(strings = {"capped", "query-bias"})
    void tangentsAreComputedOnce(String name) {
        BackwardGraph backward = BackwardGraph.of(AttentionModels.of(name)).folded();
        List<String> programs = Lower.fused(backward.graph(), SchedulePolicy.PROCESSOR).plan().launches().stream()
                .map(kernel -> ProgramListing.of(kernel.program()).replaceAll("(?m)^#.*", ""))
                .filter(program -> program.contains("tanh("))
                .toList();
        assertEquals(3, programs.size(), name);
        programs.forEach(program -> assertEquals(1, program.split("tanh\\(").length - 1, program));
    }

    /** Of intermediate results and outputs. */
    private static long bytes(Plan plan, long n) {
        Map<String, Long> lengths = Map.of("B", 1L, "N", n, "M", n);
        long outputs = plan.outputs().values().stream()
                .mapToLong(b -> b.stored().bytes(b.type().shape().size()).evaluate(lengths))
                .sum();
        return outputs + MemoryPlan.of(plan, lengths).peakBytes();
    }

    /** The threads of a group, one after another between barriers, and the generated kernels on a device or its double. */
    @Execution(CONCURRENT)
    @ParameterizedTest
    @MethodSource("models")
    void devicesMeanTheSame(String name) {
        BackwardGraph backward =
                BackwardGraph.of(AttentionModels.of(name).withLogSumExp()).folded();
        TornadoTarget target = name.hashCode() % 2 == 0 ? TornadoTarget.GPU : TornadoTarget.CPU;
        if (TABLES.contains(name)) {
            DiagnosticException e = assertThrows(
                    DiagnosticException.class,
                    () -> Lower.fused(backward.graph(), new DevicePolicy(target))
                            .plan());
            assertTrue(e.getMessage().contains("H1114"), e.getMessage());
            return;
        }
        Plan plan = Lower.fused(backward.graph(), new DevicePolicy(target)).plan();
        boolean isSampled = Conformance.takesAll() || name.equals("causal") || name.equals("grouped");
        Map<String, Long> lengths = SHAPES.getLast();
        long seed = name.hashCode() + lengths.hashCode();
        Map<String, NdArray> inputs = backward.draw(lengths, 1, seed);
        Map<String, NdArray> expected = backward.run(inputs, lengths);
        String place = name + ", lengths " + lengths + ", seed " + seed;
        Map<String, NdArray> scheduled = ScheduledRun.onDevice().run(plan, inputs, Map.of(), lengths);
        Closeness.check(expected, scheduled, 1e-11, "threads: " + place);
        if (isSampled) {
            Conformance.ofFused(backward.graph(), target, Map.of())
                    .compare(
                            expected,
                            Closeness.tensors(inputs),
                            lengths,
                            place,
                            (output, type) -> new Tolerance(1e-5, 1e-4, 0));
        }
    }

    @Execution(CONCURRENT)
    @ParameterizedTest
    @MethodSource("models")
    void jvmMeansTheSame(String name) {
        BackwardGraph backward =
                BackwardGraph.of(AttentionModels.of(name).withLogSumExp()).folded();
        Plan plan = Lower.fused(backward.graph(), SchedulePolicy.PROCESSOR).plan();
        List<JvmProgram> programs = Stream.of(1, 2, 64)
                .map(threads -> JvmProgram.load(
                        plan, Map.of(), new JvmOptions(JvmPlatform.target(threads), classes, "test", warning -> {})))
                .toList();
        for (Map<String, Long> lengths :
                Stream.concat(SHAPES.stream(), LONGER.stream()).toList()) {
            // At 20, scores are in the thousands, where single precision has steps of 2.4e-4.
            for (double size : new double[] {1, 20}) {
                long seed = name.hashCode() + lengths.hashCode();
                Map<String, NdArray> inputs = backward.draw(lengths, size, seed);
                Map<String, NdArray> expected = backward.run(inputs, lengths);
                String place = name + ", lengths " + lengths + ", size " + size + ", seed " + seed;
                Map<String, Tensor> tensors = Closeness.tensors(inputs);
                Map<String, NdArray> first = TensorArrays.of(programs.getFirst().run(tensors));
                Closeness.check(expected, first, size == 1 ? 1e-5 : 3e-3, "jvm: " + place);
                for (JvmProgram other : programs) {
                    Map<String, NdArray> again = TensorArrays.of(other.run(tensors));
                    first.forEach((output, array) ->
                            assertArrayEquals(array.data(), again.get(output).data(), output + ": " + place));
                }
            }
        }
    }
}
