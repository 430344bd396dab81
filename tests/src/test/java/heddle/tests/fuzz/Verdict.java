package heddle.tests.fuzz;

/** How an element of a result stands to what is written. */
enum Verdict {
    /** It is what the reference computes. */
    AS_WRITTEN,
    /** The reference computes no such number, but what is meant has it; see {@code docs/numerics.md}. */
    AS_MEANT,
    /** It is what the reference computes when no cast to a narrower float rounds. */
    UNROUNDED,
    /** It is off by no more than the written arithmetic itself is. */
    AS_INEXACT,
    WRONG
}
