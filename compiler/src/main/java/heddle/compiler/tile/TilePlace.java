package heddle.compiler.tile;

/** Where a tile is held while a kernel runs. */
public enum TilePlace {
    /** Not copied: read where it lies in a buffer. */
    IN_PLACE("in place"),
    /** In fast memory that the threads of a group share; on processors in arrays of a worker, which fit its caches. */
    LOCAL("local"),
    /** In variables: of one thread, or on processors within one loop nest. */
    REGISTER("register");

    private final String text;

    TilePlace(String text) {
        this.text = text;
    }

    /** The name in listings. */
    public String text() {
        return text;
    }
}
