package heddle.tests.numerics;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Scores of sixteen-bit queries and keys are not rounded: the type follows from theirs, and no cast is written. */
class SixteenBitAttentionTest {
    private static final int LENGTH = 128;
    private static final int WIDTH = 64;

    @TempDir
    static Path classes;

    private static Computed attention(String type, int n, int d, String scores) {
        return new Computed(
                classes,
                "input q: " + type + "[" + n + ", " + d + "]",
                "input k: " + type + "[" + n + ", " + d + "]",
                "input v: " + type + "[" + n + ", " + d + "]",
                "output y = softmax(" + scores + ", axis = -1) @ v");
    }

    /** Of scores with a standard deviation of 5; the result alone is rounded, by half a unit in its last place. */
    @ParameterizedTest
    @CsvSource({"f16, 11", "bf16, 8"})
    void resultsAreRoundedOnce(String type, int digits, TestReporter reporter) {
        Random random = new Random(digits);
        Computed attention = attention(type, LENGTH, WIDTH, "q @ transpose(k) / sqrt(" + WIDTH + ")")
                .with("q", normal(random, Math.sqrt(5), digits))
                .with("k", normal(random, Math.sqrt(5), digits))
                .with("v", normal(random, 1, digits))
                .fused();
        double[] expected = attention.reference();
        double[] got = attention.run(2);
        double worst = 0;
        for (int i = 0; i < got.length; i++) {
            double off = Math.abs(got[i] - expected[i]);
            double due = Math.scalb(1.0, Math.getExponent(expected[i]) - digits) + 2e-5;
            worst = Math.max(worst, off);
            assertTrue(off <= due, "element " + i + " is off by " + off + ", not " + due);
        }
        reporter.publishEntry(type + " is off by", String.valueOf(worst));
    }

    /** Numbers with so many binary digits, which both types have. */
    private static double[] normal(Random random, double deviation, int digits) {
        return random.doubles(LENGTH * WIDTH)
                .map(x -> random.nextGaussian() * deviation)
                .map(x -> {
                    double unit = Math.scalb(1.0, Math.getExponent(x) - digits + 1);
                    return Math.rint(x / unit) * unit;
                })
                .toArray();
    }

    /** 90000 is no f16; as a score it is one like others. */
    @Test
    void scoresMayBeGreaterThanTheirType() {
        attention("f16", 3, 1, "q @ transpose(k)")
                .with("q", 300, 300, 0)
                .with("k", 300, 300, 0)
                .with("v", 1, 2, 6)
                .fused()
                .gives(1.5, 1.5, 3);
    }

    @Test
    void aCastOfScoresRounds() {
        // 4097 is 4096 as an f16.
        String rounded = "cast(cast(q @ transpose(k), f16), f32)";
        new Computed(
                        classes,
                        "input q: f32[1, 1]",
                        "input k: f32[2, 1]",
                        "input v: f32[2, 1]",
                        "output y = softmax(" + rounded + ", axis = -1) @ v")
                .with("q", 1)
                .with("k", 4096, 4097)
                .with("v", 1, 2)
                .fused()
                .givesEverywhere(1.5);
    }
}
