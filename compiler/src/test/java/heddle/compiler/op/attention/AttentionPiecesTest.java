package heddle.compiler.op.attention;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.RandomRun;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.InvalidGraph;
import heddle.compiler.ir.NdArray;
import heddle.compiler.ir.text.GraphReader;
import heddle.compiler.ir.text.GraphText;
import heddle.compiler.layout.FoldLayout;
import heddle.compiler.op.GraphCatalogue;
import heddle.compiler.scalar.ScalarEvaluator;
import heddle.compiler.scalar.ScalarEvaluator.Code;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.schedule.Lower;
import heddle.compiler.schedule.Schedule;
import heddle.compiler.schedule.SchedulePolicy;
import heddle.compiler.type.DType;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.source.SourceFile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Probabilities computed again from the maximum and sum of a row, or from its log-sum-exp, are those of the forward. */
class AttentionPiecesTest {
    /** Capped and masked scores with a weight and a sink. Row 0 sees no key. */
    private static final String TEXT = """
            graph pieces {
              %0 = input {name = "q"} : f32[N, 3]
              %1 = input {name = "k"} : f32[M, 3]
              %2 = input {name = "v"} : f32[M, 2]
              %3 = input {name = "w"} : f32[N, M]
              %4 = input {name = "sink"} : f32[N]
              %5 = attention(%0, %1, %2, %3, %4) {batch = [], lengths = [N, M, 3, 2], q = "x0[i, d]", k = "x1[j, d]", v = "x2[j, e]", score = "30 * tanh(score / 30)", mask = "j < i", weight = "x3[i, j]", sink = "x4[i]", o = ["i", "e"], row_max = ["i"], row_sum = ["i"], log_sum_exp = ["i"]} : f32[N, 2], f32[N], f32[N], f32[N]
              output o = %5
              output max = %5.1
              output sum = %5.2
              output lse = %5.3
            }
            """;

    private static Graph read(String text) {
        return GraphReader.read(new SourceFile("pieces.graph", text), GraphCatalogue.PRIMITIVES);
    }

    private static FusedAttention attention() {
        return read(TEXT).nodes().stream()
                .filter(n -> n.op() instanceof FusedAttention)
                .map(n -> (FusedAttention) n.op())
                .findFirst()
                .orElseThrow();
    }

    private static List<NdArray> operands(FusedAttention a, Map<String, Long> lengths, long seed, double size) {
        SplittableRandom random = new SplittableRandom(seed);
        List<NdArray> arrays = new ArrayList<>();
        a.operands().forEach(type -> {
            NdArray array = NdArray.zeros(type.dtype(), type.shape().evaluate(lengths));
            Arrays.setAll(array.data(), n -> size * (2 * random.nextDouble() - 1));
            arrays.add(array);
        });
        // Some rows have no sink.
        Arrays.setAll(arrays.get(4).data(), n -> n % 2 == 0 ? Double.NEGATIVE_INFINITY : random.nextDouble());
        return arrays;
    }

    @ParameterizedTest
    @ValueSource(doubles = {1, 30, 1e4})
    void probabilitiesAreThoseOfTheForward(double size) {
        FusedAttention a = attention();
        for (int n : new int[] {1, 2, 9}) {
            Map<String, Long> lengths = Map.of("N", (long) n, "M", 7L);
            List<NdArray> operands = operands(a, lengths, n, size);
            List<NdArray> results = a.evaluate(operands, lengths);
            for (boolean fromSum : new boolean[] {true, false}) {
                double[] again = again(a, operands, results, lengths, fromSum);
                String place = "size " + size + ", N " + n + ", from sum " + fromSum;
                for (int at = 0; at < again.length; at++) {
                    assertEquals(results.getFirst().data()[at], again[at], size * size * 1e-12, place + ", at " + at);
                }
            }
            assertEquals(0, results.getFirst().data()[0], "a row without keys and sink");
            assertEquals(0, results.get(2).data()[0], "its sum");
            assertEquals(Double.NEGATIVE_INFINITY, results.get(1).data()[0], "its maximum");
        }
    }

    /** The output, from probabilities that are computed one by one. */
    private static double[] again(
            FusedAttention op,
            List<NdArray> operands,
            List<NdArray> results,
            Map<String, Long> lengths,
            boolean fromSum) {
        AttentionDefinition a = op.definition();
        AttentionPieces pieces = new AttentionPieces(a);
        ScalarEvaluator evaluator =
                new ScalarEvaluator(operands.stream().map(NdArray::data).toList(), lengths);
        ScalarExpr.Variable lse = new ScalarExpr.Variable("lse", DType.F32);
        ScalarExpr p = fromSum
                ? pieces.probability(pieces.masked(a.score()).orElseThrow(), pieces.rowMax(), pieces.rowSum())
                : pieces.probability(a.score(), lse);
        Code weighted = evaluator.code(pieces.weighted(p).orElseThrow());
        Code product = AttentionInterpreter.product(a, evaluator);
        Code v = evaluator.code(a.v());
        int raw = evaluator.slot(a.raw());
        List<Integer> row =
                List.of(evaluator.slot(pieces.rowMax()), evaluator.slot(pieces.rowSum()), evaluator.slot(lse));
        int i = evaluator.slot(a.i());
        int e = evaluator.slot(a.e());
        double[] output = new double[results.getFirst().data().length];
        AttentionInterpreter.over(evaluator, List.of(a.i(), a.e(), a.j()), frame -> {
                    for (int kind = 0; kind < row.size(); kind++) {
                        frame[row.get(kind)] = results.get(kind + 1).data()[(int) frame[i]];
                    }
                    frame[raw] = product.run(frame);
                    return output[(int) (frame[i] * 2 + frame[e])] += weighted.run(frame) * v.run(frame);
                })
                .run(evaluator.frame());
        return output;
    }

    @Test
    void kernelsStoreEveryResult() {
        Graph graph = read(TEXT);
        Schedule schedule = Lower.fused(new FoldLayout().run(graph), SchedulePolicy.PROCESSOR);
        for (Map<String, Long> lengths : List.of(Map.of("N", 1L, "M", 1L), Map.of("N", 40L, "M", 133L))) {
            RandomRun run = RandomRun.of(graph, lengths.hashCode(), lengths);
            RandomRun.assertClose(run.run(graph), run.run(schedule), 1e-12, "lengths " + lengths);
        }
    }

    @Test
    void everyResultIsInTheTextForm() {
        String text = GraphText.print(read(TEXT));
        assertEquals(text, GraphText.print(read(text)));
        assertTrue(text.contains("row_max = [\"i\"], row_sum = [\"i\"], log_sum_exp = [\"i\"]"), text);
    }

    @Test
    void aResultWithoutAPlaceIsRefused() {
        assertRefused(TEXT.replace(", row_sum = [\"i\"]", ""), "attention says where it stores 3 results, and has 4");
        assertRefused(TEXT.replace("o = [\"i\", \"e\"]", "o = [\"i\"]"), "has 2 indexes, not 1");
        assertRefused(TEXT.replace("x0[i, d]", "x0[i]"), "\",\" is missing before \"]\"");
    }

    private static void assertRefused(String text, String why) {
        Exception e = assertThrows(Exception.class, () -> read(text));
        assertTrue(e instanceof DiagnosticException || e instanceof InvalidGraph, e.toString());
        assertTrue(e.getMessage().contains(why), e.getMessage());
    }
}
