package heddle.tests.gradient;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.ir.NdArray;
import heddle.compiler.ir.text.GraphText;
import heddle.compiler.op.attention.FusedAttention;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What gradients of attention mean: against central differences of its own meaning, and at the places where these say nothing. */
class AttentionGradientTest {
    private static final List<Map<String, Long>> SHAPES = Stream.of(
                    new long[] {1, 1, 1}, new long[] {2, 5, 3}, new long[] {1, 3, 9})
            .map(n -> Map.of("B", n[0], "N", n[1], "M", n[2]))
            .toList();

    static List<String> models() {
        return AttentionModels.names();
    }

    private static void assertDifferences(
            BackwardGraph backward, Map<String, NdArray> inputs, Map<String, Long> lengths, long seed, String place) {
        Map<String, NdArray> outputs = backward.run(inputs, lengths);
        CentralDifferences differences = new CentralDifferences(x -> backward.loss(x, lengths), inputs, seed);
        for (int slot : backward.differentiated()) {
            differences.check("x" + slot, outputs.get("grad" + slot), place);
        }
        assertTrue(differences.kinks() <= 1, place + ": " + differences.kinks() + " kinks");
    }

    @ParameterizedTest
    @MethodSource("models")
    void differences(String name) {
        BackwardGraph backward = BackwardGraph.of(AttentionModels.of(name).withLogSumExp());
        for (Map<String, Long> lengths : SHAPES) {
            long seed = name.hashCode() + lengths.hashCode();
            String place = name + ", lengths " + lengths + ", seed " + seed + "\n" + GraphText.print(backward.graph());
            assertDifferences(backward, backward.draw(lengths, 1, seed), lengths, seed, place);
        }
    }

    /** A number beside the sum is a sink that is that number above the row's maximum, which is stopped. */
    @Test
    void termIsASink() {
        String parts =
                "batch = [\"b\"], lengths = [B, N, M, 4, 3], q = \"x0[b, i, d]\", k = \"x1[b, j, d]\", v = \"x2[b, j, e]\", score = \"score\", mask = \"j <= i\", ";
        String types = "f32[B, N, 4], f32[B, M, 4], f32[B, M, 3]";
        String result = "f32[B, N, 3], f32[B, N]";
        String where = "o = [\"b\", \"i\", \"e\"], log_sum_exp = [\"b\", \"i\"]";
        BackwardGraph term = BackwardGraph.of(AttentionModels.read(parts + "term = 0.7, " + where, types, result));
        BackwardGraph sink = BackwardGraph.of(
                AttentionModels.read(parts + "sink = \"x3[b, i]\", " + where, types + ", f32[B, N]", result));
        Map<String, Long> lengths = Map.of("B", 2L, "N", 5L, "M", 4L);
        Map<String, NdArray> inputs = sink.draw(lengths, 1, 7);
        int maximum = term.op()
                .place(heddle.compiler.op.attention.AttentionResult.Kind.ROW_MAX)
                .orElseThrow();
        NdArray rowMax = term.op()
                .evaluate(List.of(inputs.get("x0"), inputs.get("x1"), inputs.get("x2")), lengths)
                .get(maximum);
        inputs.put("x3", rowMax.map(m -> m + Math.log(0.7)));
        // Without the cotangent of the log-sum-exp, which counts the sink but not the term.
        inputs.put("dl", inputs.get("dl").map(x -> 0));
        Map<String, NdArray> expected = sink.run(inputs, lengths);
        Map<String, NdArray> given = term.run(inputs, lengths);
        for (String output : List.of("o", "grad0", "grad1", "grad2")) {
            double[] e = expected.get(output).data();
            double[] g = given.get(output).data();
            for (int i = 0; i < e.length; i++) {
                assertEquals(e[i], g[i], 1e-12 * Math.max(1, Math.abs(e[i])), output + " at " + i);
            }
        }
    }

    /** Rows without keys give nothing, whatever stands in them, and leave everything else as it is. */
    @Test
    void emptyRowsGiveExactZeros() {
        BackwardGraph backward = BackwardGraph.of(AttentionModels.of("later-keys"));
        Map<String, Long> lengths = Map.of("B", 1L, "N", 42L, "M", 3L);
        Map<String, NdArray> inputs = backward.draw(lengths, 1, 11);
        Map<String, NdArray> before = backward.run(inputs, lengths);
        // Rows 0 to 39 see no key; key 2 is seen by no row.
        Arrays.fill(inputs.get("x0").data(), 0, 40 * 16, Double.NaN);
        Arrays.fill(inputs.get("dy").data(), 0, 40 * 24, Double.POSITIVE_INFINITY);
        Arrays.fill(inputs.get("x1").data(), 2 * 16, 3 * 16, Double.NaN);
        Arrays.fill(inputs.get("x2").data(), 2 * 24, 3 * 24, Double.NaN);
        Map<String, NdArray> after = backward.run(inputs, lengths);
        for (String output : List.of("grad0", "grad1", "grad2")) {
            assertTrue(
                    Arrays.equals(before.get(output).data(), after.get(output).data()), output);
        }
        for (int i = 0; i < 40 * 16; i++) {
            assertEquals(0, after.get("grad0").data()[i], "query gradient at " + i);
        }
    }

