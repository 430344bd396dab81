package heddle.compiler.schedule;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.GraphText;
import heddle.compiler.ir.NdArray;
import heddle.compiler.op.RandomGraph;
import heddle.compiler.type.DType;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LowerTest {
    static LongStream seeds() {
        return LongStream.range(0, 150);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void kernelsOfSingleNodesMeanWhatTheGraphMeans(long seed) {
        check(seed, Lower::unfused);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void fusedKernelsMeanWhatTheGraphMeans(long seed) {
        check(seed, Lower::fused);
    }

    private static void check(long seed, Function<Graph, Schedule> lower) {
        Graph graph = RandomGraph.of(seed, 30);
        Map<String, NdArray> expected = RandomGraph.run(graph, seed);
        ScheduleInterpreter interpreter = new ScheduleInterpreter(
                RandomGraph.inputs(graph, seed), RandomGraph.weights(graph, seed), RandomGraph.lengths());
        Map<String, NdArray> actual;
        try {
            actual = interpreter.run(lower.apply(graph));
        } catch (RuntimeException e) {
            throw new AssertionError("seed " + seed + "\n" + GraphText.print(graph), e);
        }
        assertEquals(expected.keySet(), new TreeSet<>(actual.keySet()));
        expected.forEach((name, array) -> {
            String place = "seed " + seed + ", output " + name + "\n" + GraphText.print(graph);
            assertArrayEquals(array.shape(), actual.get(name).shape(), place);
            assertClose(array.data(), actual.get(name).data(), tolerance(graph), place);
        });
    }

    /** Sixteen-bit sums are rounded once by kernels and not at all by the interpreter. */
    private static double tolerance(Graph graph) {
        boolean coarse = graph.nodes().stream()
                .flatMap(n -> n.results().stream())
                .anyMatch(t -> t.dtype() == DType.F16 || t.dtype() == DType.BF16);
        return coarse ? 2e-2 : 1e-6;
    }

    private static void assertClose(double[] expected, double[] actual, double tolerance, String place) {
        assertEquals(expected.length, actual.length, place);
        for (int i = 0; i < expected.length; i++) {
            boolean close = Double.compare(expected[i], actual[i]) == 0
                    || Math.abs(expected[i] - actual[i]) <= tolerance * Math.max(1, Math.abs(expected[i]));
            int at = i;
            assertTrue(close, () -> expected[at] + " expected, " + actual[at] + " at " + at + ", " + place);
        }
    }
}
