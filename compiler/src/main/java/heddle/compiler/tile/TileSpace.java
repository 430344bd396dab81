package heddle.compiler.tile;

/** Where a tile is held. */
public enum TileSpace {
    /** Not copied: read where it lies in a buffer. */
    GLOBAL,
    /** Fast memory that the threads of one block share; scratch of a worker on the JVM. */
    LOCAL,
    /** Held by one thread. */
    REGISTER
}
