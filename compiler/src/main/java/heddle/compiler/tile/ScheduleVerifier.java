package heddle.compiler.tile;

import heddle.compiler.index.BlockStrides;
import heddle.compiler.index.ScaledBlock;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Checks that the choices of a schedule are legal: that they leave alone what the program means.
 *
 * <ol>
 *   <li>A choice names a loop or a tile of the program.
 *   <li>Blocks of several indexes, or of all, are legal for loops that are {@link Cuttable}. That holds for loops without a choice too.
 *   <li>An order is chosen for parallel loops in which nothing is added to a buffer.
 *   <li>A tile is read in place when its value is one element of a buffer, strides apart within a block, or such a whole number times
 *       the scale of its block, and it never changes.
 *   <li>Blocks are skipped in masked loops. Tables have entries for the blocks into which their axes are cut.
 *   <li>Each tile has a place.
 * </ol>
 */
public final class ScheduleVerifier {
    private final TileProgram program;
    private final KernelSchedule schedule;
    private final Cuttable cuttable;
    private final Map<String, TileStmt.Loop> loops = new HashMap<>();
    private final Map<String, TileStmt.Define> tiles = new HashMap<>();
    private final Set<String> changed = new HashSet<>();

    private ScheduleVerifier(TileKernel kernel) {
        this.program = kernel.program();
        this.schedule = kernel.schedule();
        this.cuttable = new Cuttable(program);
        ProgramParts.statements(program.body(), stmt -> {
            switch (stmt) {
                case TileStmt.Loop l -> loops.put(l.id().name(), l);
                case TileStmt.Define d -> tiles.put(d.tile().name(), d);
                case TileStmt.Update u -> changed.add(u.tile().name());
                case TileStmt.Accumulate a -> changed.add(a.tile().name());
                default -> {}
            }
        });
    }

    /** @throws IllegalSchedule when a choice is not legal */
    public static void verify(TileKernel kernel) {
        ScheduleVerifier verifier = new ScheduleVerifier(kernel);
        kernel.schedule().choices().forEach(verifier::verify);
        verifier.loops.values().forEach(loop -> verifier.isLegal(loop, kernel.cut(loop)));
        kernel.program().definitions().forEach(d -> verifier.isPlaced(d.tile()));
    }

    private void verify(Choice choice) {
        switch (choice) {
            case Choice.Cut cut -> loop(cut, cut.loop());
            case Choice.Order order -> {
                TileStmt.Loop loop = loop(order, order.loop());
                check(loop.mode() instanceof LoopMode.Parallel, order, "its blocks depend on each other");
                ProgramParts.statements(
                        loop.body(),
                        s -> check(
                                !(s instanceof TileStmt.AddTo),
                                order,
                                "a sum in a buffer goes by the order of blocks"));
            }
            case Choice.Bind bind -> loop(bind, bind.loop());
            case Choice.Place place -> {
                TileStmt.Define define = tiles.get(place.tile());
                check(define != null, place, "the program has no such tile");
                check(
                        place.place() != TilePlace.IN_PLACE || canStay(define),
                        place,
                        "it is not an element of a buffer in rows");
            }
            case Choice.Skip skip -> {
                TileStmt.Loop loop = loop(skip, skip.loop());
                check(loop.mask().isPresent(), skip, "the loop has no mask");
                skip.tables().forEach(t -> {
                    for (int at = 0; at < t.axes().size(); at++) {
                        int block = schedule.block(t.axes().get(at));
                        check(t.blocks().get(at) == block, skip, t + " has entries for other blocks");
                    }
                });
            }
        }
    }

    private void isLegal(TileStmt.Loop loop, Choice.Size size) {
        boolean each = size instanceof Choice.Size.Each || size instanceof Choice.Size.Blocks b && b.n() == 1;
        check(
                each || loop.axis().extent().is(1) || cuttable.isCuttable(loop),
                "cut " + loop.id() + " " + size,
                "its statements do not span " + loop.axis());
    }

    private TileStmt.Loop loop(Choice choice, LoopId id) {
        TileStmt.Loop loop = loops.get(id.name());
        check(loop != null, choice, "the program has no such loop");
        return loop;
    }

    private boolean canStay(TileStmt.Define define) {
        return define.value() instanceof TileExpr.Map m
                && !changed.contains(define.tile().name())
                && isInRows(m.program(), define.tile(), schedule);
    }

    /** Whether a tile's elements lie in rows in a buffer, perhaps with scales, when loops are cut by {@code schedule}. */
    static boolean isInRows(ScalarExpr program, Tile tile, KernelSchedule schedule) {
        Map<Axis, Integer> sizes = schedule.sizes(tile.axes().toArray(Axis[]::new));
        return BlockStrides.of(program, sizes).isPresent()
                || tile.axes().size() == 2
                        && ScaledBlock.of(
                                        program,
                                        tile.axes().getFirst(),
                                        tile.axes().getLast(),
                                        sizes)
                                .isPresent();
    }

    private void isPlaced(Tile tile) {
        boolean placed = schedule.choices().stream()
                .anyMatch(c -> c instanceof Choice.Place p && p.tile().equals(tile.name()));
        check(placed, tile.name(), "no choice says where it is held");
    }

    private void check(boolean holds, Object choice, String why) {
        if (!holds) {
            throw new IllegalSchedule(program, choice.toString(), why);
        }
    }
}
