package heddle.compiler.tile;

import heddle.compiler.index.BlockMask;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;

/**
 * A tile program and how it is cut up: the unit that code writers translate.
 *
 * @param program  what it computes
 * @param parallel axes whose blocks are independent, outermost first; an axis of a parallel loop that is not cut is not among them
 * @param plan     the block sizes
 * @param spaces   where each tile is held, by its name
 */
public record TileKernel(TileProgram program, List<Axis> parallel, TilePlan plan, Map<String, TileSpace> spaces) {
    public TileKernel {
        parallel = List.copyOf(parallel);
        spaces = Map.copyOf(spaces);
    }

    public String name() {
        return program.name();
    }

    /** What kind of kernel it is. */
    public String family() {
        return program.label();
    }

    public List<String> comments() {
        return program.comments();
    }

    /** What happens for one block of each parallel axis. */
    public List<TileStmt> body() {
        return program.inner();
    }

    /** Buffers it reads, each once: those of the program, and the tables that tell blocks apart. */
    public List<Buffer> reads() {
        SequencedSet<Buffer> reads = new LinkedHashSet<>(program.reads());
        plan.tables().forEach(t -> reads.add(t.buffer()));
        return new ArrayList<>(reads);
    }

    /** Buffers it writes. */
    public List<Buffer> writes() {
        return new ArrayList<>(program.writes());
    }

    public TileSpace space(Tile tile) {
        return spaces.get(tile.name());
    }

    /**
     * What is known about a block before its elements are looked at.
     *
     * @param ranges the axes that the block spans; any other axis has one index in it
     */
    public BlockMask over(LoopMask mask, Map<Axis, BlockMask.Range> ranges) {
        return BlockMask.of(mask.program(), ranges, plan.tables());
    }
}
