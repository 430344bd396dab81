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
import heddle.compiler.type.Scales;
import heddle.compiler.type.Shape;
import heddle.compiler.type.Stored;
import heddle.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * The right operand of a matmul, packed in panels so that a kernel reads a block of columns from front to back: {@code
 * [ceil(n / width), k, width]}, padded with zeros (Goto and van de Geijn, Anatomy of High-Performance Matrix
 * Multiplication, 2008). A weight is packed once, when it is loaded. Of a weight with scales of blocks the numbers are packed and,
 * where columns have other ones, the scales: {@code [ceil(n / width), ceil(k / 32), width]}, or {@code [ceil(n / width), k, width / 32]}.
 *
 * @param packs   write the panels
 * @param operand the product's {@code b}, read from the panels
 */
public record Panels(List<MapFamily> packs, ScalarExpr operand) {
    public Panels {
        packs = List.copyOf(packs);
    }

    /**
     * Panels of {@code c.b()}, which may not depend on the batch.
     *
     * @param width  columns of a panel: the block size of {@code n}
     * @param buffer makes a new name of one
     */
    public static Panels of(Contraction c, int width, UnaryOperator<String> buffer) {
        if (c.batch().stream().anyMatch(axis -> ScalarExprs.reads(c.b(), axis))) {
            throw new IllegalArgumentException("the right side differs from batch to batch: " + c.b());
        }
        ScalarExpr k = ScalarExpr.of(c.k());
        if (!isScaled(c)) {
            return panels(c, c.b(), new Rows(c.k(), k), width, 1, buffer);
        }
        ScalarExpr.Apply product = (ScalarExpr.Apply) c.b();
        Panels held = panels(c, product.args().getFirst(), new Rows(c.k(), k), width, 1, buffer);
        Panels scales = scales(c, product.args().getLast(), width, buffer);
        List<MapFamily> packs = new ArrayList<>(held.packs);
        packs.addAll(scales.packs);
        return new Panels(packs, ScalarExpr.apply(ScalarFn.MUL, held.operand, scales.operand));
    }

    private static Panels scales(Contraction c, ScalarExpr scales, int width, UnaryOperator<String> buffer) {
        if (!ScalarExprs.reads(scales, c.n())) {
            return new Panels(List.of(), scales);
        }
        Axis blocks = new Axis(c.k().name() + "Block", c.k().extent().ceilDiv(Dim.of(Scales.BLOCK)));
        ScalarExpr block = divided(ScalarFn.FLOOR_DIV, ScalarExpr.of(c.k()), Scales.BLOCK);
        int shared = Math.min(width, Scales.BLOCK);
        return perBlock(scales, c.k(), Scales.BLOCK)
                .map(first -> ScalarExprs.substitute(scales, Map.of(c.k(), times(ScalarExpr.of(blocks), Scales.BLOCK))))
                .map(value -> panels(c, value, new Rows(blocks, block), width, 1, buffer))
                .or(() -> perBlock(scales, c.n(), shared)
                        .map(first -> panels(c, scales, new Rows(c.k(), ScalarExpr.of(c.k())), width, shared, buffer)))
                .orElse(new Panels(List.of(), scales));
    }

    /** Whether the right side is a packed weight times scales. */
    private static boolean isScaled(Contraction c) {
        return c.b() instanceof ScalarExpr.Apply a
                && a.fn() == ScalarFn.MUL
                && a.args().getFirst() instanceof ScalarExpr.Element held
                && held.buffer().stored().isQuantised();
    }

    /** What {@code e} is within each block of an axis; empty when it differs there. */
    private static Optional<ScalarExpr> perBlock(ScalarExpr e, Axis axis, int block) {
        Axis blocks = new Axis(axis.name() + "Block", axis.extent().ceilDiv(Dim.of(block)));
        Axis within = new Axis(axis.name() + "Within", Dim.of(block));
        ScalarExpr index = add(times(ScalarExpr.of(blocks), block), ScalarExpr.of(within));
        ScalarExpr any = IndexSimplifier.simplify(ScalarExprs.substitute(e, Map.of(axis, index)));
        return ScalarExprs.reads(any, within) ? Optional.empty() : Optional.of(any);
    }

