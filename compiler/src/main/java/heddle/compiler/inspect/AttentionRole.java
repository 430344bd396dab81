package heddle.compiler.inspect;

/** What a step of an attention kernel is for. */
public enum AttentionRole {
    /** Products of queries and keys, and what is done to each. */
    SCORES,
    /** Which scores count, and which blocks are computed at all. */
    MASK,
    /** The maximum and the sum of a row so far, and the exponentials. */
    SOFTMAX,
    /** Probabilities times values, and the sum of them so far. */
    VALUES,
    /** The sum divided by that of the row, and its store. */
    OUTPUT
}
