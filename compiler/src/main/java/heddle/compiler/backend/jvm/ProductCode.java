package heddle.compiler.backend.jvm;

import heddle.compiler.backend.emit.JavaText;
import heddle.compiler.backend.jvm.product.DotKernel;
import heddle.compiler.backend.jvm.product.MicroKernel;
import heddle.compiler.backend.jvm.product.ProductMethods;
import heddle.compiler.backend.jvm.product.RowProductMethods;
import heddle.compiler.backend.jvm.text.Locals;
import heddle.compiler.index.BlockStrides;
import heddle.compiler.index.ScaledBlock;
import heddle.compiler.scalar.Annihilating;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scheduled.Action;
import heddle.compiler.scheduled.PlacedTile;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Writes the calls that multiply tiles.
 *
 * @param out where the call, and positions before it, are written
 */
record ProductCode(KernelScope scope, BlockRanges ranges, JavaText out) {
    /** @param plain a variable that tells whether zeros are numbers like others, if there is one */
    void write(Action.Product p, Optional<String> plain) {
        PlacedTile sums = p.sums();
        Axis row = sums.row().orElseThrow();
        Sides sides = sides();
        Sides.Side spread = sides.of(p.spread(), row, p.over());
        Sides.Side vectors = sides.of(p.vectors(), sums.lane(), p.over());
        if (spread.stored().isPacked()) {
            throw new IllegalStateException("single elements are not read from packed memory in place: " + p);
        }
        var strides = new MicroKernel.Strides(spread.along(), spread.over(), sums.width());
        Optional<ScaledBlock> scales =
                p.vectors() instanceof Action.Operand.Scaled s ? Optional.of(s.block()) : Optional.empty();
        var shape = new ProductMethods.Shape(
                sums.buffer().type().dtype(),
                vectors.stored(),
                strides,
                p.zeros(),
                p.isFresh(),
                p.registers(),
                p.slice(),
                scales.map(ProductCode::scaling));
        List<String> arguments = new ArrayList<>();
        if (p.zeros() != Annihilating.NEITHER) {
            arguments.add(plain.orElse("false"));
        }
        arguments.add(sides.length(row));
        arguments.add(sides.length(p.over()));
        arguments.add(spread.array());
        arguments.add(spread.at());
        strides.unknown().forEach((name, value) -> arguments.add(value));
        arguments.add(vectors.array());
        arguments.add(vectors.at());
        scales.ifPresent(block -> addScales(block, sums.lane(), p.over(), arguments));
        arguments.add(place(sums));
        out.line(scope.products().of(shape) + "(" + String.join(", ", arguments) + ");");
    }

    private static ProductMethods.Scaling scaling(ScaledBlock block) {
        return new ProductMethods.Scaling(Math.toIntExact(block.step().value()), block.depth(), block.columns());
    }

    /** The array of the scales, where those of the block's columns begin, and the first index that is summed over. */
    private void addScales(ScaledBlock block, Axis column, Axis over, List<String> arguments) {
        Locals locals = scope.locals().block();
        locals.bind(column, "(long) " + ranges.from(column));
        Locals.Array array = locals.array(block.scales());
        arguments.add(array.array());
        arguments.add(new ScalarCode(locals, scope.support(), out).position(array.offset(), block.start()));
        arguments.add(ranges.from(over));
    }

    void write(Action.RowDots d) {
        PlacedTile products = d.products();
        Sides.Side k = side(d.right(), products.lane(), d.over());
        int depth = Math.toIntExact(d.over().extent().value());
        var shape = new DotKernel.Shape(d.rows(), d.most(), depth, d.left().width(), k.along(), products.width());
        String method = scope.rowProducts().scores(shape);
        out.line(method + "(" + sides().length(products.lane()) + ", " + place(d.left()) + ", " + arguments(k)
                + place(products) + ");");
    }

    void write(Action.RowSums s) {
        PlacedTile sums = s.sums();
        Sides.Side v = side(s.right(), s.over(), sums.lane());
        int columns = Math.toIntExact(sums.lane().extent().value());
        var sum = new RowProductMethods.Sum(
                s.rows(), s.most(), s.vectors(), columns, sums.width(), s.left().width(), v.along(), s.zeros());
        String method = scope.rowProducts().sum(sum);
        out.line(method + "(" + sides().length(s.over()) + ", " + place(s.left()) + ", " + arguments(v) + place(sums)
                + ", " + place(s.before()) + ");");
    }

    private Sides sides() {
        return new Sides(scope, ranges, out);
    }

    private Sides.Side side(BlockStrides block, Axis rows, Axis columns) {
        return sides().of(new Action.Operand.InPlace(block), rows, columns);
    }

    /** The array of a tile and where its block begins, as two arguments. */
    private String place(PlacedTile tile) {
        Locals.Array array = scope.locals().array(tile.buffer());
        return array.array() + ", " + array.start();
    }

    /** Where rows lie, each argument with a comma behind it. */
    private static String arguments(Sides.Side side) {
        return side.array() + ", " + side.at() + ", " + side.along().passed();
    }
}
