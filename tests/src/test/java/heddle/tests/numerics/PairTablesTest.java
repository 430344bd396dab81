package heddle.tests.numerics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import heddle.compiler.backend.jvm.JvmWriter;
import heddle.compiler.schedule.machine.Processor;
import heddle.compiler.tile.TileKernel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Attention and products that look up what they add to scores, or multiply them with, beside the reference: by distances, by pairs, and where neither pays. */
class PairTablesTest {
    private static final int[][] LENGTHS = {{1, 1}, {33, 1021}, {1, 40}, {64, 64}, {40, 1}, {0, 5}, {40, 0}, {127, 129}
    };

    @TempDir
    static Path classes;

    /** Two heads; {@code w} has a number for each of eight buckets and head. */
    private static Computed attention(String queries, String keys, String... lines) {
        List<String> all = new ArrayList<>(List.of(
                "dim N, M",
                "input q: f32[2, " + queries + ", 8]",
                "input k: f32[2, " + keys + ", 8]",
                "input v: f32[2, " + keys + ", 12]",
                "input w: f32[8, 2]",
                "let i = iota(" + queries + ")[:, new]",
                "let j = iota(" + keys + ")[new, :]",
                "fn by_head(x) = permute(x, [2, 0, 1])",
                "fn attention(s) = softmax(q @ transpose(k) / sqrt(8) + s, axis = -1) @ v"));
        all.addAll(List.of(lines));
        return new Computed(classes, all.toArray(String[]::new));
    }

    /** Queries and keys of any lengths. */
    private static Computed biased(String bias) {
        return attention("N", "M", "output y = attention(" + bias + ")").fused();
    }

    private static double[] normal(Random random, int length) {
        return random.doubles(length).map(x -> (float) (4 * x - 2)).toArray();
    }

    private static void check(Computed model, int queries, int keys) {
        long seed = 1000L * queries + keys;
        Random random = new Random(seed);
        model.at("N", queries).at("M", keys);
        model.with("q", normal(random, 2 * queries * 8)).with("k", normal(random, 2 * keys * 8));
        model.with("v", normal(random, 2 * keys * 12)).with("w", normal(random, 16));
        String place = queries + " queries, " + keys + " keys, seed " + seed;
        double[] one = model.run(1);
        assertArrayEquals(model.reference(), one, 2e-5, place);
        assertArrayEquals(one, model.run(3), 0, place + ", threads");
    }

    private static List<String> tables(List<TileKernel> kernels) {
        return kernels.stream()
                .map(TileKernel::name)
                .filter(name -> name.contains(".table"))
                .toList();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // The buckets of T5, an exponential of the distance, and a look-up with its ends held.
                "by_head(embed(where(j > i, 4, 0) + min(cast(log(cast(max(abs(j - i), 1), f32)) * 2.0, i64), 3), w))",
                "exp(-0.1 * cast(abs(i - j), f32)) * w[0, :][:, new, new]",
                "by_head(embed(min(max(j - i + 4, 0), 7), w))",
                "where(j <= i, by_head(embed(min(i - j, 7), w)), -inf)",
                "cast(exp(-0.1 * cast(abs(i - j), f16)), f32)",
                "by_head(embed(min(abs(2 * i - 2 * j), 7), w)) + 0.5 * cos(cast(j - i, f32))"
            })
    void whatDependsOnTheDistanceIsLookedUpByIt(String bias) {
        Computed model = biased(bias);
        assertEquals(false, tables(model.plan().launches()).isEmpty(), "a table");
        for (int[] length : LENGTHS) {
            check(model, length[0], length[1]);
        }
    }

    /** Retention has no softmax; its scores decay with the distance. A step for each residue of the distance is no line. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "where(j <= i, (abs(w[0, :]) * 0.25 + 0.4)[:, new, new] ** cast(i - j, f32), 0.0)",
                "by_head(embed((i - j) % 8, w))"
            })
    void whatProductsAreMultipliedWithIsLookedUpToo(String decay) {
        Computed model = attention("N", "M", "output y = (q @ transpose(k) / 8.0 * (" + decay + ")) @ v / 64.0");
        assertEquals(false, tables(model.plan().launches()).isEmpty(), "a table");
        for (int[] length : LENGTHS) {
            check(model, length[0], length[1]);
        }
    }

    @Test
    void layersShareATable() {
        Computed model = attention(
                        "N",
                        "N",
                        "let bias = by_head(embed(min(max(j - i + 4, 0), 7), w))",
                        "let o = attention(bias)[..., 0:8]",
                        "output y = softmax(o @ transpose(k) + bias, axis = -1) @ v")
                .fused(2);
        assertEquals(1, tables(model.plan().launches()).size());
        check(model, 70, 70);
    }

    @Test
    void whatIsKnownBeforeIsLookedUpByPair() {
        Computed model = attention(
                        "49",
                        "49",
                        "let known = sin(cast(iota(169), f32))",
                        "let at = (i div 7 - j div 7 + 6) * 13 + i % 7 - j % 7 + 6",
                        "output y = attention(gather(known, at))")
                .fused();
        assertEquals(List.of("attention:softmax#1.table"), tables(model.plan().prepare()));
        check(model, 49, 49);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // Few instructions, one number for a row, and a pair that a run decides.
                "-0.5 * cast(abs(i - j), f32)",
                "exp(cast(i, f32) * 0.01)",
                "by_head(embed((i * j) % 8, w))"
            })
    void otherTermsAreComputedWhereTheyStand(String bias) {
        Computed model = biased(bias);
        assertEquals(List.of(), tables(model.plan().launches()));
        check(model, 40, 33);
    }

    @Test
    void fewQueriesNeedNoTable() {
        Computed model = attention("3", "M", "output y = attention(by_head(embed(min(max(j - i + 4, 0), 7), w)))")
                .fused();
        assertEquals(List.of(), tables(model.plan().launches()));
        check(model, 3, 300);
    }

    /** A part that many others share is looked into once. */
    @Test
    void sharedPartsAreLookedIntoOnce() {
        Computed model = attention(
                        "N", "M", "let b0 = sin(cast(i * j, f32))", doubled(40), "output y = attention(b40 * 0.0)")
                .fused();
        assertEquals(List.of(), tables(model.plan().launches()));
    }

    private static String doubled(int times) {
        StringBuilder lines = new StringBuilder();
        for (int n = 1; n <= times; n++) {
            lines.append("let b%d = b%d + b%d * 0.5\n".formatted(n, n - 1, n - 1));
        }
        return lines.toString();
    }

    /** A method with exponentials and a step for the last lanes is more than HotSpot's first compiler takes, which leaves it slow. */
    @ParameterizedTest
    @ValueSource(strings = {"input s: f32[2, 49, 49]", "let s = by_head(embed(min(max(j - i + 4, 0), 7), w))"})
    void exponentialsHaveNoStepForTheLastLanes(String bias) {
        Computed model = attention("49", "49", bias, "output y = attention(s)").fused();
        String java = new JvmWriter(Processor.of(16, 1)).write(model.plan()).text();
        for (String method : java.split("\n    private static ")) {
            boolean hasExponential = method.contains("expScale");
            assertEquals(false, hasExponential && method.contains("indexInRange"), method);
        }
        assertEquals(true, java.contains("expScale"));
    }
}
