package heddle.tests.numerics;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What {@code docs/numerics.md} says under "Softmax" and "Masks". Queries are ones of one feature, so that the keys are
 * the scores.
 */
class AttentionNumericsTest {
    private static final double INF = Double.POSITIVE_INFINITY;
    private static final double NAN = Double.NaN;

    @TempDir
    static Path classes;

    /** Two queries, three keys, and values of two features that are 1, 2, 3 and 10, 20, 30, unless it is said otherwise. */
    private static Computed attention(String result) {
        return attention(result, 1);
    }

    private static Computed attention(String result, int fused) {
        return new Computed(
                        classes,
                        "input q: f32[2, 1]",
                        "input k: f32[3, 1]",
                        "input v: f32[3, 2]",
                        "input open: bool[2, 3]",
                        "input bias: f32[2, 3]",
                        "let s = q @ transpose(k)",
                        "fn attend(s) = softmax(s, axis = -1) @ v",
                        "fn guarded(m) = where(m == -inf, 0.0, m)",
                        "fn shifted(s) = exp(s - guarded(max(s, axis = -1, keepdims = true)))",
                        "fn besideOne(e) = (e / (1.0 + sum(e, axis = -1, keepdims = true))) @ v",
                        "let p = softmax(where(open, s, -inf), axis = -1)",
                        "output y = " + result)
                .with("q", 1, 1)
                .with("k", 0, 0, 0)
                .with("v", 1, 10, 2, 20, 3, 30)
                .with("open", 1, 1, 1, 0, 0, 0)
                .with("bias", 0, 0, 0, 0, 0, 0)
                .fused(fused);
    }

    @Test
    void scoresInTheThousandsAreShifted() {
        attention("attend(s)").with("k", 5000, 5000, -5000).gives(1.5, 15, 1.5, 15);
    }

    @Test
    void aRowWithNoFiniteScoreGivesZeros() {
        attention("attend(where(open, s, -inf))").gives(2, 20, 0, 0);
        attention("attend(s + bias)").with("bias", 0, 0, 0, -INF, -INF, -INF).gives(2, 20, 0, 0);
    }

    /** The maximum of each row is a result of the kernel, also of a row that is infinite, no number or masked throughout. */
    @Test
    void theMaximumBesideAttentionIsWhatIsWritten() {
        String both = "concat([attend(s + bias), max(s + bias, axis = -1, keepdims = true)], axis = -1)";
        attention(both).gives(2, 20, 0, 2, 20, 0);
        attention(both).with("bias", 0, INF, 0, -INF, -INF, -INF).gives(NAN, NAN, INF, 0, 0, -INF);
        attention(both).with("bias", 0, NAN, 0, -INF, 0, 0).gives(NAN, NAN, NAN, 2.5, 25, 0);
    }

    /** Nothing of it is an attention, but its exponential is. */
    @Test
    void theLogarithmOfAMaskedRowIsNotANumber() {
        double third = Math.log(1 / 3.0);
        attention("log_softmax(where(open, s, -inf))", 0)
                .givesEverywhere(third, third, third, Double.NaN, Double.NaN, Double.NaN);
        attention("softmax(where(open, s, -inf))", 0).givesEverywhere(1 / 3.0, 1 / 3.0, 1 / 3.0, 0, 0, 0);
        attention("log_softmax(where(open, s, -inf)) @ v", 0)
                .givesEverywhere(6 * third, 60 * third, Double.NaN, Double.NaN);
        attention("exp(log_softmax(where(open, s, -inf))) @ v")
                .written(2, 20, Double.NaN, Double.NaN)
                .compiled(2, 20, 0, 0);
    }

    @Test
    void attentionToNoKeysGivesZeros() {
        new Computed(
                        classes,
                        "dim M",
                        "input q: f32[2, 1]",
                        "input k: f32[M, 1]",
                        "input v: f32[M, 2]",
                        "output y = softmax(q @ transpose(k), axis = -1) @ v")
                .at("M", 0)
                .with("q", 1, 1)
                .with("k")
                .with("v")
                .fused()
                .gives(0, 0, 0, 0);
    }

    @Test
    void aWrittenSoftmaxHasTheValueThatIsMeant() {
        double[] thousand = {1000, 1000, 0};
        attention("(exp(s) / sum(exp(s), axis = -1, keepdims = true)) @ v")
                .with("k", thousand)
                .written(NAN, NAN, NAN, NAN)
                .compiled(1.5, 15, 1.5, 15);
        attention("(exp(s) @ v) / sum(exp(s), axis = -1, keepdims = true)")
                .with("k", thousand)
                .written(NAN, NAN, NAN, NAN)
                .compiled(1.5, 15, 1.5, 15);
        attention("exp(log_softmax(where(open, s, -inf), axis = -1)) @ v")
                .written(2, 20, NAN, NAN)
                .compiled(2, 20, 0, 0);
    }

