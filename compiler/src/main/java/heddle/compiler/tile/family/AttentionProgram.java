package heddle.compiler.tile.family;

import heddle.compiler.scalar.Annihilating;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.tile.LoopMask;
import heddle.compiler.tile.Stmt;
import heddle.compiler.tile.Tile;
import heddle.compiler.tile.Tile.Space;
import heddle.compiler.tile.TileExpr;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.TilePlan;
import heddle.compiler.type.DType;
import java.util.ArrayList;
import java.util.List;

/** Writes the tile program of an {@link Attention}. */
final class AttentionProgram {
    private final Attention attention;
    private final TilePlan plan;
    private final ScaledQuery scaled;
    private final DType type;
    private final Tile query;
    private final Tile key;
    private final Tile value;
    private final Tile score;
    private final Tile rowMax;
    private final Tile rowSum;
    private final Tile acc;

    AttentionProgram(Attention attention, TilePlan plan) {
        this.attention = attention;
        this.plan = plan;
        this.scaled = ScaledQuery.of(attention);
        Axis i = attention.i();
        type = attention.raw().type();
        query = new Tile("q", attention.q().type(), List.of(i, attention.d()), Space.LOCAL);
        key = Operand.tile("k", attention.k(), plan, attention.j(), attention.d());
        value = Operand.tile("v", attention.v(), plan, attention.e(), attention.j());
        score = new Tile(attention.raw().name(), type, List.of(i, attention.j()), Space.LOCAL);
        rowMax = row("rowMax");
        rowSum = row(attention.rowSum().name());
        acc = new Tile(attention.acc().name(), type, List.of(i, attention.e()), Space.LOCAL);
    }

    private Tile row(String name) {
        return new Tile(name, type, List.of(attention.i()), Space.REGISTER);
    }

    TileKernel kernel(String name, List<String> comments) {
        List<Stmt> body = new ArrayList<>();
        body.add(map(query, scaled.query()));
        body.add(map(acc, literal(0)));
        body.addAll(start());
        List<Stmt> block = new ArrayList<>(scores());
        block.addAll(softmax());
        block.addAll(product());
        body.add(new Stmt.Loop(attention.j(), attention.mask().map(m -> new LoopMask(m, plan.tables())), block));
        body.addAll(results());
        List<Axis> parallel = new ArrayList<>(attention.batch());
        parallel.add(attention.i());
        if (plan.block(attention.e()) > 1) {
            parallel.add(attention.e());
        }
        return TileKernel.of(name, "attention", parallel, body, plan, comments);
    }

    /**
     * A sink is the first score of a row. It counts one, unless it is minus infinity; NaN or plus infinity makes the row NaN
     * however many blocks are skipped.
     */
    private List<Stmt> start() {
        if (attention.sink().isEmpty()) {
            return List.of(map(rowMax, literal(Double.NEGATIVE_INFINITY)), map(rowSum, literal(0)));
        }
        ScalarExpr isNone = apply(ScalarFn.EQ, rowMax.value(), literal(Double.NEGATIVE_INFINITY));
        ScalarExpr counted = apply(ScalarFn.SELECT, isNone, literal(0), exponential(rowMax, rowMax));
        return List.of(map(rowMax, attention.sink().get()), map(rowSum, counted));
    }

    private List<Stmt> scores() {
        List<Stmt> steps = new ArrayList<>();
        steps.add(map(key, attention.k()));
        steps.add(new Stmt.Define(score, new TileExpr.Dot(query, key, attention.d())));
        if (!scaled.score().equals(score.value())) {
            steps.add(new Stmt.Update(score, new TileExpr.Map(scaled.score())));
        }
        attention.mask().ifPresent(mask -> {
            ScalarExpr masked = apply(ScalarFn.SELECT, mask, score.value(), literal(Double.NEGATIVE_INFINITY));
            steps.add(new Stmt.Masked(List.of(new Stmt.Update(score, new TileExpr.Map(masked)))));
        });
        return steps;
    }

