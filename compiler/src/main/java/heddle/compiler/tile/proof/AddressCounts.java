package heddle.compiler.tile.proof;

/**
 * Of how many reads and stores it was shown that they lie in their buffers, by what it takes.
 *
 * @param proved  those that lie there at every index
 * @param guarded those that do where a select chooses them
 * @param clamped those that do because their address is held between limits
 */
public record AddressCounts(int proved, int guarded, int clamped) {
    public static final AddressCounts NONE = new AddressCounts(0, 0, 0);

    public AddressCounts plus(AddressCounts other) {
        return new AddressCounts(proved + other.proved, guarded + other.guarded, clamped + other.clamped);
    }

    /** All reads and stores. */
    public int total() {
        return proved + guarded + clamped;
    }

    @Override
    public String toString() {
        return total() + " addresses: " + proved + " proved, " + guarded + " guarded, " + clamped + " clamped";
    }
}
