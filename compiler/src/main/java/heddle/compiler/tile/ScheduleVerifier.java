package heddle.compiler.tile;

import heddle.compiler.scalar.Axis;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Checks that the choices of a schedule are legal: that they leave alone what the program means.
 *
 * <ol>
 *   <li>A choice names a loop or a tile of the program.
 *   <li>Blocks of several indexes, or of all, are legal for loops that are {@link Cuttable}. That holds for loops without a choice too.
 *   <li>An order, or a band, is chosen for parallel loops in which nothing is added to a buffer; a band for the innermost of several.
 *   <li>A tile is read in place when its value is one element of a buffer, strides apart within a block or within a half or a quarter of
 *       it, or such a whole number times the scale of its block, and it never changes.
 *   <li>Blocks are skipped in masked loops. Tables have entries for the blocks into which their axes are cut.
 *   <li>A chain binds an axis of the program, has each level once, groups outermost and of a parallel loop, lanes innermost.
 *   <li>What is unrolled is a statement that goes over the axis. What is trimmed is a masked loop. Slices are of an axis that a
 *       product sums over; a pitch is that of a factor.
 *   <li>What is fetched or prefetched is a factor that is read in place, and shared by the blocks of the innermost parallel loop.
 *   <li>Each tile has a place.
 * </ol>
 */
public final class ScheduleVerifier {
    private final TileKernel kernel;
    private final ProgramFacts facts;

    private ScheduleVerifier(TileKernel kernel, ProgramFacts facts) {
        this.kernel = kernel;
        this.facts = facts;
    }

    /** @throws IllegalSchedule when a choice is not legal */
    public static void verify(TileKernel kernel) {
        verify(kernel, new ProgramFacts(kernel.program()));
    }

    /** The same with facts of the kernel's program, some of which may be known. */
    public static void verify(TileKernel kernel, ProgramFacts facts) {
        ScheduleVerifier verifier = new ScheduleVerifier(kernel, facts);
        kernel.schedule().choices().forEach(verifier::verify);
        facts.loops().forEach(loop -> verifier.isLegal(loop, kernel.cut(loop)));
        kernel.program().definitions().forEach(d -> verifier.isPlaced(d.tile()));
    }

    private void verify(Choice choice) {
        switch (choice) {
            case Choice.Cut cut -> loop(cut, cut.loop());
            case Choice.Order order -> isReordered(order, order.loop());
            case Choice.Band band -> {
                check(band.n() > 0, band, "a band has no blocks");
                isReordered(band, band.loop());
                List<TileStmt.Loop> parallel = kernel.program().parallel();
                check(
                        parallel.size() > 1 && parallel.getLast().id().equals(band.loop()),
                        band,
                        "only the innermost of several parallel loops goes in bands");
            }
            case Choice.Bind bind -> bound(bind);
            case Choice.Unroll unroll -> {
                Tile tile = tile(unroll, unroll.tile());
                check(unroll.n() > 0, unroll, "it computes nothing");
                check(
                        facts.axes(tile).stream().anyMatch(a -> a.name().equals(unroll.axis())),
                        unroll,
                        "no statement that changes " + tile + " goes over " + unroll.axis());
            }
            case Choice.Trim trim -> {
                check(trim.n() > 0, trim, "blocks are narrowed by nothing");
                check(loop(trim, trim.loop()).mask().isPresent(), trim, "the loop has no mask");
            }
            case Choice.Grain grain -> check(grain.pieces() > 0, grain, "a thread takes no piece");
            case Choice.Stage stage -> {
                check(stage.n() > 0, stage, "slices are empty");
                check(
                        facts.summed().stream().anyMatch(a -> a.name().equals(stage.axis())),
                        stage,
                        "no product sums over " + stage.axis());
            }
            case Choice.Pitch pitch -> {
                Tile tile = tile(pitch, pitch.tile());
                check(pitch.more() >= 0, pitch, "lines overlap");
                check(
                        facts.isFactor(tile),
                        pitch,
                        "the tile is no factor of a product, so that it has no lines in local memory");
            }
            case Choice.Fetch fetch -> early(fetch, fetch.tile(), fetch.rows());
            case Choice.Prefetch prefetch -> early(prefetch, prefetch.tile(), prefetch.rows());
            case Choice.Place place -> {
                Tile tile = tile(place, place.tile());
                check(
                        place.place() != TilePlace.IN_PLACE || facts.canBeInPlace(tile, kernel.sizes(tile.axes())),
                        place,
                        "it is not an element of a buffer in rows, nor in two or four parts of each block");
            }
            case Choice.Skip skip -> {
                TileStmt.Loop loop = loop(skip, skip.loop());
                check(loop.mask().isPresent(), skip, "the loop has no mask");
                skip.tables().forEach(t -> {
                    for (int at = 0; at < t.axes().size(); at++) {
                        Axis axis = t.axes().get(at);
                        int entry = t.blocks().get(at);
                        boolean isStep = axis.equals(loop.axis())
                                && kernel.schedule().trim(skip.loop()).equals(OptionalInt.of(entry))
                                && kernel.block(axis) % entry == 0;
                        check(entry == kernel.block(axis) || isStep, skip, t + " has entries for other blocks");
                    }
                });
            }
        }
    }

