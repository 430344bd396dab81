package heddle.tests.fuzz;

/** How a model is read, see {@link Meaning}. */
enum Reading {
    WRITTEN,
    RECOGNISED,
    FUSED,
    ADDED,
    HIDDEN
}
