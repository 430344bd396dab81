package heddle.compiler.schedule;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.NdArray;
import heddle.compiler.ir.text.GraphReader;
import heddle.compiler.ir.text.GraphText;
import heddle.compiler.op.GraphCatalogue;
import heddle.compiler.op.RandomGraph;
import heddle.compiler.pass.BindLengths;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.dsl.source.SourceFile;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LowerTest {
    static LongStream seeds() {
        return LongStream.range(0, 150);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void kernelsOfSingleNodesMeanWhatTheGraphMeans(long seed) {
        check(seed, graph -> Lower.unfused(graph, SchedulePolicy.PROCESSOR));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void fusedKernelsMeanWhatTheGraphMeans(long seed) {
        check(seed, graph -> Lower.fused(graph, SchedulePolicy.PROCESSOR));
    }

    /** A length of zero that is known leaves strides of zero, by which nothing may be divided. */
    @Test
    void knownLengthsOfZeroAreLowered() {
        Graph graph = GraphReader.read(new SourceFile("test.graph", """
                graph nothing {
                  %0 = input {name = "q"} : f32[N, 4]
                  %1 = contract(%0, %0) {equation = "id,jd->ij"} : f32[N, N]
                  %2 = softmax(%1) {axis = 1} : f32[N, N]
                  %3 = contract(%2, %0) {equation = "ij,jd->id"} : f32[N, 4]
                  %4 = reshape(%3) : f32[4, N]
                  %5 = reduce_sum(%4) {axes = [1], keep_dims = false} : f32[4]
                  %6 = softmax(%4) {axis = 1} : f32[4, N]
                  output sum = %5
                  output rows = %6
                  output attention = %3
                }
                """), GraphCatalogue.PRIMITIVES);
        Graph bound = new BindLengths(Map.of("N", Dim.ZERO)).run(graph);
        Map<String, NdArray> inputs = Map.of("q", new NdArray(DType.F32, new long[] {0, 4}, new double[0]));
        for (Schedule schedule :
                List.of(Lower.fused(bound, SchedulePolicy.PROCESSOR), Lower.unfused(bound, SchedulePolicy.PROCESSOR))) {
            Map<String, NdArray> outputs = new ScheduleInterpreter(inputs, Map.of(), Map.of()).run(schedule);
            assertArrayEquals(new double[4], outputs.get("sum").data());
            assertArrayEquals(new long[] {4, 0}, outputs.get("rows").shape());
            assertArrayEquals(new long[] {0, 4}, outputs.get("attention").shape());
        }
    }

    @Test
    void productsOfThirtyTwoBitsWrapAround() {
        Graph graph = GraphReader.read(new SourceFile("test.graph", """
                graph products {
                  %0 = input {name = "x"} : i32[2]
                  %1 = contract(%0, %0) {equation = "i,i->"} : i32[]
                  output o = %1
                }
                """), GraphCatalogue.PRIMITIVES);
        Map<String, NdArray> inputs = Map.of("x", new NdArray(DType.I32, new long[] {2}, new double[] {60000, 1}));
        for (Schedule schedule :
                List.of(Lower.fused(graph, SchedulePolicy.PROCESSOR), Lower.unfused(graph, SchedulePolicy.PROCESSOR))) {
            Map<String, NdArray> outputs = new ScheduleInterpreter(inputs, Map.of(), Map.of()).run(schedule);
            assertArrayEquals(
                    new double[] {(int) (60_000L * 60_000 + 1)},
                    outputs.get("o").data());
        }
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
