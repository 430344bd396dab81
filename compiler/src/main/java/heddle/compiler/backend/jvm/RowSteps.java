package heddle.compiler.backend.jvm;

import heddle.compiler.backend.source.Captures;
import heddle.compiler.backend.source.JavaText;
import heddle.compiler.index.Stride;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.tile.Tile;
import heddle.compiler.tile.TileExpr;
import heddle.compiler.tile.TileStmt;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Writes a loop over the rows of a block, and for each row statements one after another: numbers of the row as scalars, and what
 * runs along the row as loops in methods of their own.
 */
final class RowSteps {
    private final FewRowsWriter writer;
    private final KernelScope outer;
    private final BlockRanges ranges;
    private final List<String> indexes;
    private KernelScope scope;
    private String index;
    private JavaText out;

    /** @param indexes the variables of enclosing loops over single indexes */
    RowSteps(FewRowsWriter writer, KernelScope scope, BlockRanges ranges, List<String> indexes) {
        this.writer = writer;
        this.outer = scope;
        this.ranges = ranges;
        this.indexes = indexes;
    }

    void write(List<TileStmt> statements, JavaText text) {
        out = text;
        Axis row = writer.row();
        index = outer.locals().fresh(row.name());
        Locals inner = outer.locals().block();
        inner.bind(row, "(long) " + index);
        scope = new KernelScope(outer.kernel(), outer.target(), outer.members(), outer.entry(), inner);
        out.open("for (int " + index + " = " + ranges.from(row) + "; " + index + " < " + ranges.to(row) + "; " + index
                + "++)");
        steps(statements);
        out.close();
    }

    private void steps(List<TileStmt> statements) {
        for (int n = 0; n < statements.size(); n++) {
            Optional<TileStmt.Store> along = along(statements.get(n));
            boolean reduced = n + 1 < statements.size()
                    && along.isPresent()
                    && statements.get(n + 1) instanceof TileStmt.Define next
                    && next.value() instanceof TileExpr.Reduce r
                    && along.get().axes().equals(List.of(r.over()));
            if (reduced) {
                n++;
                TileStmt.Define next = (TileStmt.Define) statements.get(n);
                reduce(next.tile(), (TileExpr.Reduce) next.value(), List.of(along.get()));
            } else if (along.isPresent()) {
                writeAlong(along.get());
            } else {
                step(statements.get(n));
            }
        }
    }

    private void step(TileStmt stmt) {
        switch (stmt) {
            case TileStmt.Define d -> {
                switch (d.value()) {
                    case TileExpr.Reduce r -> reduce(d.tile(), r, List.of());
                    case TileExpr.Map m -> number(d.tile(), m.program());
                    case TileExpr.Dot dot -> throw new IllegalStateException("not a step of a row: " + stmt);
                }
            }
            case TileStmt.Update u -> number(u.tile(), u.value().program());
            case TileStmt.Store s -> scalars().store(onScratch(s, List.of()));
            case TileStmt.Masked m -> {
                out.open("if (!full)");
                steps(m.body());
                out.close();
            }
            default -> throw new IllegalStateException("not a step of a row: " + stmt);
        }
    }

    /** The store along a row that a statement is, if it is one. */
    private Optional<TileStmt.Store> along(TileStmt stmt) {
        return switch (stmt) {
            case TileStmt.Define d ->
                d.value() instanceof TileExpr.Map m ? along(d.tile(), m.program()) : Optional.empty();
            case TileStmt.Update u -> along(u.tile(), u.value().program());
            case TileStmt.Store s -> {
                List<Axis> axes = new ArrayList<>(s.axes());
                axes.remove(writer.row());
                yield axes.isEmpty() ? Optional.empty() : Optional.of(onScratch(s, axes));
            }
            default -> Optional.empty();
        };
    }

