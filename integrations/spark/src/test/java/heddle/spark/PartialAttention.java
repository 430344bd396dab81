package heddle.spark;

import heddle.api.CompiledModel;
import heddle.api.Heddle;
import heddle.api.Options;
import heddle.api.Tensor;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Map;

/**
 * Attention of some queries to a part of the keys, before it is divided: what parts of the keys on different machines have to tell
 * each other.
 *
 * @param maxima the greatest score of each query; minus infinity where there is none
 * @param sums   of exp(score - maximum)
 * @param values the same, each times the value of its key: [queries, dimension]
 */
record PartialAttention(double[] maxima, double[] sums, double[] values) implements Serializable {
    static final int DIMENSION = 32;

    private static final String MODEL = """
            model PartialAttention
            dim M, N
            input q: f64[M, 32]
            input k: f64[N, 32]
            input v: f64[N, 32]
            input visible: bool[M, N]
            let scores = where(visible, q @ transpose(k) / sqrt(32), -inf)
            let greatest = max(scores, axis = -1, keepdims = true)
            // A query that sees no key has nothing to subtract: -inf less -inf is no number.
            let shares = exp(scores - where(greatest == -inf, 0.0, greatest))
            output maxima = greatest
            output sums = sum(shares, axis = -1, keepdims = true)
            output values = shares @ v
            """;

    /** Compiled once in each process. */
    private static final class Compiled {
        static final CompiledModel MODEL = Heddle.modelFromText("partial-attention.heddle", PartialAttention.MODEL)
                .compile(Options.defaults().threads(1));
    }

    /** Of no keys: merged with another, it leaves that one as it is. */
    static PartialAttention none(int queries) {
        double[] maxima = new double[queries];
        Arrays.fill(maxima, Double.NEGATIVE_INFINITY);
        return new PartialAttention(maxima, new double[queries], new double[queries * DIMENSION]);
    }

    /** @param q [queries, 32] @param k [keys, 32] @param v [keys, 32] @param visible [queries, keys] */
    static PartialAttention of(double[] q, double[] k, double[] v, boolean[] visible) {
        int queries = q.length / DIMENSION;
        int keys = k.length / DIMENSION;
        if (keys == 0) {
            return none(queries);
        }
        Map<String, Tensor> outputs = Compiled.MODEL.run(Map.of(
                "q", Tensor.of(q, queries, DIMENSION),
                "k", Tensor.of(k, keys, DIMENSION),
                "v", Tensor.of(v, keys, DIMENSION),
                "visible", Tensor.of(visible, queries, keys)));
        return new PartialAttention(
                outputs.get("maxima").doubles(),
                outputs.get("sums").doubles(),
                outputs.get("values").doubles());
    }

    /** Of the keys of both. */
    PartialAttention merge(PartialAttention other) {
        PartialAttention both = none(maxima.length);
        for (int i = 0; i < maxima.length; i++) {
            double greatest = Math.max(maxima[i], other.maxima[i]);
            double mine = factor(maxima[i], greatest);
            double others = factor(other.maxima[i], greatest);
            both.maxima[i] = greatest;
            both.sums[i] = mine * sums[i] + others * other.sums[i];
            for (int d = i * DIMENSION; d < (i + 1) * DIMENSION; d++) {
                both.values[d] = mine * values[d] + others * other.values[d];
            }
        }
        return both;
    }

    private static double factor(double maximum, double greatest) {
        return maximum == Double.NEGATIVE_INFINITY ? 0 : Math.exp(maximum - greatest);
    }

    /** The attention itself; zeros for a query that sees no key. */
    double[] result() {
        double[] result = new double[values.length];
        for (int i = 0; i < result.length; i++) {
            double sum = sums[i / DIMENSION];
            result[i] = sum == 0 ? 0 : values[i] / sum;
        }
        return result;
    }
}