    /**
     * The rows of a panel.
     *
     * @param axis from one to the next
     * @param at   the row that a kernel reads, by the index along {@code k}
     */
    private record Rows(Axis axis, ScalarExpr at) {}

    /**
     * Panels of {@code value}, a program over {@code n} and the axis of rows.
     *
     * @param width  columns of a panel
     * @param shared how many of them have one element
     */
    private static Panels panels(
            Contraction c, ScalarExpr value, Rows rows, int width, int shared, UnaryOperator<String> buffer) {
        Dim count = c.n().extent().ceilDiv(Dim.of(width));
        int elements = width / shared;
        DType type = value.type();
        TensorType shape = new TensorType(type, Shape.of(count, rows.axis.extent(), Dim.of(elements)));
        Buffer panels = new Buffer(buffer.apply(name(value)), shape, stored(value, c.zeros()));
        Axis panel = new Axis("panel", count);
        Axis column = new Axis("column", Dim.of(elements));
        ScalarExpr n = add(times(ScalarExpr.of(panel), width), times(ScalarExpr.of(column), shared));
        ScalarExpr moved = ScalarExprs.substitute(value, Map.of(c.n(), n));
        ScalarExpr within = ScalarExpr.apply(ScalarFn.LT, n, ScalarExpr.of(c.n().extent()));
        ScalarExpr padded = c.n().extent().equals(count.times(width))
                ? moved
                : ScalarExpr.apply(ScalarFn.SELECT, within, moved, ScalarExpr.zero(type));
        MapFamily pack = new MapFamily(
                List.of(panel, rows.axis, column),
                panels,
                address(
                        ScalarExpr.of(panel),
                        rows.axis.extent(),
                        ScalarExpr.of(rows.axis),
                        ScalarExpr.of(column),
                        elements),
                IndexSimplifier.simplify(padded));
        ScalarExpr index = ScalarExpr.of(c.n());
        ScalarExpr address = address(
                divided(ScalarFn.FLOOR_DIV, index, width),
                rows.axis.extent(),
                rows.at,
                divided(ScalarFn.FLOOR_DIV, divided(ScalarFn.MOD, index, width), shared),
                elements);
        return new Panels(List.of(pack), new ScalarExpr.Element(panels, address));
    }

    /** The name of the first buffer that is read. */
    private static String name(ScalarExpr value) {
        List<String> names = new ArrayList<>();
        ScalarExprs.visit(value, e -> {
            if (e instanceof ScalarExpr.Element element) {
                names.add(element.buffer().name());
            }
        });
        return names.getFirst() + "_panels";
    }

    /** Panels of what is packed are packed too, except where zeros of a factor add nothing, which needs a look at them. */
    private static Stored stored(ScalarExpr value, Annihilating zeros) {
        ScalarExpr moved = value instanceof ScalarExpr.Apply a && a.fn() == ScalarFn.CAST
                ? a.args().getFirst()
                : value;
        return value.type() == DType.F32
                        && zeros == Annihilating.NEITHER
                        && moved instanceof ScalarExpr.Element e
                        && e.buffer().stored().isPacked()
                ? e.buffer().stored()
                : Stored.of(value.type());
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
        LinearForm wanted = IndexSimplifier.form(
                address(ScalarExpr.of(panel), k.extent(), ScalarExpr.of(k), ScalarExpr.of(column), width));
        // A matrix of one row looks like a panel but need not have all its columns.
        return found.equals(wanted)
                && IndexSimplifier.isWithin(
                        found.toExpr(), element.buffer().type().shape().size());
    }

    private static ScalarExpr address(ScalarExpr panel, Dim rows, ScalarExpr at, ScalarExpr column, int width) {
        ScalarExpr row = add(ScalarExpr.apply(ScalarFn.MUL, panel, ScalarExpr.of(rows)), at);
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
