package heddle.compiler.backend.jvm;

import heddle.compiler.backend.emit.JavaText;
import heddle.compiler.backend.jvm.product.ColumnParts;
import heddle.compiler.backend.jvm.product.Distance;
import heddle.compiler.backend.jvm.text.Locals;
import heddle.compiler.index.BlockStrides;
import heddle.compiler.index.IndexSimplifier;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.scheduled.Action;
import heddle.compiler.scheduled.PlacedTile;
import heddle.compiler.type.Stored;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where blocks lie that are handed to methods whole.
 *
 * @param out where the position of a block is computed
 */
record Sides(KernelScope scope, JavaText out) {
    /**
     * The first element of a block, and the elements from one index to the next along two axes.
     *
     * @param parts of the block along the first axis, if it lies in some
     */
    record Side(String array, Stored stored, String at, Distance along, Distance over, Optional<ColumnParts> parts) {
        /** The array and where the block begins in it, as arguments. */
        String passed() {
            return array + ", " + at;
        }
    }

    Side of(Action.Operand operand, Axis along, Axis over) {
        return switch (operand) {
            case Action.Operand.Placed s -> scratch(s.tile(), over);
            case Action.Operand.InPlace p -> inPlace(p.block(), along, over);
            case Action.Operand.Scaled s -> inPlace(s.block().held(), along, over);
        };
    }

    private Side scratch(PlacedTile tile, Axis over) {
        var width = Distance.of(tile.width());
        var one = Distance.of(1);
        boolean overRow = tile.lane().equals(over);
        Locals.Array array = scope.locals().array(tile.buffer());
        return new Side(
                array.array(),
                tile.buffer().stored(),
                array.start(),
                overRow ? width : one,
                overRow ? one : width,
                Optional.empty());
    }

    private Side inPlace(BlockStrides block, Axis along, Axis over) {
        Locals locals = scope.locals().block();
        Map<Axis, ScalarExpr> whole = new HashMap<>();
        for (Axis axis : List.of(along, over)) {
            if (scope.isBlocked(axis)) {
                locals.bind(axis, "(long) " + KernelScope.from(axis));
            } else {
                whole.put(axis, ScalarExpr.of(0));
            }
        }
        ScalarExpr start = IndexSimplifier.simplify(ScalarExprs.substitute(block.start(), whole));
        Locals.Array array = locals.array(block.buffer());
        String position = new ScalarCode(locals, scope.support(), out).position(array.offset(), start);
        if (position.contains(" ")) {
            String name = scope.locals().fresh(array.array() + "Start");
            out.line("int " + name + " = " + position + ";");
            position = name;
        }
        return new Side(
                array.array(),
                block.buffer().stored(),
                position,
                new Distance(KernelScope.extent(block.along(along))),
                new Distance(KernelScope.extent(block.along(over))),
                block.parts()
                        .map(p -> new ColumnParts(
                                p.length(), Math.toIntExact(p.distance().value()))));
    }
}
