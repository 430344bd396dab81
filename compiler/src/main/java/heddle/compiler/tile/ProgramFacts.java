package heddle.compiler.tile;

import heddle.compiler.index.BlockStrides;
import heddle.compiler.scalar.Axis;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A tile program and what policies and verifiers want to know of it. Each answer is found once, so that whoever checks a schedule
 * need not look again where the policy that made it has looked. Of one thread.
 */
public final class ProgramFacts {
    private final TileProgram program;
    private final Map<String, TileStmt.Loop> loops = new HashMap<>();
    private final Map<String, TileStmt.Define> tiles = new HashMap<>();
    private final Set<String> changed = new HashSet<>();
    private final Map<String, Boolean> cuttable = new HashMap<>();
    private final Map<Map.Entry<String, Map<Axis, Integer>>, Boolean> inRows = new HashMap<>();
    private Cuttable cuts;

    /** @param program well formed */
    public ProgramFacts(TileProgram program) {
        this.program = program;
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
                        key -> BlockStrides.of(m.program(), sizes).isPresent());
    }
}
