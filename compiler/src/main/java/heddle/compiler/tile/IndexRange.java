package heddle.compiler.tile;

/** {@code from <= index < to}. */
record IndexRange(long from, long to) {
    long length() {
        return Math.max(0, to - from);
    }
}
