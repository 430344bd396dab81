package heddle.tests.numerics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import heddle.compiler.Compiler.Fusion;
import heddle.compiler.backend.jvm.JvmWriter;
import heddle.compiler.schedule.Plan;
import heddle.compiler.schedule.machine.Processor;
import heddle.runtime.Heddle;
import heddle.runtime.HeddleModel;
import heddle.runtime.ModelSource;
import heddle.runtime.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;

/** Positions cast to floats are rounded as Java rounds them, each by itself, also where vectors compute them. */
class PositionsTest {
    private static final long N = 103;

    /** Integers of the position {@code i}: near 2^24 and 2^53, from where floats of 32 and 64 bits have not all integers, and beyond. */
    private static final Map<String, LongUnaryOperator> POSITIONS = new LinkedHashMap<>();

    static {
        POSITIONS.put("i", i -> i);
        POSITIONS.put("3 - i", i -> 3 - i);
        POSITIONS.put("i * 7 - 350", i -> i * 7 - 350);
        POSITIONS.put("i + 16777170", i -> i + 16777170);
        POSITIONS.put("-16777170 - i * 3", i -> -16777170 - i * 3);
        POSITIONS.put("i + 2147483600", i -> i + 2147483600L);
        POSITIONS.put("i * 65537 + 5", i -> i * 65537 + 5);
        POSITIONS.put("i * 10000000019", i -> i * 10000000019L);
        POSITIONS.put("i + 9007199254740900", i -> i + 9007199254740900L);
        POSITIONS.put("abs(i - 40)", i -> Math.abs(i - 40));
        POSITIONS.put("abs(16777200 - i * 2)", i -> Math.abs(16777200 - i * 2));
        POSITIONS.put("min(max(i - 50, -16), 16)", i -> Math.clamp(i - 50, -16, 16));
        POSITIONS.put("where(i > 30, i - 30, 2 * i)", i -> i > 30 ? i - 30 : 2 * i);
        POSITIONS.put("i div 4", i -> i / 4);
    }

    /** Quotients, and steps that leave few integers to floats. Comparisons of positions are vectors of f32 alone. */
    private static final Set<String> LANE_BY_LANE = Set.of("i div 4", "i * 65537 + 5", "i * 10000000019");

    private static HeddleModel model(String position, String type) {
        String text = """
                dim N
                let i = iota(N)
                output y = cast(%s, %s)
                output largest = max(cast(%s, %s))
                """.formatted(position, type, position, type);
        return Heddle.model(ModelSource.text("positions", text), Map.of("N", N));
    }

    @Test
    void roundingIsExact() {
        POSITIONS.forEach((position, of) -> {
            double largest = Double.NEGATIVE_INFINITY;
            Map<String, Tensor> single = model(position, "f32").compile().run(Map.of());
            Map<String, Tensor> twice = model(position, "f64").compile().run(Map.of());
            float[] floats = single.get("y").floats();
            double[] doubles = twice.get("y").doubles();
            for (int i = 0; i < N; i++) {
                long integer = of.applyAsLong(i);
                largest = Math.max(largest, integer);
                String place = position + " at " + i;
                assertEquals(Float.floatToRawIntBits(integer), Float.floatToRawIntBits(floats[i]), place);
                assertEquals(Double.doubleToRawLongBits(integer), Double.doubleToRawLongBits(doubles[i]), place);
            }
            assertEquals((float) largest, single.get("largest").floats()[0], position);
            assertEquals(largest, twice.get("largest").doubles()[0], position);
        });
    }

    @Test
    void vectorsHoldThem() {
        for (String position : POSITIONS.keySet()) {
            for (String type : List.of("f32", "f64")) {
                Plan plan = model(position, type).compilation(Fusion.FUSED).plan();
                String text = new JvmWriter(Processor.of(16, 2)).write(plan).text();
                boolean isEven =
                        !LANE_BY_LANE.contains(position) && !(position.startsWith("where") && type.equals("f64"));
                assertEquals(!isEven, text.contains("int lane = 0"), position + " as " + type + "\n" + text);
            }
        }
    }
}
