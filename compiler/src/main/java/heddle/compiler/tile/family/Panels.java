package heddle.compiler.tile.family;

import heddle.compiler.index.IndexSimplifier;
import heddle.compiler.index.LinearForm;
import heddle.compiler.scalar.Annihilating;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.Stored;
import heddle.compiler.type.TensorType;
import java.util.List;
import java.util.Map;

/**
 * The right operand of a matmul, packed in panels so that a kernel reads a block of columns from front to back: {@code
 * [ceil(n / width), k, width]}, padded with zeros (Goto and van de Geijn, Anatomy of High-Performance Matrix
 * Multiplication, 2008). A weight is packed once, when it is loaded.
 *
 * @param pack    writes the panels
 * @param operand the product's {@code b}, read from the panels
 */
public record Panels(MapFamily pack, ScalarExpr operand) {
    /**
     * Panels of {@code c.b()}, which may not depend on the batch.
     *
     * @param width  columns of a panel: the block size of {@code n}
     * @param buffer the name of the panels' buffer
     */
    public static Panels of(Contraction c, int width, String buffer) {
        if (c.batch().stream().anyMatch(axis -> ScalarExprs.reads(c.b(), axis))) {
            throw new IllegalArgumentException("the right side differs from batch to batch: " + c.b());
        }
        Dim count = c.n().extent().ceilDiv(Dim.of(width));
        DType type = c.b().type();
        TensorType shape = new TensorType(type, Shape.of(count, c.k().extent(), Dim.of(width)));
        Buffer panels = new Buffer(buffer, shape, stored(c));
        Axis panel = new Axis("panel", count);
        Axis column = new Axis("column", Dim.of(width));
        ScalarExpr n = add(times(ScalarExpr.of(panel), width), ScalarExpr.of(column));
        ScalarExpr value = ScalarExprs.substitute(c.b(), Map.of(c.n(), n));
        ScalarExpr within = ScalarExpr.apply(ScalarFn.LT, n, ScalarExpr.of(c.n().extent()));
        ScalarExpr padded = c.n().extent().equals(count.times(width))
                ? value
                : ScalarExpr.apply(ScalarFn.SELECT, within, value, ScalarExpr.zero(type));
        MapFamily pack = new MapFamily(
                List.of(panel, c.k(), column),
                panels,
                address(ScalarExpr.of(panel), c.k(), ScalarExpr.of(column), width),
                IndexSimplifier.simplify(padded));
        ScalarExpr index = ScalarExpr.of(c.n());
        ScalarExpr at =
                address(divided(ScalarFn.FLOOR_DIV, index, width), c.k(), divided(ScalarFn.MOD, index, width), width);
        return new Panels(pack, new ScalarExpr.Element(panels, at));
    }

    /** Panels of what is packed are packed too, except where zeros of a factor add nothing, which needs a look at them. */
    private static Stored stored(Contraction c) {
        ScalarExpr moved = c.b() instanceof ScalarExpr.Apply a && a.fn() == ScalarFn.CAST
                ? a.args().getFirst()
                : c.b();
        return c.b().type() == DType.F32
                        && c.zeros() == Annihilating.NEITHER
                        && moved instanceof ScalarExpr.Element e
                        && e.buffer().stored().isPacked()
                ? e.buffer().stored()
                : Stored.of(c.b().type());
    }

    /** {@code c} with its right side read from the panels. */
    public Contraction applyTo(Contraction c) {
        return new Contraction(
                c.batch(),
                c.m(),
                c.n(),
                c.k(),
                c.a(),
                operand,
                c.zeros(),
                c.acc(),
                c.epilogue(),
                c.output(),
                c.address());
    }

    /** Whether {@code b} is read from panels of {@code width} columns, so that all columns of a block are there. */
    public static boolean arePanels(ScalarExpr b, Axis n, Axis k, int width) {
        if (!(b instanceof ScalarExpr.Element element)) {
            return false;
        }
        Axis panel = new Axis("panel", n.extent().ceilDiv(Dim.of(width)));
        Axis column = new Axis("column", Dim.of(width));
        ScalarExpr split = add(times(ScalarExpr.of(panel), width), ScalarExpr.of(column));
        LinearForm found = IndexSimplifier.form(ScalarExprs.substitute(element.address(), Map.of(n, split)));
        LinearForm wanted = IndexSimplifier.form(address(ScalarExpr.of(panel), k, ScalarExpr.of(column), width));
        // A matrix of one row looks like a panel but need not have all its columns.
        return found.equals(wanted)
                && IndexSimplifier.isWithin(
                        found.toExpr(), element.buffer().type().shape().size());
    }

    private static ScalarExpr address(ScalarExpr panel, Axis k, ScalarExpr column, int width) {
        ScalarExpr row = add(ScalarExpr.apply(ScalarFn.MUL, panel, ScalarExpr.of(k.extent())), ScalarExpr.of(k));
        return IndexSimplifier.simplify(add(times(row, width), column));
    }

    private static ScalarExpr divided(ScalarFn fn, ScalarExpr index, int width) {
        return ScalarExpr.apply(fn, index, ScalarExpr.of(width));
    }

    private static ScalarExpr times(ScalarExpr e, int factor) {
        return ScalarExpr.apply(ScalarFn.MUL, e, ScalarExpr.of(factor));
    }

    private static ScalarExpr add(ScalarExpr a, ScalarExpr b) {
        return ScalarExpr.apply(ScalarFn.ADD, a, b);
    }
}
