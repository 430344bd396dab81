package heddle.compiler.op;

import static heddle.compiler.op.Ops.f32;
import static heddle.compiler.op.Ops.floats;
import static heddle.compiler.op.Ops.shape;
import static org.junit.jupiter.api.Assertions.assertEquals;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.NdArray;
import heddle.compiler.ir.Origin;
import heddle.compiler.op.MonteCarloArithmetic.Precision;
import heddle.compiler.type.Dim;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class MonteCarloArithmeticTest {
    /** The probabilities of one element in many runs. */
    private static Set<Double> probabilities(int element, double... scores) {
        Graph.Builder out = new Graph.Builder("g");
        var x = out.value(new Input("x", f32(Dim.of(scores.length))), Origin.NONE);
        out.output("p", out.value(new Softmax(0), Origin.NONE, x));
        Graph graph = out.build();
        Map<String, NdArray> inputs = Map.of("x", floats(shape(scores.length), scores));
        return LongStream.range(0, 32)
                .mapToObj(seed -> new MonteCarloArithmetic(Precision.DOUBLE, seed))
                .map(arithmetic -> new Interpreter(inputs, Map.of(), Map.of(), arithmetic).run(graph))
                .map(outputs -> outputs.get("p").data()[element])
                .collect(Collectors.toSet());
    }

    @Test
    void whatStepsOfTheMaximumHoldMayBeMoreThanZero() {
        assertEquals(Set.of(0.0, Double.MIN_VALUE), probabilities(2, 400, 800, 0), "two steps of 400");
    }

    @Test
    void whatNoStepsHoldIsZero() {
        assertEquals(Set.of(0.0), probabilities(2, 400, 800, -1e9), "a filled score");
        assertEquals(Set.of(0.0), probabilities(2, 400, 800, Double.NEGATIVE_INFINITY), "a masked score");
    }
}
