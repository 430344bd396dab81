package heddle.tests.numerics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.Compiler.Fusion;
import heddle.compiler.backend.jvm.JvmWriter;
import heddle.compiler.schedule.SchedulePolicy;
import heddle.compiler.schedule.machine.Processor;
import heddle.runtime.Heddle;
import heddle.runtime.ModelSource;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Attention whose hidden scores are a large negative number, not minus infinity, beside the reference: with rows that see keys, rows that see
 * none and so are averages, and rows whose scores are as low as the fill. Blocks of the first are left out, those of others are not.
 */
class FilledBlocksTest {
    private static final int[][] LENGTHS = {{1, 1}, {31, 33}, {64, 128}, {33, 300}, {130, 257}, {5, 700}, {200, 40}};
    private static final double INF = Double.POSITIVE_INFINITY;
    private static final double NAN = Double.NaN;

    @TempDir
    static Path classes;

    private static Computed attention(String type, String scores) {
        return new Computed(
                        classes,
                        "dim N, M",
                        "input q: " + type + "[2, N, 8]",
                        "input k: " + type + "[2, M, 8]",
                        "input v: " + type + "[2, M, 12]",
                        "input open: bool[M]",
                        "let i = iota(N)[:, new]",
                        "let j = iota(M)[new, :]",
                        "let s = q @ transpose(k)",
                        "output y = softmax(" + scores + ") @ v")
                .fused();
    }

    private static double[] normal(Random random, int length) {
        return random.doubles(length).map(x -> (float) (4 * x - 2)).toArray();
    }

    /** A few keys are hidden, or all behind some, as padding is. */
    private static double[] open(Random random, int keys) {
        int real = random.nextBoolean() ? keys : random.nextInt(keys + 1);
        double[] open = new double[keys];
        Arrays.setAll(open, j -> j < real && (real < keys || random.nextDouble() < 0.7) ? 1 : 0);
        return open;
    }

    private static void check(String type, String scores, double tolerance) {
        Computed model = attention(type, scores);
        for (int[] length : LENGTHS) {
            long seed = 1000L * length[0] + length[1];
            Random random = new Random(seed);
            int keys = length[1];
            model.at("N", length[0]).at("M", keys);
            model.with("q", normal(random, 2 * length[0] * 8));
            model.with("k", normal(random, 2 * keys * 8)).with("v", normal(random, 2 * keys * 12));
            model.with("open", open(random, keys));
            String place = scores + ", " + length[0] + " queries, " + keys + " keys, seed " + seed;
            double[] one = model.run(1);
            assertArrayEquals(model.reference(), one, tolerance, place);
            assertArrayEquals(one, model.run(3), 0, place + ", threads");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "where(j <= i, s, -1e9)",
                "where(j > i, -1e9, s)",
                "where(j >= i + 7, s, -1e9)",
                "where(abs(i - j) <= 9, s, -65504.0)",
                "where(open, s, -1e9)",
                "where(not open, -3.4028234663852886e38, s)",
                "where(j <= i and open, s, -1e9)",
                "where(j <= i, where(open, s, -20000.0), -1e9)",
                "s + where(j <= i, 0.0, -3.4028234663852886e38)",
                "where(j > i, -3.4028234663852886e38, 0.0) + s",
                "s + where(j >= i + 7, where(open, 0.0, -3.4028234663852886e38), -3.4028234663852886e38)",
                "s + where(j <= i, 0.0, -3.4028234663852886e38) + where(j >= 4, 0.0, -3.4028234663852886e38)",
                "where(j <= i, s, -3.4028234663852886e38) + where(open, 0.0, -3.4028234663852886e38)",
                "s + log(cast(open, f32)) + where(j >= i + 7, 0.0, -3.4028234663852886e38)",
                "where(j % 3 != i % 5, s, -1e9)",
                "s + where(j <= i, where(s > 0.0, 0.0, -3.4028234663852886e38), -3.4028234663852886e38)",
                "s + where(s > 0.0, where(j <= i, 0.0, -3.4028234663852886e38), -3.4028234663852886e38)",
                "where(j > i, -3.4028234663852886e38, where(abs(s) < 1.0, -3.4028234663852886e38, 0.0)) + s",
                "where(j <= i, where(s > 0.0, s, -1e9), -1e9)",
                "s + where(j <= i, 0.0, -1e9)"
            })
    void aFillIsANumberHoweverManyBlocksItHides(String scores) {
        check("f32", scores, 2e-5);
    }

