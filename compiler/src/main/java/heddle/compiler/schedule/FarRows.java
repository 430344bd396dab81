package heddle.compiler.schedule;

import heddle.compiler.tile.family.Attention;
import heddle.compiler.type.Dim;

/**
 * Rows of keys and values that fall into few sets of a processor's caches, because heads lie side by side: so few of them stay there that
 * attention takes up to one and a half times as long.
 */
final class FarRows {
    /** Half a page, in bytes: rows a multiple of this apart use at most two of 64 sets for each of their lines. */
    private static final int STEP = 2048;

    /** Queries that are worth a copy: it costs about as much as comparing all keys with eight of them, or more where keys are many. */
    private static final int QUERIES = 256;

    private FarRows() {}

    /**
     * Whether it is better to copy them first, row behind row. Queries whose number is not known may be few, unless keys are as few as
     * they are.
     */
    static boolean areCopied(Attention a, Dim bytes) {
        Dim queries = a.i().extent();
        boolean areMany = queries.isKnown() ? queries.value() >= QUERIES : queries.equals(a.j().extent());
        return areMany && bytes.isKnown() && bytes.value() > 0 && bytes.value() % STEP == 0;
    }
}
