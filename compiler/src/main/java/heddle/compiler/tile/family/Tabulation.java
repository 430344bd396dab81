package heddle.compiler.tile.family;

import heddle.compiler.index.BlockTable;
import heddle.compiler.index.IndexSimplifier;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.Dim;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes the kernel that fills a {@link BlockTable}: a row for each block, reduced to its extremes. */
public final class Tabulation {
    private final BlockTable table;
    private final List<Axis> rows = new ArrayList<>();
    private final Map<Axis, ScalarExpr> indexes = new HashMap<>();
    private final Axis within;

    private Tabulation(BlockTable table) {
        this.table = table;
        int elements = table.blocks().stream().reduce(1, Math::multiplyExact);
        within = new Axis("within", Dim.of(elements));
        int stride = elements;
        for (int at = 0; at < table.axes().size(); at++) {
            Axis axis = table.axes().get(at);
            int block = table.blocks().get(at);
            if (block == 1) {
                rows.add(axis);
            } else {
                stride /= block;
                rows.add(new Axis(axis.name() + "Block", axis.extent().ceilDiv(Dim.of(block))));
                indexes.put(axis, index(axis, ScalarExpr.of(rows.getLast()), block, stride));
            }
        }
    }

    /** The kernel that fills {@code table}. */
    public static RowFamily fill(BlockTable table) {
        return new Tabulation(table).kernel();
    }

    /** The index along an axis. Beyond the last block it is the last index, which changes no extreme. */
    private ScalarExpr index(Axis axis, ScalarExpr number, int block, int stride) {
        ScalarExpr place = apply(
                ScalarFn.MOD,
                apply(ScalarFn.FLOOR_DIV, ScalarExpr.of(within), ScalarExpr.of(stride)),
                ScalarExpr.of(block));
        ScalarExpr index = apply(ScalarFn.ADD, apply(ScalarFn.MUL, number, ScalarExpr.of(block)), place);
        return apply(ScalarFn.MIN, index, ScalarExpr.of(axis.extent().minus(1)));
    }

    private RowFamily kernel() {
        ScalarExpr part = IndexSimplifier.simplify(ScalarExprs.substitute(table.part(), indexes));
        ScalarExpr.Variable least = new ScalarExpr.Variable("least", part.type());
        ScalarExpr.Variable greatest = new ScalarExpr.Variable("greatest", part.type());
        return new RowFamily(
                rows,
                within,
                List.of(
                        new RowFamily.Step(least, Optional.of(Reduction.MIN), part),
                        new RowFamily.Step(greatest, Optional.of(Reduction.MAX), part)),
                List.of(write(least, 0), write(greatest, 1)));
    }

    private RowFamily.Write write(ScalarExpr value, int which) {
        List<ScalarExpr> entry = rows.stream().map(ScalarExpr::of).toList();
        return new RowFamily.Write(table.buffer(), false, table.address(entry, which), value);
    }

    private static ScalarExpr apply(ScalarFn fn, ScalarExpr a, ScalarExpr b) {
        return ScalarExpr.apply(fn, a, b);
    }
}
