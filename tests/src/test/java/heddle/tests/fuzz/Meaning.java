package heddle.tests.fuzz;

/**
 * A tensor as it is written, and what it stands for where its arithmetic has no number: zero divided by zero, or a zero
 * that should hide an infinity.
 *
 * @param recognised what it is when a softmax that is written out is taken for one, an expression over the same letters
 * @param fused      what it is as a part of fused attention, another such expression
 */
record Meaning(Lettered written, String recognised, String fused) {
    static Meaning of(Lettered written) {
        return of(written, written);
    }

    /** Of a softmax. */
    static Meaning of(Lettered written, Lettered softmax) {
        return new Meaning(written, softmax.text(), softmax.text());
    }

    /** Of a part of attention. */
    static Meaning inAttention(Lettered written, String fused) {
        return new Meaning(written, written.text(), fused);
    }
}
