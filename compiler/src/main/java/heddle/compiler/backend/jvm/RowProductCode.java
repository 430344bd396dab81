package heddle.compiler.backend.jvm;

import heddle.compiler.backend.emit.JavaText;
import heddle.compiler.backend.jvm.product.DotKernel;
import heddle.compiler.backend.jvm.product.MicroKernel;
import heddle.compiler.backend.jvm.product.RowProductMethods;
import heddle.compiler.backend.jvm.text.Locals;
import heddle.compiler.index.BlockStrides;
import heddle.compiler.index.IndexSimplifier;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.scheduled.Action;
import heddle.compiler.scheduled.PlacedTile;
import heddle.compiler.type.Dim;
import java.util.Map;

/** Writes the calls that multiply few rows. */
final class RowProductCode {
    private final KernelScope scope;
    private final BlockRanges ranges;
    private final JavaText out;

    RowProductCode(KernelScope scope, BlockRanges ranges, JavaText out) {
        this.scope = scope;
        this.ranges = ranges;
        this.out = out;
    }

    void write(Action.RowDots d) {
        PlacedTile products = d.products();
        Side k = side(d.right(), products.lane(), d.over());
        int depth = Math.toIntExact(d.over().extent().value());
        var shape = new DotKernel.Shape(d.rows(), d.most(), depth, d.left().width(), k.step, products.width());
        String method = scope.rowProducts().scores(shape);
        out.line(method + "(" + length(products.lane()) + ", " + array(d.left()) + ", " + k.text() + array(products)
                + ");");
    }

    void write(Action.RowSums s) {
        PlacedTile sums = s.sums();
        Side v = side(s.right(), s.over(), sums.lane());
        int columns = Math.toIntExact(sums.lane().extent().value());
        var sum = new RowProductMethods.Sum(
                s.rows(), s.most(), s.vectors(), columns, sums.width(), s.left().width(), v.step, s.zeros());
        String method = scope.rowProducts().sum(sum);
        out.line(method + "(" + length(s.over()) + ", " + array(s.left()) + ", " + v.text() + array(sums) + ", "
                + array(s.before()) + ");");
    }

    private String length(Axis axis) {
        return ranges.to(axis) + " - " + ranges.from(axis);
    }

    private String array(PlacedTile tile) {
        return scope.locals().array(tile.buffer()).array();
    }

    /** Where the rows of a factor lie: its first element in the block, and the elements from one row to the next. */
    private record Side(String array, String at, MicroKernel.Distance step) {
        /** Arguments, each with a comma behind it. */
        String text() {
            return array + ", " + at + ", " + (step.isKnown() ? "" : step.text() + ", ");
        }
    }

    private Side side(BlockStrides block, Axis rows, Axis columns) {
        Locals locals = scope.locals().block();
        locals.bind(rows, "(long) " + ranges.from(rows));
        ScalarExpr start =
                IndexSimplifier.simplify(ScalarExprs.substitute(block.start(), Map.of(columns, ScalarExpr.of(0))));
        Locals.Array array = locals.array(block.buffer());
        String at = new ScalarCode(locals, scope.support(), out).position(array.offset(), start);
        Dim step = block.along(rows);
        String text = Locals.length(step);
        return new Side(
                array.array(),
                at,
                new MicroKernel.Distance(step.isKnown() ? text : "(int) " + ScalarCode.operand(text)));
    }
}
