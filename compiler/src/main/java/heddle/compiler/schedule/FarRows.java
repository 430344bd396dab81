package heddle.compiler.schedule;

import heddle.compiler.tile.family.Attention;
import heddle.compiler.type.Dim;

/**
 * Rows of keys and values that fall into few sets of a processor's caches, because heads lie side by side: so few of them stay there that
 * attention takes up to one and a half times as long.
 */
final class FarRows {
    /** Half a page, in floats: rows a multiple of this apart use at most two of 64 sets for each of their lines. */
    private static final int STEP = 512;

    /** Queries that are worth a copy: it costs about as much as comparing all keys with eight of them. */
    private static final int QUERIES = 256;

    private FarRows() {}

    /** Whether it is better to copy them first, row behind row. Lengths that are not known are taken to be long. */
    static boolean areCopied(Attention a, Dim step) {
        Dim queries = a.i().extent();
        boolean areMany = !queries.isKnown() || queries.value() >= QUERIES;
        return areMany && step.isKnown() && step.value() > 0 && step.value() % STEP == 0;
    }
}
