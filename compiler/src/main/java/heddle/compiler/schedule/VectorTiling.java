package heddle.compiler.schedule;

import heddle.compiler.scalar.Axis;
import heddle.compiler.tile.TilePlan;
import heddle.compiler.tile.family.Attention;
import heddle.compiler.tile.family.Contraction;
import heddle.compiler.tile.family.Panels;
import heddle.compiler.type.Dim;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Block sizes for processors with vector registers. The same sizes suit vectors of 4, 8 and 16 floats, so plans and
 * packed weights do not depend on the processor. The code writer decides how to split a block into registers.
 */
final class VectorTiling implements Tiling {
    /** Rows of a block of a product: a multiple of the 6 and the 8 rows that are computed in registers at once. */
    private static final int ROWS = 48;

    /** Rows when the block of {@code b} is packed only for this block, a cost that more rows must share. */
    private static final int ROWS_TO_PACK_FOR = 192;

    /** Columns of a block of a product, four vectors of 16 floats. */
    private static final int COLUMNS = 64;

    /** Of a block of {@code b} this deep, 64 columns take a quarter of a common second-level cache. */
    private static final int DEPTH = 1024;

    private static final int QUERIES = 32;
    private static final int KEYS = 128;

    /**
     * Keys that few queries are compared with at a time, and the length of a part. Their scores stay in the first-level cache,
     * and the keys and values of one part, 256 KiB for heads of 128, in a part of the second.
     */
    private static final int KEYS_OF_FEW = 256;

    @Override
    public OptionalInt panel(Contraction c) {
        return OptionalInt.of(columns(c.n().extent()));
    }

    @Override
    public TilePlan of(Contraction c) {
        int columns = columns(c.n().extent());
        int rows = Panels.arePanels(c.b(), c.n(), c.k(), columns) ? ROWS : ROWS_TO_PACK_FOR;
        return new TilePlan(Map.of(c.m().name(), rows, c.n().name(), columns, c.k().name(), depth(c.k())));
    }

    /** The columns of a block, and of a panel of packed weights, of a product with {@code n} columns. */
    private static int columns(Dim n) {
        if (!n.isKnown() || n.value() > COLUMNS / 2) {
            return COLUMNS;
        }
        return n.value() <= COLUMNS / 4 ? COLUMNS / 4 : COLUMNS / 2;
    }

    /** All of a short sum at once, a long one in equal parts. */
    private static int depth(Axis k) {
        if (!k.extent().isKnown()) {
            return DEPTH;
        }
        long length = Math.max(1, k.extent().value());
        long parts = Math.ceilDiv(length, DEPTH);
        return (int) Math.ceilDiv(length, parts);
    }

    /**
     * The blocks of attention. Two vectors of 16 queries keep their sums in registers; the keys of a block have scores
     * that stay in the first-level cache.
     */
    @Override
    public TilePlan of(Attention a) {
        if (FewQueries.are(a)) {
            int rows = Math.toIntExact(Math.max(1, a.i().extent().value()));
            return new TilePlan(
                    Map.of(a.i().name(), Math.max(2, rows), a.j().name(), KEYS_OF_FEW), TilePlan.Rows.ONE_BY_ONE);
        }
        return new TilePlan(Map.of(a.i().name(), QUERIES, a.j().name(), KEYS));
    }

    @Override
    public Attention form(Attention a) {
        return FewQueries.stacked(a);
    }

    /** The length of a part is a number, so that no bit depends on the threads that share them out. */
    @Override
    public OptionalInt part(Attention a) {
        boolean one = a.j().extent().isKnown() && a.j().extent().value() <= KEYS_OF_FEW;
        return one || !FewQueries.are(a) ? OptionalInt.empty() : OptionalInt.of(KEYS_OF_FEW);
    }
}
