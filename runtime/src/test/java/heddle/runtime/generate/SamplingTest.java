package heddle.runtime.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.dsl.diagnostic.DiagnosticException;
import org.junit.jupiter.api.Test;

class SamplingTest {
    private static final float[] SCORES = {0, 2, Float.NEGATIVE_INFINITY, 1, Float.NaN, 2};

    @Test
    void atZeroItTakesTheLikeliest() {
        for (int place = 0; place < 50; place++) {
            assertEquals(1, new Sampling(0, 6, 1).choose(SCORES, place));
            assertEquals(1, new Sampling(3, 1, 1).choose(SCORES, place));
        }
    }

    @Test
    void drawsAsOftenAsScoresSay() {
        for (double temperature : new double[] {0.5, 1, 2}) {
            Sampling sampling = new Sampling(temperature, 6, 7);
            int[] chosen = new int[6];
            int draws = 20_000;
            for (int place = 0; place < draws; place++) {
                chosen[sampling.choose(SCORES, place)]++;
            }
            double sum = 0;
            for (float s : new float[] {0, 2, 1, 2}) {
                sum += Math.exp(s / temperature);
            }
            for (int token : new int[] {0, 1, 3, 5}) {
                double p = Math.exp(SCORES[token] / temperature) / sum;
                assertEquals(draws * p, chosen[token], 4 * Math.sqrt(draws * p * (1 - p)), "token " + token);
            }
            assertEquals(0, chosen[2]);
            assertEquals(0, chosen[4]);
        }
    }

    @Test
    void choosesAmongTheFirstAlone() {
        Sampling sampling = new Sampling(5, 3, 7);
        for (int place = 0; place < 2000; place++) {
            int token = sampling.choose(SCORES, place);
            assertTrue(token == 1 || token == 3 || token == 5, "token " + token);
        }
    }

    @Test
    void followsFromSeedAndPlace() {
        Sampling one = new Sampling(1, 6, 7);
        int differ = 0;
        for (int place = 0; place < 200; place++) {
            assertEquals(one.choose(SCORES, place), new Sampling(1, 6, 7).choose(SCORES, place));
            differ += one.choose(SCORES, place) != new Sampling(1, 6, 8).choose(SCORES, place) ? 1 : 0;
        }
        assertTrue(differ > 50, "other seeds draw others: " + differ);
        assertThrows(IllegalArgumentException.class, () -> new Sampling(-1, 1, 0));
        assertThrows(IllegalArgumentException.class, () -> new Sampling(1, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> new Sampling(1, 1, 1L << 56));
        assertThrows(IllegalArgumentException.class, () -> new Sampling(1, 1, -1));
    }

    @Test
    void choosesNoTokenThatHasNoScore() {
        float[] none = {Float.NaN, Float.NEGATIVE_INFINITY, Float.NaN};
        for (double temperature : new double[] {0, 1}) {
            DiagnosticException e =
                    assertThrows(DiagnosticException.class, () -> new Sampling(temperature, 3, 0).choose(none, 17));
            assertTrue(e.getMessage().contains("all its scores are NaN or minus infinity"), e.getMessage());
        }
        assertEquals(1, new Sampling(1, 3, 0).choose(new float[] {0, Float.POSITIVE_INFINITY, 0}, 0));
    }
}
