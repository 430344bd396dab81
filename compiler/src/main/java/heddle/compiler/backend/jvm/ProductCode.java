package heddle.compiler.backend.jvm;

import heddle.compiler.backend.emit.JavaText;
import heddle.compiler.backend.jvm.product.MicroKernel;
import heddle.compiler.backend.jvm.product.ProductMethods;
import heddle.compiler.backend.jvm.text.Locals;
import heddle.compiler.index.ScaledBlock;
import heddle.compiler.scalar.Annihilating;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scheduled.Action;
import heddle.compiler.scheduled.PlacedTile;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Writes the call that multiplies two tiles. */
final class ProductCode {
    private final KernelScope scope;
    private final BlockRanges ranges;

    ProductCode(KernelScope scope, BlockRanges ranges) {
        this.scope = scope;
        this.ranges = ranges;
    }

    /** @param plain a variable that tells whether zeros are numbers like others, if there is one */
    void write(Action.Product p, Optional<String> plain, JavaText out) {
        PlacedTile sums = p.sums();
        Axis row = sums.row().orElseThrow();
        Sides sides = new Sides(scope, ranges, out);
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
        scales.ifPresent(block -> addScales(block, sums.lane(), p.over(), arguments, out));
        arguments.add(scope.locals().array(sums.buffer()).array());
        out.line(scope.products().of(shape) + "(" + String.join(", ", arguments) + ");");
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
}
