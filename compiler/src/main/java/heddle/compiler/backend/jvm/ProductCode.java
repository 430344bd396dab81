package heddle.compiler.backend.jvm;

import heddle.compiler.backend.emit.JavaText;
import heddle.compiler.backend.jvm.product.Matrix;
import heddle.compiler.backend.jvm.product.ProductMethods;
import heddle.compiler.backend.jvm.product.RowProductMethods;
import heddle.compiler.backend.jvm.text.Locals;
import heddle.compiler.index.ScaledBlock;
import heddle.compiler.scalar.Annihilating;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scheduled.Action;
import heddle.compiler.scheduled.PlacedTile;
import heddle.compiler.scheduled.ProductForm;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Writes the calls that multiply tiles.
 *
 * @param out where the call, and positions before it, are written
 */
record ProductCode(KernelScope scope, JavaText out) {
    /** @param plain a variable that tells whether zeros are numbers like others, if there is one */
    void write(Action.Product p, Optional<String> plain) {
        switch (p.form()) {
            case ProductForm.Blocks form -> blocks(p, form, plain);
            case ProductForm.FewRows form -> fewRows(p, form);
        }
    }

    private void blocks(Action.Product p, ProductForm.Blocks form, Optional<String> plain) {
        PlacedTile sums = p.sums();
        Axis row = sums.row().orElseThrow();
        Sides sides = sides();
        Sides.Side left = sides.of(p.left(), row, p.over());
        Sides.Side right = sides.of(p.right(), sums.lane(), p.over());
        if (left.stored().isPacked()) {
            throw new IllegalStateException("single elements are not read from packed memory in place: " + p);
        }
        Optional<ScaledBlock> scales =
                p.right() instanceof Action.Operand.Scaled s ? Optional.of(s.block()) : Optional.empty();
        DType type = sums.buffer().type().dtype();
        var shape = new ProductMethods.Shape(
                type,
                right.stored(),
                Matrix.of(Locals.type(type), "a", left.along(), left.over()),
                right.parts(),
                sums.width(),
                p.zeros(),
                p.isFresh(),
                form.registers(),
                form.slice(),
                scales.map(ProductCode::scaling),
                inTrips(p.over()));
        List<String> arguments = new ArrayList<>();
        if (p.zeros() != Annihilating.NEITHER) {
            arguments.add(plain.orElse("false"));
        }
        arguments.add(scope.length(row));
        arguments.add(scope.length(p.over()));
        arguments.add(left.passed() + left.along().passed() + left.over().passed());
        arguments.add(right.passed());
        scales.ifPresent(block -> addScales(block, sums.lane(), p.over(), arguments));
        arguments.add(place(sums));
        Runnable multiply = () -> {
            form.fetch().ifPresent(f -> fetch(f, p, right));
            call(methods().of(shape), arguments);
        };
        form.prefetch()
                .ifPresentOrElse(
                        f -> choose(
                                conditions(form, f, row),
                                () -> call(methods().prefetching(shape, f), arguments),
                                multiply),
                        multiply);
    }

    /** Whether each block of an axis has a multiple of {@link ProductMethods#STEPS} indexes. A mask may take any number off a block. */
    private boolean inTrips(Axis axis) {
        TileKernel kernel = scope.kernel();
        Dim all = axis.extent();
        boolean isWhole = all.isKnown() && all.value() % ProductMethods.STEPS == 0;
        return isWhole
                && kernel.program()
                        .loopOver(axis)
                        .map(kernel.program()::loop)
                        .map(loop -> loop.mask().isEmpty()
                                && loop.bounds().areAllOf(axis)
                                && (kernel.block(axis) >= all.value()
                                        || kernel.block(axis) % ProductMethods.STEPS == 0))
                        .orElse(true);
    }

    /** Writes one of two ways for blocks of which some conditions hold, and the other for those of which they do not. */
    private void choose(List<String> conditions, Runnable holds, Runnable otherwise) {
        if (conditions.isEmpty()) {
            holds.run();
            return;
        }
        out.open("if (" + String.join(" && ", conditions) + ")");
        holds.run();
        out.orElse();
        otherwise.run();
        out.close();
    }

    /** What must hold of a block's rows where terms are prefetched, but for what is known of all blocks. */
    private List<String> conditions(ProductForm.Blocks form, ProductForm.Prefetch prefetch, Axis row) {
        Dim all = row.extent();
        String rows = scope.length(row);
        List<String> conditions = new ArrayList<>();
        if (!all.isKnown() || all.value() > scope.kernel().block(row)) {
            conditions.add(rows + " == " + KernelScope.extent(row));
        }
        if (!all.isKnown() || all.value() < prefetch.rows()) {
            conditions.add(rows + " >= " + prefetch.rows());
        }
        form.slice()
                .filter(s -> !all.isKnown() || all.value() > s.above())
                .ifPresent(s -> conditions.add(rows + " <= " + s.above()));
        return conditions;
    }

    private void fetch(ProductForm.Fetch fetch, Action.Product p, Sides.Side block) {
        String from = scope.first(fetch.axis());
        String first = fetch.every() == 0 ? from + " == 0" : from + " % " + fetch.every() + " == 0";
        String length =
                ScalarCode.operand(scope.length(p.over())) + " * " + p.sums().width();
        out.open("if (" + first + " && " + scope.length(p.sums().row().orElseThrow()) + " >= " + fetch.rows() + ")");
        call(methods().fetch(), List.of(block.passed(), length));
        out.close();
    }

    private void call(String method, List<String> arguments) {
        out.line(method + "(" + String.join(", ", arguments) + ");");
    }

    private static ProductMethods.Scaling scaling(ScaledBlock block) {
        return new ProductMethods.Scaling(Math.toIntExact(block.step().value()), block.depth(), block.columns());
    }

    /** The array of the scales, where those of the block's columns begin, and the first index that is summed over. */
    private void addScales(ScaledBlock block, Axis column, Axis over, List<String> arguments) {
        Locals locals = scope.locals().block();
        locals.bind(column, "(long) " + scope.first(column));
        Locals.Array array = locals.array(block.scales());
        arguments.add(array.array());
        arguments.add(new ScalarCode(locals, scope.support(), out).position(array.offset(), block.start()));
        arguments.add(scope.first(over));
    }

    private void fewRows(Action.Product p, ProductForm.FewRows form) {
        PlacedTile sums = p.sums();
        Axis along = form.hasLanesAlongSum() ? p.over() : sums.lane();
        Axis others = form.hasLanesAlongSum() ? sums.lane() : p.over();
        Sides.Side left = sides().of(p.left(), sums.row().orElseThrow(), p.over());
        Sides.Side right = sides().of(p.right(), others, along);
        var shape = new RowProductMethods.Shape(
                form,
                Math.toIntExact(along.extent().value()),
                left.along(),
                right.along(),
                sums.width(),
                p.zeros() == Annihilating.LEFT);
        List<String> arguments = new ArrayList<>(List.of(
                scope.length(others),
                left.passed(),
                right.passed() + right.along().passed(),
                place(sums)));
        p.before().ifPresent(before -> arguments.add(place(before)));
        call(new RowProductMethods(scope.target(), scope.members()).of(shape), arguments);
    }

    private ProductMethods methods() {
        return new ProductMethods(scope.target(), scope.members());
    }

    private Sides sides() {
        return new Sides(scope, out);
    }

    /** The array of a tile and where its block begins in it, as arguments. */
    private String place(PlacedTile tile) {
        Locals.Array array = scope.locals().array(tile.buffer());
        return array.array() + ", " + array.start();
    }
}
