package heddle.tests.gradient;

import heddle.compiler.ir.NdArray;
import heddle.compiler.scalar.Rounding;
import heddle.compiler.schedule.Lower;
import heddle.compiler.schedule.Schedule;
import heddle.compiler.schedule.ScheduleInterpreter;
import heddle.compiler.schedule.SchedulePolicy;
import heddle.compiler.tile.BlockChoice;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The kernels of the backward pass at drawn block sizes, against what the operations mean. */
class GradientKernelsTest {
    private static final List<Map<String, Long>> SHAPES = Stream.of(
                    new long[] {1, 1, 1}, new long[] {2, 5, 3}, new long[] {1, 33, 17}, new long[] {1, 45, 50})
            .map(n -> Map.of("B", n[0], "N", n[1], "M", n[2]))
            .toList();

    static List<String> models() {
        return AttentionModels.names();
    }

    @ParameterizedTest
    @MethodSource("models")
    void tilesMeanTheSame(String name) {
        BackwardGraph backward = BackwardGraph.of(AttentionModels.of(name).withLogSumExp());
        Schedule schedule = Lower.fused(backward.graph(), SchedulePolicy.PROCESSOR);
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
        }
    }
}
