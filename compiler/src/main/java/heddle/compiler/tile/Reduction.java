package heddle.compiler.tile;

/** How many values become one. Each starts at its neutral element; the maximum of nothing is minus infinity. */
public enum Reduction {
    SUM,
    MAX,
    MIN,
    PROD
}