    /** Scores of single precision are rounded to some thousandths there. */
    @ParameterizedTest
    @ValueSource(strings = {"where(j <= i, s * 4000.0, -10000.0)", "where(j <= i, s - 3e4, -3e4)"})
    void rowsAsLowAsTheFillCount(String scores) {
        check("f32", scores, 5e-3);
        check("f64", scores, 1e-9);
    }

    @Test
    void inDoublePrecision() {
        check("f64", "where(j >= i + 7, s, -1e9)", 1e-12);
    }

    /** More choices than are looked into. */
    @Test
    void manyChoicesInEachOther() {
        String filled = "s";
        String added = "0.0";
        for (int n = 12; n > 0; n--) {
            filled = "where(j <= i + %d and j != %d, %s, -1e9)".formatted(n, n, filled);
            added = "where(j <= i + %d and j != %d, %s, -3.4028234663852886e38)".formatted(n, n, added);
        }
        check("f32", filled, 2e-5);
        check("f32", "s + " + added, 2e-5);
    }

    /** Rows that see keys have the bits that minus infinity gives, and no more blocks are computed for them. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "where(j <= i, s, %s)",
                "where(j > i, %s, s)",
                "where(j <= i and open, s, %s)",
                "s + where(j <= i, 0.0, %s)"
            })
    void blocksAreLeftOut(String scores) {
        String lowest = "-3.4028234663852886e38";
        double[] filled = drawn(attention("f32", scores.formatted(lowest)));
        assertArrayEquals(drawn(attention("f32", scores.formatted("-inf"))), filled, 0);
        Processor processor = Processor.of(16, 1);
        String text = """
                dim N, M
                input q: f32[2, N, 8]
                input k: f32[2, M, 8]
                input v: f32[2, M, 12]
                input open: bool[M]
                let i = iota(N)[:, new]
                let j = iota(M)[new, :]
                let s = q @ transpose(k)
                output y = softmax(%s) @ v
                """.formatted(scores.formatted(lowest));
        String java = new JvmWriter(processor)
                .write(Heddle.model(ModelSource.text("filled", text), Map.of())
                        .compilation(Fusion.FUSED, SchedulePolicy.of(processor))
                        .plan())
                .text();
        assertTrue(java.contains("left = true;"), java);
    }

    private static double[] drawn(Computed model) {
        Random random = new Random(7);
        model.at("N", 300).at("M", 300);
        model.with("q", normal(random, 4800)).with("k", normal(random, 4800)).with("v", normal(random, 7200));
        double[] open = new double[300];
        Arrays.setAll(open, j -> j == 0 || random.nextDouble() < 0.7 ? 1 : 0);
        return model.with("open", open).run(2);
    }

    /** As the page on numerics says: the lowest float hides what it is added to, unless that is as written no number. */
    @ParameterizedTest
    @ValueSource(doubles = {5000, INF, NAN, -INF})
    void theLowestFloatHidesWhatItIsAddedTo(double hidden) {
        Computed attention = new Computed(
                        classes,
                        "dim N",
                        "input k: f32[3, 1]",
                        "input v: f32[3, 1]",
                        "input open: bool[3]",
                        "input q: f32[N, 1]",
                        "let kept = iota(3)[new, :] <= iota(N)[:, new] + 1 and open",
                        "let masked = q @ transpose(k) + where(kept, 0.0, -3.4028234663852886e38)",
                        "output y = softmax(masked) @ v")
                .at("N", 2)
                .with("q", 1, 1)
                .with("v", 1, 3, 100)
                .with("open", 1, 1, 0)
                .with("k", 5, 5, hidden)
                .fused();
        if (hidden == INF || Double.isNaN(hidden)) {
            attention.written(NAN, NAN).compiled(2, 2);
        } else {
            attention.gives(2, 2);
        }
    }
}
