package heddle.compiler.type;

/**
 * The elements that a weight has when its training begins.
 *
 * @param kind how they are found
 * @param a    the deviation, the lower bound or the value
 * @param b    the upper bound; else 0
 */
public record Initialiser(Kind kind, double a, double b) {
    /** How initial elements are found. */
    public enum Kind {
        /** Drawn from the normal distribution around 0 with the deviation {@code a}. */
        NORMAL,
        /** Drawn evenly from {@code a} up to {@code b}. */
        UNIFORM,
        /** All {@code a}. */
        CONSTANT
    }

    /** {@code normal(0.02)}. */
    public static Initialiser normal(double deviation) {
        return new Initialiser(Kind.NORMAL, deviation, 0);
    }

    /** {@code uniform(-0.1, 0.1)}. */
    public static Initialiser uniform(double low, double high) {
        return new Initialiser(Kind.UNIFORM, low, high);
    }

    /** {@code constant(1.0)}. */
    public static Initialiser constant(double value) {
        return new Initialiser(Kind.CONSTANT, value, 0);
    }

    @Override
    public String toString() {
        return switch (kind) {
            case NORMAL -> "normal(" + a + ")";
            case UNIFORM -> "uniform(" + a + ", " + b + ")";
            case CONSTANT -> "constant(" + a + ")";
        };
    }
}