    private void isReordered(Choice choice, LoopId id) {
        TileStmt.Loop loop = loop(choice, id);
        check(loop.mode() instanceof LoopMode.Parallel, choice, "its blocks depend on each other");
        ProgramParts.statements(
                loop.body(),
                s -> check(!(s instanceof TileStmt.AddTo), choice, "a sum in a buffer goes by the order of blocks"));
    }

    private void isLegal(TileStmt.Loop loop, Choice.Size size) {
        boolean each = size instanceof Choice.Size.Each || size instanceof Choice.Size.Blocks b && b.n() == 1;
        check(
                each || loop.axis().extent().is(1) || facts.isCuttable(loop),
                "cut " + loop.id() + " " + size,
                "its statements do not span " + loop.axis());
    }

    /** A chain has each level once, and names an axis of the program; groups and lanes stand outermost and innermost. */
    private void bound(Choice.Bind bind) {
        Axis axis = KernelAxes.of(kernel).stream()
                .filter(a -> a.name().equals(bind.axis()))
                .findFirst()
                .orElseThrow(() -> illegal(bind.toString(), "the program has no such axis"));
        List<Choice.Level> levels =
                bind.chain().stream().map(Choice.Factor::level).toList();
        check(!levels.isEmpty(), bind, "the chain is empty");
        check(Set.copyOf(levels).size() == levels.size(), bind, "a level occurs twice");
        int group = levels.indexOf(Choice.Level.GROUP);
        check(group <= 0, bind, "blocks of groups are around everything else");
        check(
                group < 0
                        || kernel.program().parallel().stream()
                                .anyMatch(l -> l.axis().equals(axis)),
                bind,
                "groups run in any order, and the blocks of " + axis + " do not");
        int lane = levels.indexOf(Choice.Level.LANE);
        check(lane < 0 || lane == levels.size() - 1, bind, "lanes are innermost");
    }

    private TileStmt.Loop loop(Choice choice, LoopId id) {
        return facts.loop(id.name())
                .orElseThrow(() -> illegal(choice.toString(), "the program has no such loop; it has " + loops()));
    }

    /** A tile that a cache has before products read it. */
    private void early(Choice choice, String name, int rows) {
        Tile tile = tile(choice, name);
        check(rows > 0, choice, "products have a row at least");
        check(
                facts.isFactor(tile)
                        && kernel.schedule().choices().contains(new Choice.Place(tile.name(), TilePlace.IN_PLACE)),
                choice,
                "it is no factor that is read in place");
        List<TileStmt.Loop> parallel = kernel.program().parallel();
        check(
                !parallel.isEmpty()
                        && !tile.axes().contains(parallel.getLast().axis())
                        && kernel.block(parallel.getLast().axis()) > 1,
                choice,
                "blocks of the innermost parallel loop do not share it");
        check(!kernel.schedule().isDown(parallel.getLast().id()), choice, "the first block that reads it begins last");
    }

    private Tile tile(Choice choice, String name) {
        return facts.definition(name)
                .orElseThrow(() -> illegal(choice.toString(), "the program has no such tile; it has " + tiles()))
                .tile();
    }

    private String tiles() {
        return listed(kernel.program().definitions().stream().map(d -> d.tile().name()));
    }

    private String loops() {
        return listed(kernel.program().loops().stream().map(l -> l.id().name()));
    }

    private static String listed(Stream<String> names) {
        String list = names.distinct().collect(Collectors.joining(", "));
        return list.isEmpty() ? "none" : list;
    }

    private void isPlaced(Tile tile) {
        boolean placed = kernel.schedule().choices().stream()
                .anyMatch(c -> c instanceof Choice.Place p && p.tile().equals(tile.name()));
        check(placed, tile.name(), "no choice says where " + tile + " is held, as `place " + tile + " local` does");
    }

    private void check(boolean holds, Object choice, String why) {
        if (!holds) {
            throw illegal(choice.toString(), why);
        }
    }

    private IllegalSchedule illegal(String choice, String why) {
        return new IllegalSchedule(kernel.program(), choice, why);
    }
}
