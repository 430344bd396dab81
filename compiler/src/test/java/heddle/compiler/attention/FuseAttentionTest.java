package heddle.compiler.attention;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.RandomRun;
import heddle.compiler.frontend.Elaborated;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Outcome;
import heddle.compiler.ir.text.GraphReader;
import heddle.compiler.ir.text.GraphText;
import heddle.compiler.layout.FoldLayout;
import heddle.compiler.op.GraphCatalogue;
import heddle.compiler.op.attention.AttentionDefinition;
import heddle.compiler.op.attention.FusedAttention;
import heddle.compiler.pass.EliminateCommonSubexpressions;
import heddle.compiler.pass.EliminateDeadCode;
import heddle.compiler.pass.FoldConstants;
import heddle.compiler.pass.RemoveIdentities;
import heddle.compiler.scalar.ScalarText;
import heddle.compiler.schedule.Lower;
import heddle.compiler.schedule.Schedule;
import heddle.compiler.schedule.SchedulePolicy;
import heddle.compiler.softmax.SoftmaxRules;
import heddle.compiler.tile.family.MapFamily;
import heddle.compiler.type.DType;
import heddle.dsl.source.SourceFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FuseAttentionTest {
    private static final List<Map<String, Long>> SHAPES = List.of(
            Map.of("B", 2L, "N", 5L, "M", 7L), Map.of("B", 1L, "N", 1L, "M", 3L), Map.of("B", 3L, "N", 4L, "M", 1L));

    private static final String HEADS = """
            dim B, N, M
            input q: f32[B, 4, N, 8]
            input k: f32[B, 4, M, 8]
            input v: f32[B, 4, M, 6]
            """;

    private static Graph normalised(String source) {
        Graph graph = Elaborated.of(source).graph();
        graph = new RemoveIdentities().run(graph);
        graph = new FoldConstants().run(graph);
        graph = SoftmaxRules.RECOGNISE.run(new EliminateCommonSubexpressions().run(graph));
        return new EliminateDeadCode().run(graph);
    }

    private static List<FusedAttention> fused(Graph graph) {
        List<FusedAttention> found = new ArrayList<>();
        for (Node node : graph.nodes()) {
            if (node.op() instanceof FusedAttention a) {
                found.add(a);
            }
        }
        return found;
    }

    /** One attention is found, it means what was written, and so do its kernels. */
    private static FusedAttention assertFuses(String source) {
        return assertFuses(source, 1e-6);
    }

    private static FusedAttention assertFuses(String source, double tolerance) {
        Graph before = normalised(source);
        Graph recognised = new EliminateDeadCode().run(new FuseAttention().run(before));
        assertMeans(before, recognised, tolerance);
        Graph folded = new EliminateDeadCode().run(new FoldLayout().run(recognised));
        assertMeans(before, folded, tolerance);
        return fused(recognised).getFirst();
    }

    private static void assertMeans(Graph before, Graph after, double tolerance) {
        List<FusedAttention> found = fused(after);
        assertEquals(1, found.size(), () -> reasons(before) + "\n" + GraphText.print(before));
        String text = GraphText.print(after);
        Graph read = GraphReader.read(new SourceFile("fused.graph", text), GraphCatalogue.PRIMITIVES);
        assertEquals(text, GraphText.print(read));
        assertEquals(found, fused(read), "the text form keeps all of " + text);
        Schedule schedule = Lower.fused(after, SchedulePolicy.PROCESSOR);
        for (Map<String, Long> lengths : SHAPES) {
            long seed = lengths.hashCode();
            RandomRun run = RandomRun.of(before, seed, lengths);
            String place = "lengths " + lengths + "\n" + GraphText.print(after);
            RandomRun.assertClose(run.run(before), run.run(after), tolerance, place);
            RandomRun.assertClose(run.run(before), run.run(schedule), tolerance, place);
        }
    }

    private static Graph folded(String source) {
        return new EliminateDeadCode().run(new FoldLayout().run(new FuseAttention().run(normalised(source))));
    }

    /** @return the kernels beside the attention */
    private static List<String> otherKernels(String source) {
        return Lower.fused(folded(source), SchedulePolicy.PROCESSOR).all().stream()
                .filter(l -> l.family() instanceof MapFamily)
                .map(l -> l.name())
                .toList();
    }

    private static List<String> reasons(Graph graph) {
        return FuseAttention.examine(graph).stream()
                .map(d -> d.outcome().toString())
                .toList();
    }

    private static void assertDeclines(String source, String reason) {
        Graph graph = normalised(source);
        assertEquals(0, fused(new FuseAttention().run(graph)).size(), () -> GraphText.print(graph));
        Outcome outcome = FuseAttention.examine(graph).getFirst().outcome();
        Outcome.Declined declined = assertInstanceOf(Outcome.Declined.class, outcome);
        assertTrue(declined.reason().contains(reason), declined.reason());
    }

    @Test
    void plainHeads() {
        FusedAttention a = assertFuses(HEADS + "output o = softmax(q @ transpose(k), axis = -1) @ v");
        assertEquals("score", ScalarText.of(a.definition().score()));
        assertEquals(List.of(), otherKernels(HEADS + "output o = softmax(q @ transpose(k), axis = -1) @ v"));
    }

    @Test
    void scaledScores() {
        FusedAttention a =
                assertFuses(HEADS + "output o = softmax(q @ transpose(k) / sqrt(size(q, -1)), axis = -1) @ v");
        assertTrue(
                ScalarText.of(a.definition().score()).startsWith("score / 2.8"),
                ScalarText.of(a.definition().score()));
    }

    @Test
    void scaleOnQueriesAndKeys() {
        FusedAttention a = assertFuses(HEADS + "output o = softmax((q * 0.5) @ transpose(k * 0.25), axis = -1) @ v");
        assertEquals("score * 0.5 * 0.25", ScalarText.of(a.definition().score()));
    }

    @Test
    void additiveBias() {
        assertFuses(HEADS + """
                input bias: f32[B, 1, 1, M]
                output o = softmax(q @ transpose(k) / 3.0 + bias, axis = -1) @ v
                """);
    }

    @Test
    void booleanMaskOfPadding() {
        FusedAttention a = assertFuses(HEADS + """
                input real: bool[B, M]
                output o = softmax(where(real[:, new, new, :], q @ transpose(k), -inf), axis = -1) @ v
                """);
        assertEquals("x3[b, j]", ScalarText.of(a.definition().mask().orElseThrow()));
        assertEquals("score", ScalarText.of(a.definition().score()));
    }

    @Test
    void integerMaskBecomesABiasComputedOnce() {
        FusedAttention a = assertFuses(HEADS + """
                input real: i64[B, M]
                let bias = (1.0 - cast(real, f32))[:, new, new, :] * -10000.0
                output o = softmax(q @ transpose(k) + bias, axis = -1) @ v
                """);
        assertEquals("score + x3[b, 0, 0, j]", ScalarText.of(a.definition().score()));
    }

    @Test
    void causalMask() {
        FusedAttention a = assertFuses(HEADS + """
                let causal = iota(M)[new, :] <= iota(N)[:, new]
                output o = softmax(where(causal, q @ transpose(k), -inf), axis = -1) @ v
                """);
        assertEquals("j <= i", ScalarText.of(a.definition().mask().orElseThrow()));
    }

    @Test
    void additiveCausalMaskWithAnOffset() {
        FusedAttention a = assertFuses(HEADS + """
                let causal = where(iota(M)[new, :] <= iota(N)[:, new] + (M - N), 0.0, -inf)
                output o = softmax(q @ transpose(k) * 0.125 + causal, axis = -1) @ v
                """);
        assertEquals("score * 0.125", ScalarText.of(a.definition().score()));
        assertTrue(a.definition().mask().isPresent());
    }

    @Test
    void finiteFillStaysInTheScore() {
        FusedAttention a = assertFuses(HEADS + """
                let causal = iota(M)[new, :] <= iota(N)[:, new]
                output o = softmax(where(causal, q @ transpose(k), -1e9), axis = -1) @ v
                """);
        assertTrue(a.definition().mask().isEmpty());
    }

    @Test
    void softCapBeforeTheMask() {
        assertFuses(HEADS + """
                let s = 30.0 * tanh(q @ transpose(k) / 30.0)
                output o = softmax(where(iota(M)[new, :] <= iota(N)[:, new], s, -inf), axis = -1) @ v
                """);
    }

    @Test
    void headsSplitAndMerged() {
        String source = """
                dim B, N, M
                input q: f32[B, N, 32]
                input k: f32[B, M, 32]
                input v: f32[B, M, 32]
                fn heads(x) = transpose(split_axis(x, -1, [4, 8]), 1, 2)
                let o4 = softmax(heads(q) @ transpose(heads(k)) / 2.0, axis = -1) @ heads(v)
                output o = merge_axes(transpose(o4, 1, 2), -2, -1)
                """;
        assertEquals(
                "x0[b, h, i, d]", ScalarText.of(assertFuses(source).definition().q()));
        FusedAttention a = fused(folded(source)).getFirst();
        assertEquals("x0[b, i, h * 8 + d] / 2", ScalarText.of(a.definition().q()));
        assertEquals(List.of(), otherKernels(source));
    }

    @Test
    void groupedHeadsByRepeating() {
        String source = """
                dim B, N, M
                input q: f32[B, 4, N, 8]
                input k: f32[B, 2, M, 8]
                input v: f32[B, 2, M, 8]
                output o = softmax(q @ transpose(repeat(k, 2, 1)) / 2.0, axis = -1) @ repeat(v, 2, 1)
                """;
        AttentionDefinition a = assertFuses(source).definition();
        assertEquals("x0[b, h * 2 + g, i, d]", ScalarText.of(a.q()));
        assertEquals("x1[b, h, 0, j, d]", ScalarText.of(a.k()));
        assertEquals(List.of(), otherKernels(source));
    }

    @Test
    void groupedHeadsInFiveDimensions() {
        assertFuses("""
                dim B, N, M
                input q: f32[B, 2, 3, N, 8]
                input k: f32[B, 2, M, 8]
                input v: f32[B, 2, M, 8]
                let s = einsum("bhgid,bhjd->bhgij", q, k)
                output o = einsum("bhgij,bhje->bhgie", softmax(s, axis = -1), v)
                """);
    }

    @Test
    void oneKeyHeadForAll() {
        assertFuses("""
                dim B, N, M
                input q: f32[B, 4, N, 8]
                input k: f32[B, M, 8]
                input v: f32[B, M, 8]
                let s = einsum("bhid,bjd->bhij", q, k)
                output o = einsum("bhij,bjd->bhid", softmax(s, axis = -1), v)
                """);
    }

    @Test
    void headsBesidePositions() {
        assertFuses("""
                dim B, N, M
                input q: f32[B, N, 4, 8]
                input k: f32[B, M, 4, 8]
                input v: f32[B, M, 4, 5]
                let s = einsum("bihd,bjhd->bhij", q, k) / 3.0
                output o = einsum("bhij,bjhe->bihe", softmax(s, axis = -1), v)
                """);
    }

    @Test
    void batchAndHeadsInOneAxis() {
        assertFuses("""
                dim B, N, M
                input q: f32[B, 4, N, 8]
                input k: f32[B, 4, M, 8]
                input v: f32[B, 4, M, 8]
                input real: bool[B, M]
                fn flat(x) = merge_axes(x, 0, 1)
                let s = flat(q) @ transpose(flat(k))
                let masked = where(real[:, new, new, :], split_axis(s, 0, [B, 4]), -inf)
                let p = merge_axes(softmax(masked, axis = -1), 0, 1)
                output o = split_axis(p @ flat(v), 0, [B, 4])
                """);
    }

    @Test
    void transposedScores() {
        assertFuses(HEADS + """
                let s = k @ transpose(q)
                output o = transpose(softmax(s, axis = -2)) @ v
                """);
    }

    @Test
    void singleHeadOfOneTensor() {
        assertFuses("""
                dim N
                input x: f32[N, 8]
                output o = softmax(x @ transpose(x), axis = -1) @ x
                """);
    }

    @Test
    void oneQuery() {
        assertFuses("""
                dim B, M
                input q: f32[B, 8]
                input k: f32[B, M, 8]
                input v: f32[B, M, 8]
                output o = einsum("bj,bje->be", softmax(einsum("bd,bjd->bj", q, k), axis = -1), v)
                """);
    }

    @Test
    void factorsOnProbabilities() {
        FusedAttention a = assertFuses(HEADS + """
                input keep: f32[N, M]
                output o = (softmax(q @ transpose(k), axis = -1) * keep / 0.9) @ v
                """);
        assertTrue(a.definition().weight().isPresent());
    }

    @Test
    void twoHalvesOfASum() {
        FusedAttention a = assertFuses("""
                dim B, N, M
                input q: f32[B, N, 2, 4]
                input k: f32[B, M, 2, 4]
                input v: f32[B, M, 8]
                output o = einsum("bij,bje->bie", softmax(einsum("bixd,bjxd->bij", q, k), axis = -1), v)
                """);
        assertTrue(a.definition().d().extent().is(8));
    }

    @Test
    void sixteenBits() {
        FusedAttention a = assertFuses("""
                dim B, N, M
                input q: bf16[B, 3, N, 4]
                input k: bf16[B, 3, M, 4]
                input v: bf16[B, 3, M, 4]
                let s = cast(q @ transpose(k), f32) * 0.5
                output o = cast(cast(softmax(s, axis = -1), bf16) @ v, f32)
                """, 3e-2);
        assertEquals(DType.F32, a.definition().raw().type());
    }

    @Test
    void scoresByRowAndColumn() {
        FusedAttention a = assertFuses(HEADS + """
                input temperature: f32[4, 1, 1]
                input decay: f32[M]
                output o = softmax(q @ transpose(k * decay[:, new]) / temperature, axis = -1) @ v
                """);
        assertEquals("score / x4[h, 0, 0]", ScalarText.of(a.definition().score()));
        assertTrue(ScalarText.of(a.definition().k()).endsWith("* x2[j]"), "keys are scaled where they are read");
    }

    @Test
    void slopesAndDistances() {
        assertFuses(HEADS + """
                let slopes = tensor([0.5, 0.25, 0.125, 0.0625])[:, new, new]
                let distance = cast(iota(M)[new, :] - iota(N)[:, new], f32)
                output o = softmax(q @ transpose(k) + slopes * distance, axis = -1) @ v
                """);
    }

    @Test
    void slidingWindowWithinDocuments() {
        FusedAttention a = assertFuses(HEADS + """
                input document: i64[B, N]
                input other: i64[B, M]
                let near = iota(M)[new, :] > iota(N)[:, new] - 3 and iota(M)[new, :] <= iota(N)[:, new]
                let same = document[:, :, new] == other[:, new, :]
                output o = softmax(where((near and same)[:, new], q @ transpose(k), -inf), axis = -1) @ v
                """);
        assertTrue(ScalarText.of(a.definition().mask().orElseThrow()).contains("=="));
    }

    @Test
    void relativePositionTable() {
        assertFuses(HEADS + """
                input table: f32[4, 9]
                let offset = max(min(iota(M)[new, :] - iota(N)[:, new], 4), -4) + 4
                let bias = gather(table, offset, axis = 1)
                output o = softmax(q @ transpose(k) + bias, axis = -1) @ v
                """);
    }

    @Test
    void rotatedQueriesAndKeysAreComputedBefore() {
        assertFuses("""
                dim B, N
                input q: f32[B, N, 2, 8]
                input k: f32[B, N, 2, 8]
                input v: f32[B, N, 2, 8]
                fn heads(x) = transpose(x, 1, 2)
                fn turned(x) = rope(heads(x), iota(N), base = 10000.0)
                output o = softmax(turned(q) @ transpose(turned(k)), axis = -1) @ heads(v)
                """);
    }

    @Test
    void softmaxWrittenOut() {
        assertFuses(HEADS + """
                let s = q @ transpose(k) * 0.25
                let e = exp(s - max(s, axis = -1, keepdims = true))
                output o = (e / sum(e, axis = -1, keepdims = true)) @ v
                """);
    }

    @Test
    void doublePrecision() {
        FusedAttention a = assertFuses("""
                dim B, N, M
                input q: f64[B, N, 8]
                input k: f64[B, M, 8]
                input v: f64[B, M, 8]
                output o = softmax(q @ transpose(k) * 0.25, axis = -1) @ v
                """);
        assertEquals(DType.F64, a.definition().raw().type());
    }

    @Test
    void probabilitiesThatAreAnOutputAreDeclined() {
        assertDeclines(HEADS + """
                let p = softmax(q @ transpose(k), axis = -1)
                output probabilities = p
                output o = p @ v
                """, "output of the model");
    }

    @Test
    void scoresReadElsewhereAreDeclined() {
        assertDeclines(HEADS + """
                let s = q @ transpose(k)
                output o = softmax(s, axis = -1) @ v
                output least = min(s, axis = -1)
                """, "also read by");
    }

    @Test
    void softmaxOverQueriesIsDeclined() {
        assertDeclines(HEADS + "output o = softmax(q @ transpose(k), axis = -2) @ v", "runs along axis -2");
    }

    @Test
    void mixingHeadsIsDeclined() {
        assertDeclines(HEADS + """
                input mix: f32[4, 4]
                let s = einsum("gh,bhij->bgij", mix, q @ transpose(k))
                output o = softmax(s, axis = -1) @ v
                """, "same axes");
    }

    @Test
    void renormalisedProbabilitiesAreDeclined() {
        assertDeclines(HEADS + """
                let p = softmax(q @ transpose(k), axis = -1)
                output o = (p / sum(p, axis = -1, keepdims = true)) @ v
                """, "also read by");
    }

    @Test
    void shiftedProbabilitiesAreDeclined() {
        assertDeclines(HEADS + "output o = (softmax(q @ transpose(k), axis = -1) + 0.1) @ v", "more than a factor");
    }

    @Test
    void severalProductsAreDeclined() {
        assertDeclines(HEADS + """
                input r: f32[B, 4, M, 8]
                output o = softmax(q @ transpose(k) + q @ transpose(r), axis = -1) @ v
                """, "several products");
    }

    @Test
    void minilmFusesInEveryLayer() {
        Graph graph = Elaborated.file("examples/minilm.heddle").graph();
        graph = new EliminateCommonSubexpressions().run(new FoldConstants().run(graph));
        Graph after = new EliminateDeadCode().run(new FuseAttention().run(graph));
        assertEquals(6, fused(after).size());
    }
}
