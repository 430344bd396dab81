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
import heddle.compiler.tile.KernelAxes;
import heddle.compiler.tile.TileKernel;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.SequencedSet;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The values that a part of a kernel reads and writes from outside it. They become the parameters of its method.
 *
 * @param symbols of lengths, sorted
 * @param blocks  the axes whose current block a loop runs over
 * @param seen    programs that were looked at
 */
public record Captures(
        SequencedSet<Buffer> buffers,
        SequencedSet<Axis> axes,
        SequencedSet<Variable> variables,
        SortedSet<String> symbols,
        SequencedSet<Axis> blocks,
        Set<ScalarExpr> seen) {
    public Captures() {
        this(
                new LinkedHashSet<>(),
                new LinkedHashSet<>(),
                new LinkedHashSet<>(),
                new TreeSet<>(),
                new LinkedHashSet<>(),
                Collections.newSetFromMap(new IdentityHashMap<>()));
    }

    /** The symbols of the lengths that a kernel needs, sorted. */
    public static SortedSet<String> lengths(TileKernel kernel) {
        Captures captures = new Captures();
        KernelAxes.of(kernel).forEach(captures::addExtent);
        kernel.program().programs().forEach(captures::add);
        return captures.symbols;
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
    private void addExtent(Axis axis) {
        symbols.addAll(axis.extent().symbols());
    }

    /** What an action and those within it read and write, but variables and indexes that begin there. */
    public Captures add(Action action) {
        switch (action) {
            case Action.For f -> {
                if (f.span() instanceof Span.Whole) {
                    addExtent(f.axis());
                } else if (f.span() instanceof Span.Block || f.span() instanceof Span.Padded) {
                    blocks.add(f.axis());
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
}
