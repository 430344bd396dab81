package heddle.compiler.tile;

import java.util.Map;

/**
 * How a kernel is cut up, apart from what it means.
 *
 * @param blocks the block size of each axis by name; an axis that is not named has blocks of one
 */
public record TilePlan(Map<String, Integer> blocks) {
    public TilePlan {
        blocks = Map.copyOf(blocks);
    }

    public int block(Axis axis) {
        return blocks.getOrDefault(axis.name(), 1);
    }
}
