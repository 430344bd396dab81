package heddle.runtime.jvm;

import heddle.compiler.type.Stored;

/**
 * Where cache lines begin in large arrays. A vector as wide as a line that lies in two of them is read twice, so buffers begin where
 * lines do.
 *
 * <p>HotSpot gives no addresses. Its default collector lays an array that takes half a region or more, which is at most 16 MiB by
 * itself, at the start of a region; the elements follow a header of 16 bytes. In other arrays lines begin anywhere, and so do buffers.
 */
final class CacheLines {
    private static final int LINE = 64;
    private static final int HEADER = 16;

    private CacheLines() {}

    /** The first element of an array that begins a line. */
    static int first(Stored stored) {
        return elements(stored, LINE - HEADER);
    }

    /** At least so many elements, in whole lines. */
    static int whole(Stored stored, int elements) {
        int line = elements(stored, LINE);
        return Math.multiplyExact(Math.ceilDiv(elements, line), line);
    }

    private static int elements(Stored stored, int bytes) {
        return (int) (2L * bytes / stored.bytes(2));
    }
}
