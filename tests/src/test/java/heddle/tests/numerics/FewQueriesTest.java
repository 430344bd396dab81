package heddle.tests.numerics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Attention with few queries, whose keys are split into parts and whose heads are stacked, beside the reference. */
class FewQueriesTest {
    private static final int[] KEYS = {1, 15, 16, 33, 255, 256, 257, 1021};

    @TempDir
    static Path classes;

    /** A model of {@code heads} query heads over two heads of keys, and how its data are drawn. */
    private record Setting(int queries, int group, int d, int e, String scores, boolean transposed) {
        Computed model() {
            int heads = 2 * group;
            String keys = transposed
                    ? "input kt: f32[2, M, 2, %d]\nlet k = transpose(kt, 1, 2)".formatted(d)
                    : "input k: f32[2, 2, M, %d]".formatted(d);
            return new Computed(
                    classes,
                    "import \"attention.heddle\"",
                    "dim M",
                    "input q: f32[2, %d, %d, %d]".formatted(heads, queries, d),
                    keys,
                    "input v: f32[2, 2, M, %d]".formatted(e),
                    "input kept: bool[2, M]",
                    "input sink: f32[%d]".formatted(heads),
                    "input bias: f32[%d, %d, M]".formatted(heads, queries),
                    "let keys = share_heads(k, %d)".formatted(heads),
                    "let values = share_heads(v, %d)".formatted(heads),
                    "let s = scores(q, keys)",
                    "let open = kept[:, new, new, :]",
                    "output y = " + scores);
        }

        /** Draws what the model reads. */
        Computed drawn(Computed model, int keys, long seed) {
            Random random = new Random(seed);
            model.at("M", keys);
            model.with("q", normal(random, 4 * group * queries * d));
            model.with(transposed ? "kt" : "k", normal(random, 4 * keys * d));
            model.with("v", normal(random, 4 * keys * e));
            model.with(
                    "kept", random.doubles(2 * keys).map(x -> x < 0.7 ? 1 : 0).toArray());
            model.with("sink", normal(random, 2 * group));
            return model.with("bias", normal(random, 2 * group * queries * keys));
        }

        void check() {
            check(2e-5);
        }

        void check(double tolerance) {
            Computed model = model().fused();
            for (int keys : KEYS) {
                long seed = 31L * keys + queries;
                drawn(model, keys, seed);
                String place = this + ", keys " + keys + ", seed " + seed;
                double[] expected = meant(model.reference());
                double[] one = model.run(1);
                assertArrayEquals(expected, one, tolerance, place);
                assertArrayEquals(one, model.run(3), 0, place + ", threads");
            }
        }
    }

    private static double[] normal(Random random, int length) {
        return random.doubles(length).map(x -> (float) (4 * x - 2)).toArray();
    }

    /** A row without keys is zero, as the page on numerics says; a reference that divides has NaN there. */
    private static double[] meant(double[] reference) {
        return Arrays.stream(reference).map(x -> Double.isNaN(x) ? 0 : x).toArray();
    }

