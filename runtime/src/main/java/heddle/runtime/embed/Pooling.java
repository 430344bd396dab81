package heddle.runtime.embed;

import java.util.Locale;

/** How the vector of a text is made of those of its tokens. */
public enum Pooling {
    /** The mean of all, marks included. */
    MEAN,
    /** That of the first, which marks the start. */
    CLS,
    /** That of the last. */
    LAST;

    /** How a manifest writes it. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What a manifest writes as {@code word}. */
    static Pooling of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }

    /**
     * Adds a part of a text to its vector.
     *
     * @param tokens vectors of {@code sum.length} elements, one behind the other
     * @param from   the number of the part's first token
     * @param count  how many tokens it has; a part weighs as many
     */
    void add(float[] tokens, int from, int count, double[] sum) {
        switch (this) {
            case MEAN -> {
                for (int i = from; i < from + count; i++) {
                    weigh(tokens, i, 1, sum);
                }
            }
            case CLS -> weigh(tokens, from, count, sum);
            case LAST -> weigh(tokens, from + count - 1, count, sum);
        }
    }

    private static void weigh(float[] tokens, int token, int weight, double[] sum) {
        for (int d = 0; d < sum.length; d++) {
            sum[d] += weight * (double) tokens[token * sum.length + d];
        }
    }
}
