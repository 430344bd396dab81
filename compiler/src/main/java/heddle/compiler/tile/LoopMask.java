package heddle.compiler.tile;

import heddle.compiler.index.BlockMask;
import heddle.compiler.index.BlockTable;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import java.util.List;
import java.util.Map;

/**
 * The mask of a loop over blocks: which indices count, and what is known about whole blocks beforehand.
 *
 * @param program a bool program over the kernel's axes
 * @param tables  of parts of the program that read memory
 */
public record LoopMask(ScalarExpr program, List<BlockTable> tables) {
    public LoopMask {
        tables = List.copyOf(tables);
    }

    /**
     * Derives from indices and tables what is known about a block.
     *
     * @param ranges the axes that the block spans; any other axis has one index in it
     */
    public BlockMask over(Map<Axis, BlockMask.Range> ranges) {
        return BlockMask.of(program, ranges, tables);
    }
}
