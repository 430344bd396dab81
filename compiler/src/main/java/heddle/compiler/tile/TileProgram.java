package heddle.compiler.tile;

import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.type.Dim;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;

/**
 * What a kernel computes: loops over blocks and statements on tiles. There is no block size, memory space, lane or thread in it, and
 * it names no target. {@link TileVerifier} says which programs are well formed, {@link TileInterpreter} what they mean.
 *
 * @param name     the path of the operation that it is for, {@code layer.3/attention:contract#1}, unique in the plan; code
 *                 writers make identifiers of it
 * @param label    what kind of kernel it is: {@code map}, {@code rows}, {@code contraction}, {@code attention}
 * @param body     its statements, parallel loops around everything else
 * @param comments lines for listings and generated code: graph nodes and source places
 */
public record TileProgram(String name, String label, List<TileStmt> body, List<String> comments) {
    public TileProgram {
        body = List.copyOf(body);
        comments = List.copyOf(comments);
    }

    /** A program whose statements stand in parallel loops over all indexes of some axes, outermost first. */
    public static TileProgram parallel(
            String name, String label, List<Axis> axes, List<TileStmt> inner, List<String> comments) {
        List<TileStmt> body = inner;
        for (Axis axis : axes.reversed()) {
            body = List.of(TileStmt.Loop.over(axis, LoopMode.PARALLEL, Optional.empty(), body));
        }
        return new TileProgram(name, label, body, comments);
    }

    /** The parallel loops around everything else, outermost first. */
    public List<TileStmt.Loop> parallel() {
        List<TileStmt.Loop> loops = new ArrayList<>();
        List<TileStmt> body = this.body;
        while (body.size() == 1
                && body.getFirst() instanceof TileStmt.Loop loop
                && loop.mode() instanceof LoopMode.Parallel) {
            loops.add(loop);
            body = loop.body();
        }
        return loops;
    }

    /** What happens for one block of each parallel loop. */
    public List<TileStmt> inner() {
        List<TileStmt.Loop> loops = parallel();
        return loops.isEmpty() ? body : loops.getLast().body();
    }

    /** The first loop over an axis; empty when none runs over it. */
    public Optional<LoopId> loopOver(Axis axis) {
        return ProgramParts.loopOver(body, axis).map(TileStmt.Loop::id);
    }

    /** The loop that is called so. */
    public TileStmt.Loop loop(LoopId id) {
        return loops().stream().filter(l -> l.id().equals(id)).findFirst().orElseThrow();
    }

    /** Its loops, outer ones first. */
    public List<TileStmt.Loop> loops() {
        List<TileStmt.Loop> loops = new ArrayList<>();
        ProgramParts.statements(body, stmt -> {
            if (stmt instanceof TileStmt.Loop loop) {
                loops.add(loop);
            }
        });
        return loops;
    }

    /** Its definitions of tiles, but those of merges, in order. */
    public List<TileStmt.Define> definitions() {
        return TileStmt.all(body).stream()
                .filter(TileStmt.Define.class::isInstance)
                .map(TileStmt.Define.class::cast)
                .toList();
    }

    /** Whether a tile is a factor of a product. */
    public boolean isOperand(Tile tile) {
        List<Tile> factors = new ArrayList<>();
        ProgramParts.statements(body, stmt -> stmt.product().ifPresent(dot -> factors.addAll(dot.factors())));
        return factors.contains(tile);
    }

    /** Every scalar program, address, bound and mask in it. */
    public List<ScalarExpr> programs() {
        List<ScalarExpr> programs = new ArrayList<>();
        ProgramParts.programs(body, programs::add);
        return programs;
    }

    /** The buffers it reads, each once, in the order in which they are read first. */
    public SequencedSet<Buffer> reads() {
        SequencedSet<Buffer> buffers = new LinkedHashSet<>();
        ProgramParts.programs(
                body,
                program -> ScalarExprs.visit(program, e -> {
                    if (e instanceof ScalarExpr.Element x) {
                        buffers.add(x.buffer());
                    }
                }));
        return buffers;
    }

    /** The buffers it adds to and how it combines values there: neutral elements before, zeros for sums. */
    public SequencedMap<Buffer, Reduction> sums() {
        SequencedMap<Buffer, Reduction> buffers = new LinkedHashMap<>();
        ProgramParts.statements(body, stmt -> {
            if (stmt instanceof TileStmt.AddTo a) {
                buffers.put(a.buffer(), a.kind());
            }
        });
        return buffers;
    }

    /**
     * Lengths without which there is nothing to do: those of the one buffer that it adds to, where it does nothing else, but for lengths
     * of parallel loops, which have no block then. Where one is zero the program is not run, since the buffer has no element that an index
     * could be brought into.
     */
    public SequencedSet<Dim> needed() {
        SequencedSet<Dim> needed = new LinkedHashSet<>();
        if (writes().size() == 1 && sums().size() == 1) {
            needed.addAll(writes().getFirst().type().shape().dims());
            needed.removeIf(Dim::isKnown);
            parallel().forEach(loop -> needed.remove(loop.axis().extent()));
        }
        return needed;
    }

    /** Whether it has nothing to do with these lengths. */
    public boolean isIdle(Map<String, Long> lengths) {
        return needed().stream().anyMatch(length -> length.evaluate(lengths) == 0);
    }

    /** The buffers it stores or adds to, each once. */
    public SequencedSet<Buffer> writes() {
        SequencedSet<Buffer> buffers = new LinkedHashSet<>();
        ProgramParts.statements(body, stmt -> {
            switch (stmt) {
                case TileStmt.Store s -> buffers.add(s.buffer());
                case TileStmt.AddTo a -> buffers.add(a.buffer());
                default -> {}
            }
        });
        return buffers;
    }
}
