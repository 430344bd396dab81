package heddle.compiler.backend.emit;

import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExpr.Apply;
import heddle.compiler.scalar.ScalarExpr.Element;
import heddle.compiler.scalar.ScalarExpr.Index;
import heddle.compiler.scalar.ScalarExpr.Length;
import heddle.compiler.scalar.ScalarExpr.Variable;
import heddle.compiler.scheduled.Action;
import heddle.compiler.scheduled.Span;
import heddle.compiler.tile.TileExpr;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.TileStmt;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** The values that a part of a kernel reads and writes from outside it. They become the parameters of its method. */
public final class Captures {
    private final SequencedSet<Buffer> buffers = new LinkedHashSet<>();
    private final SequencedSet<Axis> axes = new LinkedHashSet<>();
    private final SequencedSet<Variable> variables = new LinkedHashSet<>();
    private final SortedSet<String> symbols = new TreeSet<>();
    private final Set<ScalarExpr> seen = Collections.newSetFromMap(new IdentityHashMap<>());

    public SequencedSet<Buffer> buffers() {
        return buffers;
    }

    public SequencedSet<Axis> axes() {
        return axes;
    }

    public SequencedSet<Variable> variables() {
        return variables;
    }

    /** Symbols of lengths, sorted. */
    public SortedSet<String> symbols() {
        return symbols;
    }

    public Captures add(ScalarExpr e) {
        if (seen.add(e)) {
            switch (e) {
                case Apply a -> a.args().forEach(this::add);
                case Element x -> {
                    buffers.add(x.buffer());
                    add(x.address());
                }
                case Index i -> axes.add(i.axis());
                case Length l -> symbols.addAll(l.dim().symbols());
                case Variable v -> variables.add(v);
                case ScalarExpr.Read r -> throw new IllegalArgumentException("a kernel reads buffers, not " + r);
                case ScalarExpr.Literal l -> {}
                case ScalarExpr.IntLiteral l -> {}
            }
        }
        return this;
    }

    /** An axis whose extent is needed. */
    public Captures addExtent(Axis axis) {
        symbols.addAll(axis.extent().symbols());
        return this;
    }

    /** What happens for one block of a kernel, and the tables that tell its blocks apart. */
    public Captures add(TileKernel kernel) {
        kernel.schedule().tables().forEach(t -> buffers.add(t.buffer()));
        return add(kernel.body());
    }

    public Captures add(List<TileStmt> stmts) {
        stmts.forEach(this::add);
        return this;
    }

    public Captures add(TileStmt stmt) {
        switch (stmt) {
            case TileStmt.Define d -> add(d.value());
            case TileStmt.Update u -> add(u.value());
            case TileStmt.Accumulate a -> add(a.value());
            case TileStmt.Loop l -> {
                addExtent(l.axis());
                add(l.bounds().from());
                add(l.bounds().to());
                l.mask().ifPresent(mask -> add(mask.program()));
                add(l.body());
            }
            case TileStmt.Masked m -> add(m.body());
            case TileStmt.Store s -> {
                s.axes().forEach(this::addExtent);
                add(s.address());
                add(s.value());
                buffers.add(s.buffer());
            }
            case TileStmt.AddTo a -> {
                a.axes().forEach(this::addExtent);
                add(a.address());
                add(a.value());
                buffers.add(a.buffer());
            }
        }
        return this;
    }

    /** What an action and those within it read and write, but variables and indexes that begin there. */
    public Captures add(Action action) {
        switch (action) {
            case Action.For f -> {
                if (f.span() instanceof Span.Whole) {
                    addExtent(f.axis());
                }
                f.body().forEach(this::add);
            }
            case Action.Let l -> add(l.value());
            case Action.Begin b -> {}
            case Action.Fold f -> add(f.value());
            case Action.Exchange e -> {}
            case Action.Add a -> add(a.stored());
            case Action.Store s -> {
                add(s.address());
                add(s.value());
                buffers.add(s.to());
            }
            default -> throw new IllegalArgumentException("not compiled apart: " + action);
        }
        return this;
    }

    private void add(TileExpr e) {
        switch (e) {
            case TileExpr.Map m -> add(m.program());
            case TileExpr.Reduce r -> {
                addExtent(r.over());
                add(r.program());
            }
            case TileExpr.Dot d -> addExtent(d.over());
        }
    }
}