    private List<Stmt> softmax() {
        Tile blockMax = row("blockMax");
        Tile newMax = row("newMax");
        Tile shift = row("shift");
        Tile rescale = row("rescale");
        Tile blockSum = row("blockSum");
        ScalarExpr nothingYet = apply(ScalarFn.EQ, newMax.value(), literal(Double.NEGATIVE_INFINITY));
        return List.of(
                reduce(blockMax, Reduction.MAX, true),
                map(newMax, apply(ScalarFn.MAX, rowMax.value(), blockMax.value())),
                map(shift, apply(ScalarFn.SELECT, nothingYet, literal(0), newMax.value())),
                map(rescale, exponential(rowMax, shift)),
                new Stmt.Update(score, new TileExpr.Map(exponential(score, shift))),
                reduce(blockSum, Reduction.SUM, false),
                new Stmt.Update(
                        rowSum,
                        new TileExpr.Map(apply(
                                ScalarFn.ADD, apply(ScalarFn.MUL, rowSum.value(), rescale.value()), blockSum.value()))),
                new Stmt.Update(rowMax, new TileExpr.Map(newMax.value())),
                new Stmt.Update(acc, new TileExpr.Map(apply(ScalarFn.MUL, acc.value(), rescale.value()))));
    }

    private List<Stmt> product() {
        List<Stmt> steps = new ArrayList<>();
        attention.weight().ifPresent(weight -> steps.add(new Stmt.Update(score, new TileExpr.Map(weighted(weight)))));
        steps.add(map(value, attention.v()));
        steps.add(new Stmt.Accumulate(acc, new TileExpr.Dot(score, value, attention.j(), Annihilating.LEFT)));
        return steps;
    }

    /** A probability of zero stays zero, be the factor infinite: which keys a block has must not matter. */
    private ScalarExpr weighted(ScalarExpr weight) {
        ScalarExpr product = apply(ScalarFn.MUL, score.value(), weight);
        ScalarExpr isZero = apply(ScalarFn.EQ, score.value(), literal(0));
        return isFinite(weight) ? product : apply(ScalarFn.SELECT, isZero, literal(0), product);
    }

    /** Whether a program is made of numbers and truth values in a way that gives no infinity or NaN. */
    private static boolean isFinite(ScalarExpr e) {
        if (e instanceof ScalarExpr.Apply a) {
            return switch (a.fn()) {
                case CAST ->
                    !a.args().getFirst().type().isFloat() || isFinite(a.args().getFirst());
                case SELECT -> isFinite(a.args().get(1)) && isFinite(a.args().get(2));
                case NEG -> isFinite(a.args().getFirst());
                default -> false;
            };
        }
        return e instanceof ScalarExpr.Literal l && Double.isFinite(l.value());
    }

    /** A row that has seen no score above minus infinity has a sum of zero; its result is zero. */
    private List<Stmt> results() {
        List<Stmt> steps = new ArrayList<>();
        Tile scale = row("scale");
        ScalarExpr empty = apply(ScalarFn.EQ, rowSum.value(), literal(0));
        ScalarExpr inverse = apply(ScalarFn.DIV, literal(1), rowSum.value());
        steps.add(map(scale, apply(ScalarFn.SELECT, empty, literal(0), inverse)));
        steps.add(new Stmt.Update(acc, new TileExpr.Map(apply(ScalarFn.MUL, acc.value(), scale.value()))));
        steps.add(new Stmt.Store(
                attention.output(), List.of(attention.i(), attention.e()), attention.address(), attention.epilogue()));
        attention
                .logSumExp()
                .ifPresent(lse -> steps.add(new Stmt.Store(
                        lse.output(),
                        List.of(attention.i()),
                        lse.address(),
                        apply(ScalarFn.ADD, rowMax.value(), apply(ScalarFn.LOG, rowSum.value())))));
        return steps;
    }

    private Stmt reduce(Tile result, Reduction kind, boolean ignoresNaN) {
        return new Stmt.Define(result, new TileExpr.Reduce(kind, score.value(), attention.j(), ignoresNaN));
    }

    private static ScalarExpr exponential(Tile tile, Tile shift) {
        return apply(ScalarFn.EXP, apply(ScalarFn.SUB, tile.value(), shift.value()));
    }

    private static Stmt map(Tile tile, ScalarExpr program) {
        return new Stmt.Define(tile, new TileExpr.Map(program));
    }

    private ScalarExpr literal(double value) {
        return new ScalarExpr.Literal(type, value);
    }

    private static ScalarExpr apply(ScalarFn fn, ScalarExpr... args) {
        return ScalarExpr.apply(fn, args);
    }
}
