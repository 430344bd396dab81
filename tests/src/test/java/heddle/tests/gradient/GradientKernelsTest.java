package heddle.tests.gradient;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import heddle.compiler.ir.NdArray;
import heddle.compiler.scalar.Rounding;
import heddle.compiler.schedule.Lower;
import heddle.compiler.schedule.Plan;
import heddle.compiler.schedule.Schedule;
import heddle.compiler.schedule.ScheduleInterpreter;
import heddle.compiler.schedule.SchedulePolicy;
import heddle.compiler.tile.BlockChoice;
import heddle.runtime.jvm.JvmOptions;
import heddle.runtime.jvm.JvmPlatform;
import heddle.runtime.jvm.JvmProgram;
import heddle.runtime.tensor.Tensor;
import heddle.tests.fusion.ScheduledRun;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The kernels of the backward pass at drawn block sizes, against what the operations mean. */
class GradientKernelsTest {
    private static final List<Map<String, Long>> SHAPES = Stream.of(
                    new long[] {1, 1, 1}, new long[] {2, 5, 3}, new long[] {1, 33, 17}, new long[] {1, 45, 50})
            .map(n -> Map.of("B", n[0], "N", n[1], "M", n[2]))
            .toList();

    private static final List<Map<String, Long>> LONGER = Stream.of(new long[] {1, 65, 64}, new long[] {2, 70, 131})
            .map(n -> Map.of("B", n[0], "N", n[1], "M", n[2]))
            .toList();

    @TempDir
    static Path classes;

    static List<String> models() {
        return AttentionModels.names();
    }

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
                Map<String, NdArray> first =
                        Closeness.arrays(programs.getFirst().run(tensors));
                Closeness.check(expected, first, size == 1 ? 1e-5 : 3e-3, "jvm: " + place);
                for (JvmProgram other : programs) {
                    Map<String, NdArray> again = Closeness.arrays(other.run(tensors));
                    first.forEach((output, array) ->
                            assertArrayEquals(array.data(), again.get(output).data(), output + ": " + place));
                }
            }
        }
    }
}
