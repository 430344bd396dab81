package heddle.compiler.backend.jvm;

import heddle.compiler.backend.emit.JavaText;
import heddle.compiler.backend.jvm.product.MicroKernel;
import heddle.compiler.backend.jvm.product.ProductMethods;
import heddle.compiler.backend.jvm.text.Locals;
import heddle.compiler.index.BlockStrides;
import heddle.compiler.index.IndexSimplifier;
import heddle.compiler.index.ScaledBlock;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.scheduled.Action;
import heddle.compiler.scheduled.PlacedTile;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Stored;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes the call that multiplies two tiles. */
final class ProductCode {
    private final KernelScope scope;
    private final BlockRanges ranges;

    ProductCode(KernelScope scope, BlockRanges ranges) {
        this.scope = scope;
        this.ranges = ranges;
    }

    void write(Action.Product p, JavaText out) {
        PlacedTile sums = p.sums();
        Axis row = sums.row().orElseThrow();
        Side spread = side(p.spread(), row, p.over(), out);
        Side vectors = side(p.vectors(), sums.lane(), p.over(), out);
        if (spread.stored.isPacked()) {
            throw new IllegalStateException("single elements are not read from packed memory in place: " + p);
        }
        var strides = new MicroKernel.Strides(spread.along, spread.over, sums.width());
        Optional<ScaledBlock> scales =
                p.vectors() instanceof Action.Operand.Scaled s ? Optional.of(s.block()) : Optional.empty();
        var shape = new ProductMethods.Shape(
                sums.buffer().type().dtype(),
                vectors.stored,
                strides,
                p.zeros(),
                p.isFresh(),
                p.registers(),
                p.slice(),
                scales.map(ProductCode::scaling));
        List<String> arguments = new ArrayList<>();
        arguments.add(bare(ranges.length(row)));
        arguments.add(bare(ranges.length(p.over())));
        arguments.add(spread.array);
        arguments.add(spread.at);
        strides.unknown().forEach((name, value) -> arguments.add(value));
        arguments.add(vectors.array);
        arguments.add(vectors.at);
        scales.ifPresent(block -> addScales(block, sums.lane(), p.over(), arguments, out));
        arguments.add(scope.locals().array(sums.buffer()).array());
        out.line(scope.products().of(shape) + "(" + String.join(", ", arguments) + ");");
    }

    private static String bare(String operand) {
        return operand.startsWith("(") && operand.endsWith(")") && operand.indexOf('(', 1) < 0
                ? operand.substring(1, operand.length() - 1)
                : operand;
    }

    /** Where a side of the product lies: its first element, and the elements from one index to the next. */
    private record Side(
            String array, Stored stored, String at, MicroKernel.Distance along, MicroKernel.Distance over) {}

    private Side side(Action.Operand operand, Axis along, Axis over, JavaText out) {
        return switch (operand) {
            case Action.Operand.Placed s -> scratch(s.tile(), over);
            case Action.Operand.InPlace p -> inPlace(p.block(), along, over, out);
            case Action.Operand.Scaled s -> inPlace(s.block().held(), along, over, out);
        };
    }

    private Side scratch(PlacedTile tile, Axis over) {
        var width = new MicroKernel.Distance(String.valueOf(tile.width()));
        var one = new MicroKernel.Distance("1");
        boolean overRow = tile.lane().equals(over);
        String array = scope.locals().array(tile.buffer()).array();
        return new Side(array, tile.buffer().stored(), "0", overRow ? width : one, overRow ? one : width);
    }

    private Side inPlace(BlockStrides block, Axis along, Axis over, JavaText out) {
        Locals locals = scope.locals().block();
        Map<Axis, ScalarExpr> whole = new HashMap<>();
        for (Axis axis : List.of(along, over)) {
            if (ranges.isBlocked(axis)) {
                locals.bind(axis, "(long) " + ranges.from(axis));
            } else {
                whole.put(axis, ScalarExpr.of(0));
            }
        }
        ScalarExpr start = IndexSimplifier.simplify(ScalarExprs.substitute(block.start(), whole));
        Locals.Array array = locals.array(block.buffer());
        String position = new ScalarCode(locals, scope.support(), out).position(array.offset(), start);
        return new Side(
                array.array(),
                block.buffer().stored(),
                position,
                distance(block.along(along)),
                distance(block.along(over)));
    }

    private static ProductMethods.Scaling scaling(ScaledBlock block) {
        return new ProductMethods.Scaling(Math.toIntExact(block.step().value()), block.depth(), block.columns());
    }

    /** The array of the scales, where those of the block's columns begin, and the first index that is summed over. */
    private void addScales(ScaledBlock block, Axis column, Axis over, List<String> arguments, JavaText out) {
        Locals locals = scope.locals().block();
        locals.bind(column, "(long) " + ranges.from(column));
        Locals.Array array = locals.array(block.scales());
        arguments.add(array.array());
        arguments.add(new ScalarCode(locals, scope.support(), out).position(array.offset(), block.start()));
        arguments.add(ranges.from(over));
    }

    private static MicroKernel.Distance distance(Dim stride) {
        return new MicroKernel.Distance(
                stride.isKnown() ? Locals.length(stride) : "(int) " + ScalarCode.operand(Locals.length(stride)));
    }
}
