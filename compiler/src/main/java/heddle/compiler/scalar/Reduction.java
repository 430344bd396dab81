package heddle.compiler.scalar;

/**
 * How a reduction combines values. Each kind starts at its neutral element. The maximum of no values is minus infinity.
 */
public enum Reduction {
    SUM,
    MAX,
    MIN,
    PROD
}
