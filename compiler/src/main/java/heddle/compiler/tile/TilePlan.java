package heddle.compiler.tile;

import heddle.compiler.index.BlockTable;
import heddle.compiler.scalar.Axis;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * How a kernel is split into blocks. It does not affect what the kernel means.
 *
 * @param blocks the block size of each axis by name; an axis that is not named has blocks of one
 * @param tables tables over blocks of these sizes, for the kernel's mask
 * @param rows   what lanes run along
 */
public record TilePlan(Map<String, Integer> blocks, List<BlockTable> tables, Rows rows) {
    /** How vector registers hold the rows of a block: the columns of a product, the queries of attention. */
    public enum Rows {
        /** Lanes run along them. */
        IN_LANES,
        /** They are few. They are computed one after another or a few at once, and lanes run along what each of them has. */
        ONE_BY_ONE
    }

    public TilePlan {
        blocks = Map.copyOf(blocks);
        tables = List.copyOf(tables);
    }

    public TilePlan(Map<String, Integer> blocks) {
        this(blocks, Rows.IN_LANES);
    }

    public TilePlan(Map<String, Integer> blocks, Rows rows) {
        this(blocks, List.of(), rows);
    }

    /** This plan with tables of blocks. */
    public TilePlan withTables(List<BlockTable> known) {
        return new TilePlan(blocks, known, rows);
    }

    public int block(Axis axis) {
        return blocks.getOrDefault(axis.name(), 1);
    }

    /** The block sizes of some axes. */
    public Map<Axis, Integer> sizes(Axis... axes) {
        Map<Axis, Integer> sizes = new LinkedHashMap<>();
        for (Axis axis : axes) {
            sizes.put(axis, block(axis));
        }
        return sizes;
    }

    /** This plan with blocks of {@code size} along {@code axis}, unless it says something already. */
    public TilePlan orElse(Axis axis, int size) {
        Map<String, Integer> more = new LinkedHashMap<>(blocks);
        more.putIfAbsent(axis.name(), size);
        return new TilePlan(more, tables, rows);
    }

    /** As listings show it: {@code i 32, j 128}. */
    @Override
    public String toString() {
        String sizes = blocks.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(e -> e.getKey() + " " + e.getValue())
                .collect(Collectors.joining(", "));
        return rows == Rows.IN_LANES ? sizes : sizes + ", rows one by one";
    }
}
