package heddle.compiler.backend.jvm;

/**
 * The machine that generated Java is tuned for.
 *
 * @param lanes     floats in a vector: 4, 8 or 16
 * @param registers vector registers of the processor
 * @param threads   threads that take part in a run; results do not depend on it
 */
public record JvmTarget(int lanes, int registers, int threads) {
    public JvmTarget {
        if (lanes != 4 && lanes != 8 && lanes != 16) {
            throw new IllegalArgumentException("vectors of " + lanes + " floats are not supported");
        }
    }

    /** Bits in a vector, as in {@code FloatVector.SPECIES_512}. */
    int bits() {
        return lanes * Float.SIZE;
    }
}