    private static void check(int queries, int group, int d, int e, String scores) {
        new Setting(queries, group, d, e, scores, false).check();
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1, 128, 128",
        "1, 4, 64, 64",
        "1, 8, 80, 80",
        "2, 1, 8, 64",
        "2, 4, 64, 8",
        "3, 1, 80, 128",
        "3, 4, 16, 24",
        "7, 1, 64, 80",
        "7, 4, 8, 20",
        "8, 1, 36, 64",
        "8, 4, 64, 64",
        "1, 1, 7, 5",
        "1, 1, 12, 8",
        "1, 1, 20, 72",
        "1, 2, 24, 20",
        "3, 1, 12, 100",
        "2, 2, 72, 12",
        "5, 2, 64, 48"
    })
    void shapes(int queries, int group, int d, int e) {
        check(queries, group, d, e, "softmax(s, axis = -1) @ values");
    }

    @Test
    void keysBetweenHeads() {
        new Setting(2, 4, 64, 64, "softmax(s, axis = -1) @ values", true).check();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "grouped_attention(q, k, v, causal(q, keys))",
                "grouped_attention(q, k, v, sliding_window(q, keys, 9))",
                "masked_attention(q, keys, values, open)",
                "masked_attention(q, keys, values, open and causal(q, keys))",
                "masked_attention(q, keys, values, key_positions(keys) < query_positions(q, keys) - 4)",
                "soft_capped_attention(q, keys, values, causal(q, keys), 5.0)",
                "alibi_attention(q, keys, values)",
                "softmax(s + bias, axis = -1) @ values",
                "softmax(where(bias < 0.0, s + bias, -inf), axis = -1) @ values",
                "sink_attention(q, keys, values, open, sink)",
                "(softmax(s, axis = -1) * (1.0 + bias)) @ values",
                "softmax_plus_one(where(causal(q, keys), s, -inf)) @ values"
            })
    void scores(String scores) {
        check(1, 4, 64, 64, scores);
        check(3, 2, 16, 80, scores);
    }

    /** An f32 of a thousand is exact to 6e-5, and a sum of products like it to some times that. */
    @Test
    void largeScores() {
        String scores = "softmax(where(open, s * 1000.0, -inf), axis = -1) @ values";
        new Setting(1, 4, 64, 64, scores, false).check(1e-3);
        new Setting(3, 2, 16, 80, scores, false).check(1e-3);
    }

    /** A key that the mask removes may have any value, and any features: what lies beside those of another key is not counted. */
    @ParameterizedTest
    @CsvSource({"2, 64", "2, 80", "1, 8", "1, 12", "1, 20", "3, 40", "8, 7"})
    void whatIsBehindAMaskDoesNotShow(int queries, int d) {
        Setting setting = new Setting(queries, 4, d, d, "masked_attention(q, keys, values, open)", false);
        Computed model = setting.model().fused();
        for (int keys : new int[] {20, 300}) {
            setting.drawn(model, keys, keys);
            double[] kept = new double[2 * keys];
            Arrays.fill(kept, 1);
            for (int masked : new int[] {7, keys - 1, keys, keys + 11}) {
                kept[masked] = 0;
            }
            model.with("kept", kept);
            for (String input : new String[] {"v", "k"}) {
                double[] clean = normal(new Random(keys), 4 * keys * d);
                double[] expected = model.with(input, clean).run(2);
                for (double value : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
                    double[] dirty = clean.clone();
                    for (int row = 0; row < 4 * keys; row++) {
                        if (kept[row / (2 * keys) * keys + row % keys] == 0) {
                            Arrays.fill(dirty, row * d, (row + 1) * d, value);
                        }
                    }
                    String place = value + " in " + input + ", keys " + keys + ", seed " + keys;
                    assertArrayEquals(expected, model.with(input, dirty).run(2), 0, place);
                }
                model.with(input, clean);
            }
        }
    }

    @Test
    void notANumberStaysInItsRow() {
        Setting setting = new Setting(2, 2, 16, 16, "softmax(s, axis = -1) @ values", false);
        Computed model = setting.model().fused();
        setting.drawn(model, 300, 5);
        double[] q = normal(new Random(5), 2 * 4 * 2 * 16);
        q[16 * 3] = Double.NaN;
        double[] y = model.with("q", q).run(2);
        for (int n = 0; n < y.length; n++) {
            assertEquals(n / 16 == 3, Double.isNaN(y[n]), "element " + n);
        }
    }

    @Test
    void noKeysGiveZeros() {
        Setting setting = new Setting(2, 2, 16, 16, "softmax(s, axis = -1) @ values", false);
        Computed model = setting.model().fused();
        setting.drawn(model, 0, 5);
        assertTrue(Arrays.stream(model.run(2)).allMatch(y -> y == 0));
    }
}
