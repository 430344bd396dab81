package heddle.compiler;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.NdArray;
import heddle.compiler.op.Input;
import heddle.compiler.op.Interpreter;
import heddle.compiler.op.Weight;
import heddle.compiler.scalar.Rounding;
import heddle.compiler.schedule.Schedule;
import heddle.compiler.schedule.ScheduleInterpreter;
import heddle.compiler.tile.BlockChoice;
import heddle.compiler.type.DType;
import heddle.compiler.type.TensorType;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.SequencedMap;

/** Arrays for the inputs and weights of a graph, drawn from a seed, and what comes of running on them. */
public record RandomRun(
        long seed, Map<String, Long> lengths, Map<String, NdArray> inputs, Map<String, NdArray> weights) {
    /** Floats are normally distributed, integers 0 to 3, bools mostly true. */
    public static RandomRun of(Graph graph, long seed, Map<String, Long> lengths) {
        RandomRun run = new RandomRun(seed, lengths, new HashMap<>(), new HashMap<>());
        graph.nodes().forEach(n -> {
            switch (n.op()) {
                case Input i -> run.inputs.put(i.key(), run.array(i.key(), i.type()));
                case Weight w -> run.weights.put(w.key(), run.array(w.key(), w.type()));
                default -> {}
            }
        });
        return run;
    }

    private NdArray array(String key, TensorType type) {
        Random random = new Random(seed ^ key.hashCode());
        NdArray a = NdArray.zeros(type.dtype(), type.shape().evaluate(lengths));
        Arrays.setAll(
                a.data(),
                i -> type.dtype() == DType.BOOL
                        ? (random.nextInt(4) > 0 ? 1 : 0)
                        : type.dtype().isFloat() ? type.dtype().nearest(random.nextGaussian()) : random.nextInt(4));
        return a;
    }

    /** What the graph means. */
    public SequencedMap<String, NdArray> run(Graph graph) {
        return new Interpreter(inputs, weights, lengths).run(graph);
    }

    /** What the kernels compute, at drawn block sizes. */
    public SequencedMap<String, NdArray> run(Schedule schedule) {
        return new ScheduleInterpreter(inputs, weights, lengths, Rounding.REAL, BlockChoice.drawn(new Random(seed)))
                .run(schedule);
    }

    /** Fails, saying what {@code place} does, at the first element that differs by more than {@code tolerance}. */
    public static void assertClose(
            Map<String, NdArray> expected, Map<String, NdArray> actual, double tolerance, String place) {
        assertEquals(expected.keySet(), actual.keySet(), place);
        expected.forEach((name, array) -> {
            double[] e = array.data();
            double[] a = actual.get(name).data();
            assertArrayEquals(array.shape(), actual.get(name).shape(), place + ", output " + name);
            for (int i = 0; i < e.length; i++) {
                boolean close = Double.compare(e[i], a[i]) == 0
                        || Math.abs(e[i] - a[i]) <= tolerance * Math.max(1, Math.abs(e[i]));
                if (!close) {
                    throw new AssertionError(e[i] + " expected, " + a[i] + " at " + i + " of " + name + ": " + place);
                }
            }
        });
    }
}
