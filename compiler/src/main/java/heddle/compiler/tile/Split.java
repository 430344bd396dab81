package heddle.compiler.tile;

import heddle.compiler.index.IndexSimplifier;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * A program whose partial loop runs in parts, as two programs: one computes each part from the neutral values and stores what the
 * loop carries; the other adds the parts, in order, to what the loop began with, and goes on behind the loop. The length of a part
 * is a number, so that the same lengths give the same parts whatever runs them. Both programs have the name of the whole.
 *
 * @param axis  counts the parts
 * @param parts stores to the workspace
 * @param merge reads the workspace, and stores what the whole program does
 */
public record Split(Axis axis, TileProgram parts, TileProgram merge) {
    /** What the axis of the parts is called. */
    public static final String PART = "part";

    /**
     * Splits the only partial loop of a program, which goes over all of its axis.
     *
     * @param length    indexes in a part, at least one; the last may have fewer
     * @param workspace the name of the buffer for a tile that the loop carries
     * @throws IllegalArgumentException when the program has no such loop
     */
    public static Split of(TileProgram program, int length, UnaryOperator<String> workspace) {
        return new Builder(program, length, workspace).split();
    }

    private static final class Builder {
        private final TileProgram program;
        private final int at;
        private final TileStmt.Loop loop;
        private final LoopMode.Partial mode;
        private final Axis part;
        private final int length;
        private final List<Axis> batch = new ArrayList<>();
        private final Map<Tile, TileStmt.Store> stores = new LinkedHashMap<>();

        Builder(TileProgram program, int length, UnaryOperator<String> workspace) {
            this.program = program;
            this.length = length;
            this.at = position(program.inner());
            if (at < 0 || length < 1) {
                throw new IllegalArgumentException(program.name() + " has no loop to split into parts of " + length);
            }
            this.loop = (TileStmt.Loop) program.inner().get(at);
            this.mode = (LoopMode.Partial) loop.mode();
            this.part = new Axis(PART, loop.axis().extent().ceilDiv(Dim.of(length)));
            Set<Axis> spanned = new HashSet<>();
            ProgramParts.tiles(program.body(), t -> spanned.addAll(t.axes()));
            for (TileStmt.Loop outer : program.parallel()) {
                if (!outer.bounds().areAllOf(outer.axis())
                        || outer.axis().name().equals(PART)) {
                    throw new IllegalArgumentException(program.name() + " has a loop over " + outer.axis());
                }
                if (!spanned.contains(outer.axis())) {
                    batch.add(outer.axis());
                }
            }
            mode.carried().forEach(c -> stores.put(c.tile(), store(c.tile(), workspace)));
        }

        /** Where the loop stands. */
        private static int position(List<TileStmt> body) {
            for (int n = 0; n < body.size(); n++) {
                if (body.get(n) instanceof TileStmt.Loop l
                        && l.mode() instanceof LoopMode.Partial
                        && l.bounds().areAllOf(l.axis())) {
                    return n;
                }
            }
            return -1;
        }

        /** The statement that stores a part's result. */
        private TileStmt.Store store(Tile tile, UnaryOperator<String> workspace) {
            List<Axis> axes = new ArrayList<>(batch);
            axes.add(part);
            axes.addAll(tile.axes());
            Shape shape = Shape.of(axes.stream().map(Axis::extent).toArray(Dim[]::new));
            Buffer buffer = new Buffer(workspace.apply(tile.name()), new TensorType(tile.type(), shape));
            List<ScalarExpr> index =
                    axes.stream().map(a -> (ScalarExpr) ScalarExpr.of(a)).toList();
            return new TileStmt.Store(buffer, tile.axes(), IndexSimplifier.address(shape, index), tile.value());
        }

        Split split() {
            return new Split(part, parts(), merge());
        }

        private TileProgram parts() {
            List<TileStmt> body = new ArrayList<>();
            for (LoopMode.Carried c : mode.carried()) {
                body.add(new TileStmt.Define(c.tile(), new TileExpr.Map(c.neutral())));
            }
            ScalarExpr from = ScalarExpr.apply(ScalarFn.MUL, ScalarExpr.of(part), ScalarExpr.of(length));
            ScalarExpr to = ScalarExpr.apply(
                    ScalarFn.MIN,
                    ScalarExpr.apply(ScalarFn.ADD, from, ScalarExpr.of(length)),
                    loop.bounds().to());
            body.add(new TileStmt.Loop(
                    loop.id(), loop.axis(), new LoopBounds(from, to), LoopMode.SEQUENTIAL, loop.mask(), loop.body()));
            body.addAll(stores.values());
            List<Axis> axes = parallel();
            axes.add(batch.size(), part);
            return TileProgram.parallel(program.name(), program.label(), axes, needed(body), program.comments());
        }

        private TileProgram merge() {
            List<TileStmt> each = new ArrayList<>();
            for (LoopMode.Carried c : mode.carried()) {
                TileStmt.Store stored = stores.get(c.tile());
                each.add(new TileStmt.Define(
                        c.part(), new TileExpr.Map(new ScalarExpr.Element(stored.buffer(), stored.address()))));
            }
            each.addAll(mode.merge());
            List<TileStmt> body = new ArrayList<>();
            body.add(TileStmt.Loop.over(part, LoopMode.SEQUENTIAL, Optional.empty(), each));
            body.addAll(program.inner().subList(at + 1, program.inner().size()));
            return TileProgram.parallel(
                    program.name(), program.label() + " merge", parallel(), needed(body), program.comments());
        }

        /** The axes of the parallel loops, those that tiles span last. */
        private List<Axis> parallel() {
            List<Axis> axes = new ArrayList<>(batch);
            program.parallel().stream()
                    .map(TileStmt.Loop::axis)
                    .filter(a -> !batch.contains(a))
                    .forEach(axes::add);
            return axes;
        }

        /** Statements after those before the loop that they read tiles of, and that they do not define themselves. */
        private List<TileStmt> needed(List<TileStmt> body) {
            List<TileStmt> all = new ArrayList<>(body);
            Set<String> defined = new HashSet<>();
            ProgramParts.tiles(body, t -> defined.add(t.name()));
            Set<String> read = new HashSet<>();
            reads(body, read);
            for (TileStmt stmt : program.inner().subList(0, at).reversed()) {
                String tile = switch (stmt) {
                    case TileStmt.Define d -> d.tile().name();
                    case TileStmt.Update u -> u.tile().name();
                    case TileStmt.Accumulate a -> a.tile().name();
                    default -> throw new IllegalArgumentException(program.name() + " does more than define tiles");
                };
                if (read.contains(tile) && !defined.contains(tile)) {
                    all.addFirst(stmt);
                    reads(List.of(stmt), read);
                }
            }
            return all;
        }

        private static void reads(List<TileStmt> body, Set<String> names) {
            ProgramParts.programs(
                    body,
                    program -> ScalarExprs.visit(program, e -> {
                        if (e instanceof ScalarExpr.Variable v) {
                            names.add(v.name());
                        }
                    }));
            ProgramParts.statements(body, stmt -> {
                switch (stmt) {
                    case TileStmt.Define d -> dot(d.value(), names);
                    case TileStmt.Update u -> names.add(u.tile().name());
                    case TileStmt.Accumulate a -> {
                        names.add(a.tile().name());
                        dot(a.value(), names);
                    }
                    default -> {}
                }
            });
        }

        private static void dot(TileExpr value, Set<String> names) {
            if (value instanceof TileExpr.Dot d) {
                names.add(d.a().name());
                names.add(d.b().name());
            }
        }
    }
}
