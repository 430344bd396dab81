package heddle.runtime.generate;

import heddle.compiler.scalar.Philox;
import heddle.compiler.scalar.Philox.Stream;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.train.TrainCode;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * How the next token is chosen among those that a model scores.
 *
 * @param temperature scores are divided by it: less than one prefers likely tokens; zero takes the likeliest
 * @param top         how many of the likeliest tokens may be chosen, at least 1
 * @param seed        of what is drawn, from 0 up to {@link Philox#SEEDS}, without it
 */
public record Sampling(double temperature, int top, long seed) {
    public Sampling {
        Philox.requireSeed(seed);
        if (!(temperature >= 0 && Double.isFinite(temperature)) || top < 1) {
            throw new IllegalArgumentException(
                    "tokens are not chosen at the temperature " + temperature + " among the first " + top);
        }
    }

    /**
     * A token.
     *
     * @param scores of all tokens, logarithms of probabilities up to a constant
     * @param place  of the token in what is written, from 0; the draw depends on it and on the seed alone
     * @throws DiagnosticException when no token can be chosen: all scores are NaN or minus infinity
     */
    public int choose(float[] scores, long place) {
        int[] order = IntStream.range(0, scores.length)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer i) -> -number(scores[i])))
                .limit(temperature == 0 ? 1 : top)
                .mapToInt(i -> i)
                .toArray();
        double best = number(scores[order[0]]);
        if (best == Double.NEGATIVE_INFINITY) {
            throw new DiagnosticException(Diagnostic.of(
                            TrainCode.NOT_GENERATIVE,
                            "the model scores no token that may come next: all its scores are NaN or minus infinity")
                    .note("so it is at place " + place + " of what it writes")
                    .hint(
                            "weights that are no numbers or overflow give that; take an earlier checkpoint, or look at the"
                                    + " scores by `heddle run`"));
        }
        if (order.length == 1 || Double.isInfinite(best)) {
            return order[0];
        }
        double[] weights = Arrays.stream(order)
                .mapToDouble(i -> StrictMath.exp((number(scores[i]) - best) / temperature))
                .toArray();
        double left = uniform(place) * Arrays.stream(weights).sum();
        for (int i = 0; i < order.length; i++) {
            left -= weights[i];
            if (left < 0) {
                return order[i];
            }
        }
        return order[0];
    }

    /** A score that is no number is never chosen. */
    private static double number(float score) {
        return Float.isNaN(score) ? Double.NEGATIVE_INFINITY : score;
    }

    private double uniform(long place) {
        int[] words = {(int) place, (int) (place >>> 32), 0, 0};
        Philox.draw(Philox.lowKey(seed), Philox.highKey(seed, Stream.SAMPLING), words);
        return ((words[0] & 0xFFFFFFFFL) + 0.5) * 0x1p-32;
    }
}
