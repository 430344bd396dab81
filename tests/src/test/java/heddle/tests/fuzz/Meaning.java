package heddle.tests.fuzz;

/**
 * A tensor as it is written, and what it stands for where its arithmetic has no number: zero divided by zero, or a zero
 * that should hide an infinity.
 *
 * @param recognised what it is when a softmax that is written out is taken for one, an expression over the same letters
 * @param fused      what it is as a part of fused attention, another such expression
 * @param added      the same, where a mask is a tensor that is added to scores, and not known to be a mask
 * @param hidden     the same as fused, where probabilities that are taken out are zero whatever they were
 */
record Meaning(Lettered written, String recognised, String fused, String added, String hidden) {
    static Meaning of(Lettered written) {
        return of(written, written);
    }

    /** Of a softmax. */
    static Meaning of(Lettered written, Lettered softmax) {
        return new Meaning(written, softmax.text(), softmax.text(), softmax.text(), softmax.text());
    }

    /** Of a part of attention. */
    static Meaning inAttention(Lettered written, String fused) {
        return new Meaning(written, written.text(), fused, fused, fused);
    }

    /** Of scores under a mask. */
    static Meaning ofScores(Lettered written, String masked) {
        return new Meaning(written, written.text(), masked, written.text(), masked);
    }

    /** Of probabilities some of which are taken out, by factors as it is fused. */
    static Meaning ofKept(Lettered written, String fused) {
        return new Meaning(written, written.text(), fused, fused, written.text());
    }
}
