package heddle.compiler.tile;

import heddle.compiler.index.BlockStrides;
import heddle.compiler.index.ScaledBlock;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.Set;

/**
 * A tile program and what policies and verifiers want to know of it. Each answer is found once, so that whoever checks a schedule
 * need not look again where the policy that made it has looked. Not thread-safe.
 */
public final class ProgramFacts {
    private final TileProgram program;
    private final Map<String, TileStmt.Loop> loops = new HashMap<>();
    private final Map<String, TileStmt.Define> tiles = new HashMap<>();
    private final Set<String> changed;
    private final Map<String, Boolean> cuttable = new HashMap<>();
    private final Map<Map.Entry<String, Map<Axis, Integer>>, Boolean> inRows = new HashMap<>();
    private final Map<Map.Entry<String, Map<Axis, Integer>>, Optional<BlockStrides.Parts>> parts = new HashMap<>();
    private Cuttable cuts;

    /** @param program well formed */
    public ProgramFacts(TileProgram program) {
        this.program = program;
        this.changed = ProgramParts.changed(program.body());
        ProgramParts.statements(program.body(), stmt -> {
            switch (stmt) {
                case TileStmt.Loop l -> loops.put(l.id().name(), l);
                case TileStmt.Define d -> tiles.put(d.tile().name(), d);
                default -> {}
            }
        });
    }

    public TileProgram program() {
        return program;
    }

    /** A loop of the program. */
    public Optional<TileStmt.Loop> loop(String name) {
        return Optional.ofNullable(loops.get(name));
    }

    /** All loops. */
    Iterable<TileStmt.Loop> loops() {
        return loops.values();
    }

    /** The definition of a tile. */
    public Optional<TileStmt.Define> definition(String tile) {
        return Optional.ofNullable(tiles.get(tile));
    }

    /** Whether a loop may run over blocks of several indexes. */
    boolean isCuttable(TileStmt.Loop loop) {
        if (cuts == null) {
            cuts = new Cuttable(program);
        }
        return cuttable.computeIfAbsent(loop.id().name(), name -> cuts.isCuttable(loop));
    }

    /** The axes that the statements go over which change a tile: its own, and those they reduce or sum over. */
    Set<Axis> axes(Tile tile) {
        Set<Axis> axes = new LinkedHashSet<>(tile.axes());
        ProgramParts.statements(program.body(), stmt -> {
            if (stmt instanceof TileStmt.Define d && d.tile().equals(tile)) {
                ProgramParts.over(d.value()).ifPresent(axes::add);
            } else if (stmt instanceof TileStmt.Accumulate a && a.tile().equals(tile)) {
                axes.add(a.value().over());
            }
        });
        return axes;
    }

    /** The tiles that products are summed in. */
    public List<Tile> sums() {
        SequencedSet<Tile> sums = new LinkedHashSet<>();
        ProgramParts.statements(program.body(), stmt -> {
            if (stmt instanceof TileStmt.Accumulate a) {
                sums.add(a.tile());
            } else if (stmt instanceof TileStmt.Define d && d.value() instanceof TileExpr.Dot) {
                sums.add(d.tile());
            }
        });
        return List.copyOf(sums);
    }

    /** Whether products are added to a tile block by block. */
    public boolean isAccumulated(Tile tile) {
        boolean[] found = {false};
        ProgramParts.statements(
                program.body(),
                s -> found[0] |= s instanceof TileStmt.Accumulate a && a.tile().equals(tile));
        return found[0];
    }

    /** Whether a tile is read from buffers, and neither computed from other tiles nor changed. */
    public boolean isRead(Tile tile) {
        return !changed.contains(tile.name())
                && tiles.get(tile.name()).value() instanceof TileExpr.Map m
                && !ScalarExprs.any(m.program(), e -> e instanceof ScalarExpr.Variable);
    }

    /** Statements that stand side by side: those of the program, and of each loop and condition in it. */
    public List<List<TileStmt>> blocks() {
        List<List<TileStmt>> blocks = new ArrayList<>(List.of(program.body()));
        ProgramParts.statements(program.body(), stmt -> {
            switch (stmt) {
                case TileStmt.Loop l -> blocks.add(l.body());
                case TileStmt.Masked m -> blocks.add(m.body());
                default -> {}
            }
        });
        return blocks;
    }

    /** The products, in order. */
    public List<TileExpr.Dot> products() {
        List<TileExpr.Dot> products = new ArrayList<>();
        ProgramParts.statements(program.body(), stmt -> stmt.product().ifPresent(products::add));
        return products;
    }

    /** The axes that products sum over. */
    Set<Axis> summed() {
        Set<Axis> axes = new HashSet<>();
        products().forEach(dot -> axes.add(dot.over()));
        return axes;
    }

    /** Whether a tile is a factor of a product. */
    public boolean isFactor(Tile tile) {
        return products().stream().anyMatch(d -> d.factors().contains(tile));
    }

    /**
     * Whether a tile can be read where it lies: it is one element of a buffer, in rows with strides within a block, and never changes.
     *
     * @param sizes of the blocks along its axes
     */
    public boolean isInRows(Tile tile, Map<Axis, Integer> sizes) {
        return !changed.contains(tile.name())
                && tiles.get(tile.name()).value() instanceof TileExpr.Map m
                && inRows.computeIfAbsent(
                        Map.entry(tile.name(), sizes),
                        key -> BlockStrides.of(m.program(), sizes).isPresent() || isScaled(tile, m.program(), sizes));
    }

    /** Whether a tile can be read where it lies: in rows, or in parts of each block. */
    public boolean canBeInPlace(Tile tile, Map<Axis, Integer> sizes) {
        return isInRows(tile, sizes) || parts(tile, sizes).isPresent();
    }

    /** The parts that the first of a tile's axes lies in where it has no stride along a block; empty when it cannot be read there. */
    public Optional<BlockStrides.Parts> parts(Tile tile, Map<Axis, Integer> sizes) {
        return parts.computeIfAbsent(
                Map.entry(tile.name(), sizes),
                key -> !changed.contains(tile.name())
                                && tile.axes().size() == 2
                                && tiles.get(tile.name()).value() instanceof TileExpr.Map m
                                && !isInRows(tile, sizes)
                        ? BlockStrides.inParts(m.program(), sizes, tile.axes().getFirst())
                                .flatMap(BlockStrides::parts)
                        : Optional.empty());
    }

    private static boolean isScaled(Tile tile, ScalarExpr program, Map<Axis, Integer> sizes) {
        List<Axis> axes = tile.axes();
        return axes.size() == 2
                && ScaledBlock.of(program, axes.getFirst(), axes.getLast(), sizes)
                        .isPresent();
    }
}
