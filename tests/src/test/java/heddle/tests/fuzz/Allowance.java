package heddle.tests.fuzz;

/** How numbers may differ from what is written, because of what is written. */
enum Allowance {
    /** Rounding to f32 may show in the results: large numbers are added, or a step is taken. */
    AMPLIFIES,
    /** What is written rounds to f32 where fused attention does not. */
    ROUNDS,
    /** What is written divides zero by zero, or infinity by infinity, where fused attention has a number. */
    REPAIRS,
    /** What is written replaces some of the probabilities of a row that are no numbers, or has only some that are none. */
    HIDES
}
