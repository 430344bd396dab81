package heddle.compiler.tile;

import heddle.compiler.index.BlockMask;
import heddle.compiler.index.BlockTable;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.ScalarExpr;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.stream.Stream;

/**
 * A tile program and its schedule: the unit that code writers translate.
 *
 * @param program  what it computes
 * @param schedule how
 */
public record TileKernel(TileProgram program, KernelSchedule schedule) {
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

    /** How a loop is cut. */
    public Choice.Size cut(TileStmt.Loop loop) {
        return schedule.cut(loop.id())
                .orElse(loop.mode() instanceof LoopMode.Parallel ? new Choice.Size.Each() : new Choice.Size.Whole());
    }

    /** Indexes in a block of the loop over an axis; one when no loop runs over it in blocks of several. */
    public int block(Axis axis) {
        return program.loopOver(axis).map(schedule::block).orElse(1);
    }

    /** Whether a loop over an axis is cut into blocks of several indexes. */
    public boolean isBlocked(Axis axis) {
        return block(axis) > 1;
    }

    /** The block sizes of some axes. */
    public Map<Axis, Integer> sizes(List<Axis> axes) {
        Map<Axis, Integer> sizes = new LinkedHashMap<>();
        axes.forEach(axis -> sizes.put(axis, block(axis)));
        return sizes;
    }

    /** Axes whose blocks are independent, outermost first, but those that are not cut. */
    public List<Axis> parallel() {
        return program.parallel().stream()
                .filter(loop -> !(cut(loop) instanceof Choice.Size.Whole))
                .map(TileStmt.Loop::axis)
                .toList();
    }

    /** The axis that lanes run along where blocks are tiles: the first that is cut into blocks, a parallel one if there is. */
    public Optional<Axis> lanes() {
        return Stream.concat(parallel().stream(), program.loops().stream().map(TileStmt.Loop::axis))
                .filter(this::isBlocked)
                .findFirst();
    }

    /** What happens for one block of each parallel axis. */
    public List<TileStmt> body() {
        return program.inner();
    }

    /** Buffers it reads, each once: those of the program, and the tables that tell blocks apart. */
    public List<Buffer> reads() {
        SequencedSet<Buffer> reads = new LinkedHashSet<>(program.reads());
        schedule.tables().forEach(t -> reads.add(t.buffer()));
        return new ArrayList<>(reads);
    }

    /** Buffers it writes. */
    public List<Buffer> writes() {
        return new ArrayList<>(program.writes());
    }

    /**
     * What is known about a block before its elements are looked at.
     *
     * @param ranges the axes that the block spans; any other axis has one index in it
     */
    public BlockMask over(LoopMask mask, Map<Axis, BlockMask.Range> ranges) {
        return BlockMask.of(
                mask.program(),
                ranges,
                schedule.tables().stream().filter(this::isOfBlocks).toList());
    }

    /**
     * What is known about a part of a block by which it is narrowed: tables have an entry for each such part where they can.
     *
     * @param ranges the axes that the part spans
     */
    public BlockMask overStep(LoopMask mask, Map<Axis, BlockMask.Range> ranges) {
        Map<ScalarExpr, BlockTable> finest = new LinkedHashMap<>();
        schedule.tables().forEach(t -> finest.merge(t.part(), t, (a, b) -> isOfBlocks(a) ? b : a));
        return BlockMask.of(mask.program(), ranges, List.copyOf(finest.values()));
    }

    /** Whether entries of a table are for whole blocks, and not for what these are narrowed by. */
    public boolean isOfBlocks(BlockTable table) {
        return table.blocks().equals(table.axes().stream().map(this::block).toList());
    }
}