    /** A key that a weight of zero removes has values that are NaN: only the gradient by its weight knows. */
    @Test
    void weightsOfZeroRemoveKeys() {
        BackwardGraph backward = BackwardGraph.of(AttentionModels.of("weight"));
        Map<String, Long> lengths = Map.of("B", 1L, "N", 5L, "M", 3L);
        Map<String, NdArray> inputs = backward.draw(lengths, 1, 13);
        inputs.get("x3").data()[1] = 0;
        Map<String, NdArray> before = backward.run(inputs, lengths);
        Arrays.fill(inputs.get("x2").data(), 24, 2 * 24, Double.NaN);
        Map<String, NdArray> after = backward.run(inputs, lengths);
        for (String output : List.of("o", "grad0", "grad1", "grad2")) {
            assertArrayEquals(before.get(output).data(), after.get(output).data(), output);
        }
        double[] byWeight = after.get("grad3").data();
        assertTrue(Double.isNaN(byWeight[1]) && Double.isFinite(byWeight[0]), () -> Arrays.toString(byWeight));
    }

    /** An infinite factor on a query that sees no key is never multiplied with its gradient, which is zero. */
    @Test
    void factorsOnZerosAreNotMultiplied() {
        FusedAttention attention = AttentionModels.read(
                "batch = [\"b\"], lengths = [B, N, M, 4, 3], q = \"x0[b, i, d] * x3[b, i]\", k = \"x1[b, j, d]\", v = \"x2[b, j, e]\", score = \"score\", mask = \"j <= i - 1\", o = [\"b\", \"i\", \"e\"]",
                "f32[B, N, 4], f32[B, M, 4], f32[B, M, 3], f32[B, N]",
                "f32[B, N, 3]");
        BackwardGraph backward = BackwardGraph.of(attention);
        Map<String, Long> lengths = Map.of("B", 1L, "N", 3L, "M", 4L);
        Map<String, NdArray> inputs = backward.draw(lengths, 1, 17);
        inputs.get("x3").data()[0] = Double.POSITIVE_INFINITY;
        double[] byQuery = backward.run(inputs, lengths).get("grad0").data();
        // Row 0 sees no key, row 1 one, whose probability is always one, and row 2 two.
        for (int i = 0; i < byQuery.length; i++) {
            assertTrue(Double.isFinite(byQuery[i]), "at " + i + ": " + byQuery[i]);
            assertEquals(i < 8, byQuery[i] == 0, "at " + i + ": " + byQuery[i]);
        }
    }

    /** A row with NaN gives NaN, unless it is guarded, and then nothing. */
    @Test
    void guardedRowsGiveZeros() {
        for (boolean guarded : new boolean[] {false, true}) {
            FusedAttention attention = AttentionModels.read(
                    "batch = [\"b\"], lengths = [B, N, M, 4, 3], q = \"x0[b, i, d]\", k = \"x1[b, j, d]\", v = \"x2[b, j, e]\", score = \"score\", "
                            + (guarded ? "guarded = true, " : "") + "o = [\"b\", \"i\", \"e\"]",
                    "f32[B, N, 4], f32[B, M, 4], f32[B, M, 3]",
                    "f32[B, N, 3]");
            BackwardGraph backward = BackwardGraph.of(attention);
            Map<String, Long> lengths = Map.of("B", 1L, "N", 3L, "M", 4L);
            Map<String, NdArray> inputs = backward.draw(lengths, 1, 3);
            inputs.get("x0").data()[5] = Double.NaN;
            Map<String, NdArray> outputs = backward.run(inputs, lengths);
            double[] dq = outputs.get("grad0").data();
            for (int i = 0; i < dq.length; i++) {
                boolean second = i / 4 == 1;
                assertEquals(second && !guarded, Double.isNaN(dq[i]), "at " + i);
                assertFalse(second && guarded && dq[i] != 0, "at " + i);
            }
            assertEquals(!guarded, Double.isNaN(outputs.get("grad1").data()[0]));
        }
    }
}
