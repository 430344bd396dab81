package heddle.compiler.schedule;

import heddle.compiler.index.BlockTable;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.family.Family;
import java.util.List;

/**
 * One kernel of a schedule, before it is split into tiles.
 *
 * @param name     the path of the operation that it is for, unique in the schedule
 * @param tables   what it skips blocks by, for an attention whose mask reads data
 * @param comments what it computes: graph nodes and source places
 */
public record Launch(String name, Family family, List<BlockTable> tables, List<String> comments) {
    public Launch {
        tables = List.copyOf(tables);
        comments = List.copyOf(comments);
    }

    Launch(String name, Family family, List<String> comments) {
        this(name, family, List.of(), comments);
    }

    /** The tile program with the blocks that {@code tiling} chooses. */
    TileKernel program(Tiling tiling) {
        return family.program(name, tiling.of(family).withTables(tables), comments);
    }

    /** The buffers it stores to. */
    public List<Buffer> outputs() {
        return Parts.of(family).outputs();
    }
}