    @Test
    void whatIsMaskedAfterItsExponentialIsZero() {
        new Computed(
                        classes,
                        "input s: f32[2, 3]",
                        "input open: bool[2, 3]",
                        "let top = max(where(open, s, -inf), axis = -1, keepdims = true)",
                        "output y = sum(where(open, exp(s - top), 0), axis = -1)")
                .with("s", 1, 1, 1, 5, 5, 5)
                .with("open", 1, 1, 0, 0, 0, 0)
                .gives(2, 0);
    }

    @Test
    void aNumberThatIsLostInASumOfAtLeastOneIsLeftOut() {
        attention("""
                (exp(s - max(s, axis = -1, keepdims = true))
                    / (sum(exp(s - max(s, axis = -1, keepdims = true)), axis = -1, keepdims = true) + 1e-12)) @ v""").gives(2, 20, 2, 20);
    }

    @Test
    void aSinkTakesItsShareAndAllOfAMaskedRow() {
        String sink = """
                softmax(concat([where(open, s, -inf), zeros([2, 1]) + bias[:, :1]], axis = -1), axis = -1)[:, :3] @ v""";
        attention(sink).gives(1.5, 15, 0, 0);
        attention(sink).with("bias", -INF, 0, 0, -INF, 0, 0).gives(2, 20, 0, 0);
    }

    /** Shifted by the maximum, one is as much as the greatest score; a row of nothing gives zeros. */
    @Test
    void aNumberInASumThatIsShiftedCountsAsAMultipleOfTheMaximum() {
        attention("besideOne(shifted(where(open, s, -inf)))")
                .with("k", 1000, 1000, 1000)
                .gives(1.5, 15, 0, 0);
    }

    @Test
    void notANumberStaysInItsRow() {
        attention("attend(s + bias)").with("bias", NAN, 0, 0, 0, 0, 0).gives(NAN, NAN, 2, 20);
    }

    @Test
    void plusInfinityMakesItsRowNotANumber() {
        attention("attend(s + bias)").with("bias", INF, 0, 0, 0, 0, 0).gives(NAN, NAN, 2, 20);
        attention("(exp(s + bias) / sum(exp(s + bias), axis = -1, keepdims = true)) @ v")
                .with("bias", INF, 0, 0, 0, 0, 0)
                .gives(NAN, NAN, 2, 20);
    }

    @Test
    void plusInfinityMakesAllOfAWrittenSoftmaxNotANumber() {
        new Computed(classes, "input s: f32[3]", "output y = exp(s) / sum(exp(s))")
                .with("s", INF, 0, 0)
                .written(NAN, 0, 0)
                .compiled(NAN, NAN, NAN);
    }

    @Test
    void aGuardMeansWhatItSays() {
        String p = "softmax(s + bias, axis = -1)";
        attention("where(" + p + " != " + p + ", 0.0, " + p + ") @ v")
                .with("bias", NAN, 0, 0, 0, 0, 0)
                .with("v", 1, 10, 2, 20, 3, NAN)
                .gives(0, 0, 2, NAN);
        attention(
                        "where(all(where(open, s, -inf) == -inf, axis = -1, keepdims = true), 0.0, softmax(where(open, s, -inf), axis = -1)) @ v")
                .gives(2, 20, 0, 0);
    }

    @Test
    void aKeyOfNoWeightDoesNotLeak() {
        attention("attend(where(open, s, -inf))")
                .with("open", 1, 0, 1, 0, 1, 1)
                .with("v", 1, 10, 2, INF, 3, 30)
                .compiled(2, 20, 2.5, INF);
        attention("attend(where(open, s, -inf))")
                .with("open", 1, 0, 1, 1, 0, 1)
                .with("v", 1, 10, NAN, INF, 3, 30)
                .givesEverywhere(2, 20, 2, 20);
    }

    /** Also where attention cannot be fused, and however the probabilities come to the product. */
    @Test
    void aKeyOfNoProbabilityDoesNotLeakWhereNothingIsFused() {
        for (String p : List.of(
                "p * p",
                "p ** 2.0",
                "sqrt(p) * sqrt(p) * p",
                "max(p, 0.0) * p",
                "min(p, 0.9) * p",
                "p * p * 0.5 + p * p * 0.5")) {
            attention("(" + p + ") @ v", 0)
                    .with("open", 1, 0, 1, 1, 0, 1)
                    .with("v", 1, 10, NAN, INF, 3, 30)
                    .givesEverywhere(1, 10, 1, 10);
        }
        attention("transpose(transpose(v) @ transpose(p * p))", 0)
                .with("open", 1, 0, 1, 1, 0, 1)
                .with("v", 1, 10, NAN, INF, 3, 30)
                .givesEverywhere(1, 10, 1, 10);
    }

