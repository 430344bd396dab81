package heddle.compiler.tile.proof;

/**
 * Of how many reads and stores it was shown that they lie in their buffers, by what it takes.
 *
 * @param proved  those that lie there at every index
 * @param guarded those that do where a select of the model chooses them
 * @param added   those that do behind a guard that {@link AddressProof#guarded} put before them, because nothing else was seen
 *                to keep them there
 * @param clamped those that do because their address is held between limits
 */
public record AddressCounts(int proved, int guarded, int added, int clamped) {
    public static final AddressCounts NONE = new AddressCounts(0, 0, 0, 0);

    public AddressCounts plus(AddressCounts other) {
        return new AddressCounts(
                proved + other.proved, guarded + other.guarded, added + other.added, clamped + other.clamped);
    }

    /** All reads and stores. */
    public int total() {
        return proved + guarded + added + clamped;
    }

    @Override
    public String toString() {
        return total() + " addresses: " + proved + " proved, " + guarded + " guarded by the model, " + added
                + " guarded by the compiler, " + clamped + " clamped";
    }
}