    private Optional<TileStmt.Store> along(Tile tile, ScalarExpr program) {
        LocalTile local = writer.scratch(tile);
        return local.row().isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new TileStmt.Store(local.buffer(), List.of(local.lane()), local.address(), onScratch(program)));
    }

    private TileStmt.Store onScratch(TileStmt.Store s, List<Axis> axes) {
        return new TileStmt.Store(s.buffer(), axes, s.address(), onScratch(s.value()));
    }

    /** {@code e} with tiles read from scratch memory. */
    private ScalarExpr onScratch(ScalarExpr e) {
        return ScalarExprs.transform(
                e,
                x -> x instanceof ScalarExpr.Variable v && writer.scratch().containsKey(v.name())
                        ? writer.scratch().get(v.name()).element()
                        : x);
    }

    private ScalarCode scalars() {
        return new ScalarCode(scope.locals(), scope.support(), out);
    }

    private void number(Tile tile, ScalarExpr program) {
        LocalTile local = writer.scratch(tile);
        scalars().store(new TileStmt.Store(local.buffer(), List.of(), local.address(), onScratch(program)));
    }

    private void reduce(Tile tile, TileExpr.Reduce r, List<TileStmt.Store> stores) {
        TileExpr.Reduce onScratch = new TileExpr.Reduce(r.kind(), onScratch(r.program()), r.over(), r.ignoresNaN());
        Captures captures = new Captures().add(onScratch.program()).addExtent(r.over());
        stores.forEach(captures::add);
        KernelScope.Part part = part(tile.name(), Locals.type(tile.type()), captures, r.over());
        Lanes lanes = Lanes.of(tile.type(), scope.target()).orElseThrow();
        String result = RowReduction.inLanes(scope, part, lanes, tile, onScratch, stores);
        part.text().line("return " + result + ";").close();
        String name = scope.locals().fresh(tile.name());
        out.line(Locals.type(tile.type()) + " " + name + " = " + part.call() + ";");
        scope.locals().bind(name, new Locals.Value(name, false));
        LocalTile local = writer.scratch(tile);
        ScalarExpr value = new ScalarExpr.Variable(name, tile.type());
        scalars().store(new TileStmt.Store(local.buffer(), List.of(), local.address(), value));
    }

    private void writeAlong(TileStmt.Store s) {
        if (scope.isScratch(s.buffer()) && s.value() instanceof ScalarExpr.Literal l && l.value() == 0) {
            clear(s);
            return;
        }
        Axis axis = s.axes().getFirst();
        KernelScope.Part part = part(s.buffer().name().replaceFirst("Tile$", ""), "void", new Captures().add(s), axis);
        Locals.Range range = part.locals().range(axis);
        Optional<Lanes> lanes = Lanes.of(s.value().type(), scope.target());
        boolean contiguous =
                Stride.of(s.address(), axis).filter(Stride::isContiguous).isPresent();
        JavaText loopText = part.text().apart();
        if (lanes.isPresent() && contiguous) {
            LaneLoop loop = new LaneLoop(lanes.get(), axis, part.locals(), scope.support(), part.text());
            loop.write(loopText, range.from(), range.to(), range.length(axis), 1, (code, copy) -> code.store(s));
        } else {
            ScalarLoop loop = new ScalarLoop(axis, part.locals(), scope.support(), part.text());
            loop.open(loopText, range.from(), range.to()).store(s);
            loopText.close();
        }
        part.text().append(loopText).close();
        out.line(part.call() + ";");
    }

    /** Sets a row to zero, also what stands behind its end: vectors of sums end there. */
    private void clear(TileStmt.Store s) {
        LocalTile tile = writer.scratch().values().stream()
                .filter(t -> t.buffer().equals(s.buffer()))
                .findFirst()
                .orElseThrow();
        String first = index + " * " + tile.width();
        String zero = Locals.type(s.buffer().type().dtype()).equals("float") ? "0f" : "0";
        out.line("Arrays.fill(" + scope.locals().array(s.buffer()).array() + ", " + first + ", " + first + " + "
                + tile.width() + ", " + zero + ");");
    }

    /** Begins a method that knows the row, the indexes of enclosing loops, and the ends of the blocks that it needs. */
    private KernelScope.Part part(String suffix, String returns, Captures captures, Axis along) {
        Set<Axis> axes = new LinkedHashSet<>(captures.axes());
        axes.add(along);
        axes.remove(writer.row());
        List<String> parameters = new ArrayList<>(List.of("int " + index));
        indexes.forEach(i -> parameters.add("int " + i));
        for (Axis axis : axes) {
            if (ranges.isBlocked(axis)) {
                parameters.add("int " + ranges.from(axis));
                parameters.add("int " + ranges.to(axis));
            }
        }
        KernelScope.Part part = scope.part("_" + suffix, returns, captures, parameters);
        axes.stream()
                .filter(ranges::isBlocked)
                .forEach(a -> part.locals().bind(a, new Locals.Range(ranges.from(a), ranges.to(a))));
        return part;
    }
}