    @Test
    void aMaskedKeyDoesNotLeakThroughADifference() {
        attention("(p - 0.5 * softmax(where(open, s + bias, -inf), axis = -1)) @ v", 2)
                .with("open", 1, 0, 1, 1, 0, 1)
                .with("v", 1, 10, NAN, INF, 3, 30)
                .givesEverywhere(1, 10, 1, 10);
    }

    /** Queries or keys that are probabilities themselves: NaN and infinity meet a probability of zero. */
    @Test
    void featuresOfNoProbabilityDoNotCountInScores() {
        double answer = 1 / (1 + Math.exp(-2));
        for (String scores :
                List.of("p @ transpose(x)", "transpose(x @ transpose(p))", "(p * 0.5) @ transpose(x) * 2.0")) {
            probabilitiesIn(scores).givesEverywhere(answer, answer);
        }
        double rows = 1 / (1 + Math.exp(-1));
        probabilitiesIn("x @ transpose(p * weight)").givesEverywhere(rows, 1 / (1 + Math.exp(-3)));
    }

    /** Probabilities of a half, zero and a half, and features of which the second is no number. */
    private static Computed probabilitiesIn(String scores) {
        return new Computed(
                        classes,
                        "input x: f32[2, 3]",
                        "input mask: bool[2, 3]",
                        "input weight: f32[2, 1]",
                        "input v: f32[2, 1]",
                        "let p = softmax(where(mask, zeros([2, 3]), -inf), axis = -1)",
                        "output y = softmax(" + scores + ", axis = -1) @ v")
                .with("x", 1, NAN, 1, 3, INF, 3)
                .with("mask", 1, 0, 1, 1, 0, 1)
                .with("weight", 1, 2)
                .with("v", 0, 1)
                .fused();
    }

    /** Which blocks are skipped does not matter: 100 rows see no key. */
    @Test
    void aSinkThatIsNoNumberMakesEveryRowNotANumber() {
        double[] ones = new double[256];
        double[] nan = new double[256];
        Arrays.fill(ones, 1);
        Arrays.fill(nan, NAN);
        for (double sink : new double[] {NAN, INF}) {
            sinkBesideLateKeys(ones).with("sink", sink).givesEverywhere(nan);
        }
        double[] late = new double[256];
        Arrays.fill(late, 100, 256, 1);
        sinkBesideLateKeys(ones).with("sink", -INF).givesEverywhere(late);
    }

    /** Without keys there is no probability that could be NaN. */
    @Test
    void aSinkThatIsNoNumberGivesZerosWithoutKeys() {
        for (double sink : new double[] {NAN, INF, 0, -INF}) {
            sinkBesideKeys(sink, 0).with("k").with("v").givesEverywhere(0, 0, 0, 0);
        }
        sinkBesideKeys(NAN, 1).with("k", 1).with("v", 1, 2).givesEverywhere(NAN, NAN, NAN, NAN);
        sinkBesideKeys(1, 1).with("k", 1).with("v", 1, 2).givesEverywhere(0.5, 1, 0.5, 1);
    }

    private static Computed sinkBesideKeys(double sink, long keys) {
        return new Computed(
                        classes,
                        "dim M",
                        "input q: f32[2, 1]",
                        "input k: f32[M, 1]",
                        "input v: f32[M, 2]",
                        "input sink: f32[1]",
                        "let all = concat([q @ transpose(k), zeros([2, 1]) + sink], axis = -1)",
                        "output y = softmax(all, axis = -1)[:, :M] @ v")
                .at("M", keys)
                .with("q", 1, 1)
                .with("sink", sink)
                .fused();
    }

    private static Computed sinkBesideLateKeys(double... ones) {
        return new Computed(
                        classes,
                        "input q: f32[256, 1]",
                        "input k: f32[256, 1]",
                        "input v: f32[256, 1]",
                        "input sink: f32[1]",
                        "let open = iota(256)[new, :] <= iota(256)[:, new] - 100",
                        "let s = where(open, q @ transpose(k), -inf)",
                        "let all = concat([s, zeros([256, 1]) + sink], axis = -1)",
                        "output y = softmax(all, axis = -1)[:, :256] @ v")
                .with("q", ones)
                .with("k", ones)
                .with("v", ones)
                .fused();
    }

    @Test
    void aProbabilityOfZeroStaysZero() {
        attention("(softmax(where(open, s, -inf), axis = -1) / bias) @ v")
                .with("open", 1, 0, 1, 1, 1, 0)
                .with("bias", 1, 0, 1, 1, 1, NAN)
                .written(NAN, NAN, NAN, NAN)
                .compiled(2, 20, 1.5, 15);
    }

    @Test
    void aFactorStaysWhereItKeepsScoresFinite() {
        attention("softmax((q * bias[0, 0]) @ transpose(k), axis = -1) @ v")
                .with("q", 1e30, 1e30)
                .with("k", 1e10, 1e10, 0)
                .with("bias", 1e-30, 0, 0, 0, 0, 0)
                .gives(1.5, 15, 1.5, 15);
        attention("softmax(q @ transpose(k / bias[0, 0]), axis = -1) @ v")
                .with("q", 1e10, 1e10)
                .with("k", 1e30, 1e30, 0)
                .with("bias", 1e30, 0, 0, 0, 0, 0)
                .gives(1.5, 15, 1.5, 15);
    }

    @Test
    void differencesOfProbabilitiesMeetTheValuesOneByOne() {
        String difference = "(softmax(s, axis = -1) - 0.5 * softmax(s + bias, axis = -1)) @ v";
        attention(difference, 2).with("bias", 0, -INF, -INF, 0, 0, 0).gives(1.5, 15, 1, 10);
        attention(difference, 2).with("v", 1, INF, 2, 20, 3, 30).givesEverywhere(1, NAN, 1, NAN);
    }

    /** A difference of zero is no weight of zero: both keys count. */
    @Test
    void theDifferenceOfEqualProbabilitiesMeetsItsValues() {
        for (String difference : List.of("p - p * 1.0", "(p - p) * 2.0", "where(open, p - p, 0.0)", "-(p - p)")) {
            attention("(" + difference + ") @ v")
                    .with("open", 1, 0, 1, 1, 1, 0)
                    .with("v", 1, 10, 2, NAN, 3, 30)
                    .givesEverywhere(0, 0, 0, NAN);
        }
    }

    @Test
    void isComputedInTheWidestType() {
        double large = 1e9;
        double[] bias = {large + Math.log(2), large, -INF, large, large, large + Math.log(2)};
        Computed wide = new Computed(
                classes,
                "input q: f32[2, 1]",
                "input k: f32[3, 1]",
                "input v: f32[3, 1]",
                "input bias: f64[2, 3]",
                "let p = softmax(cast(q @ transpose(k), f64) + bias, axis = -1)",
                "output y = cast(p, f32) @ v");
        wide.with("q", 0, 0)
                .with("k", 1, 2, 3)
                .with("v", 3, 6, 9)
                .with("bias", bias)
                .fused()
                .gives(4, 6.75);
    }

    @Test
    void aMaskedPositionStaysMasked() {
        attention("attend(where(open, s, -inf) + bias)")
                .with("open", 1, 0, 1, 1, 0, 1)
                .with("bias", 0, INF, 0, 0, NAN, 0)
                .written(NAN, NAN, NAN, NAN)
                .compiled(2, 20, 2, 20);
        attention("attend(where(open, s, -inf) * 2.0)")
                .with("open", 1, 0, 1, 1, 0, 0)
                .gives(2, 20, 1, 10);
    }

    @Test
    void aFiniteFillIsANumberLikeOthers() {
        attention("attend(where(open, s, -10000.0))").gives(2, 20, 2, 20);
        attention("attend(s + (1.0 - cast(open, f32)) * -1e9)").gives(2, 20, 2, 20);
    }

    @Test
    void causalIsWhatIsWritten() {
        String i = "iota(2)[:, new]";
        attention("attend(where(iota(3)[new, :] <= " + i + ", s, -inf))").gives(1, 10, 1.5, 15);
        attention("attend(where(iota(3)[new, :] <= " + i + " + (3 - 2), s, -inf))")
                .gives(1.5, 15, 2, 20);
    }

    @Test
    void aFactorAfterTheSoftmaxDoesNotHideNotANumber() {
        String kept = "where(open, softmax(s + bias, axis = -1), 0.0) @ v";
        attention(kept).gives(2, 20, 0, 0);
        attention(kept)
                .with("open", 1, 0, 1, 1, 0, 1)
                .with("v", 1, 10, INF, NAN, 3, 30)
                .gives(4 / 3.0, 40 / 3.0, 4 / 3.0, 40 / 3.0);
        attention(kept).with("bias", 0, 0, 0, NAN, 0, 0).written(2, 20, 0, 0).compiled(2, 20, NAN, NAN);
    }
}
