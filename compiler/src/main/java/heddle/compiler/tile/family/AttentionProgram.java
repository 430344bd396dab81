package heddle.compiler.tile.family;

import heddle.compiler.scalar.Annihilating;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.tile.LoopId;
import heddle.compiler.tile.LoopMask;
import heddle.compiler.tile.LoopMode;
import heddle.compiler.tile.Tile;
import heddle.compiler.tile.TileExpr;
import heddle.compiler.tile.TileProgram;
import heddle.compiler.tile.TileStmt;
import heddle.compiler.type.DType;
import java.util.ArrayList;
import java.util.List;

/** Writes the tile program of an {@link Attention}. */
final class AttentionProgram {
    private static final String QUERY = "q";
    private static final String KEY = "k";
    private static final String VALUE = "v";
    private static final String ROW_MAX = "rowMax";

    private final Attention attention;
    private final ScaledQuery scaled;
    private final DType type;
    private final Tile query;
    private final Tile key;
    private final Tile value;
    private final Tile score;
    private final Tile rowMax;
    private final Tile rowSum;
    private final Tile acc;

    AttentionProgram(Attention attention) {
        this.attention = attention;
        this.scaled = ScaledQuery.of(attention);
        Axis i = attention.i();
        type = attention.raw().type();
        query = new Tile(QUERY, attention.q().type(), List.of(i, attention.d()));
        key = new Tile(KEY, attention.k().type(), List.of(attention.j(), attention.d()));
        value = new Tile(VALUE, attention.v().type(), List.of(attention.e(), attention.j()));
        score = new Tile(attention.raw().name(), type, List.of(i, attention.j()));
        rowMax = row(ROW_MAX);
        rowSum = row(attention.rowSum().name());
        acc = new Tile(attention.acc().name(), type, List.of(i, attention.e()));
    }

    private Tile row(String name) {
        return new Tile(name, type, List.of(attention.i()));
    }

    TileProgram program(String name, List<String> comments) {
        List<TileStmt> body = new ArrayList<>();
        body.add(map(query, scaled.query()));
        body.add(map(acc, literal(0)));
        body.addAll(start());
        List<TileStmt> block = new ArrayList<>(scores());
        block.addAll(softmax());
        block.addAll(product());
        body.add(TileStmt.Loop.over(
                attention.j(),
                new LoopMode.Partial(carried(), merge()),
                attention.mask().map(LoopMask::new),
                block));
        body.addAll(results());
        List<Axis> parallel = new ArrayList<>(attention.batch());
        parallel.add(attention.i());
        parallel.add(attention.e());
        return TileProgram.parallel(name, "attention", parallel, body, comments);
    }

    private List<LoopMode.Carried> carried() {
        return List.of(
                new LoopMode.Carried(acc, literal(0), part(acc)),
                new LoopMode.Carried(rowMax, literal(Double.NEGATIVE_INFINITY), part(rowMax)),
                new LoopMode.Carried(rowSum, literal(0), part(rowSum)));
    }

    private static Tile part(Tile tile) {
        return new Tile(tile.name() + "Part", tile.type(), tile.axes());
    }

    /**
     * A sum of values times a factor of zero is zero: what has no weight any more must not show, be it infinite or NaN. A score that is
     * NaN does show: the sum of a row keeps it.
     */
    private ScalarExpr scaled(Tile sum, Tile factor) {
        ScalarExpr isZero = apply(ScalarFn.EQ, factor.value(), literal(0));
        return apply(ScalarFn.SELECT, isZero, literal(0), product(sum, factor));
    }

    /** Two partial results, each brought to the maximum of both (Dao et al. 2023, Flash-Decoding). */
    private List<TileStmt> merge() {
        Tile top = row("top");
        Tile base = row("base");
        Tile own = row("ownScale");
        Tile other = row("partScale");
        ScalarExpr nothingYet = apply(ScalarFn.EQ, top.value(), literal(Double.NEGATIVE_INFINITY));
        return List.of(
                map(top, apply(ScalarFn.MAX, rowMax.value(), part(rowMax).value())),
                map(base, apply(ScalarFn.SELECT, nothingYet, literal(0), top.value())),
                map(own, exponential(rowMax, base)),
                map(other, exponential(part(rowMax), base)),
                joined(acc, scaled(acc, own), scaled(part(acc), other)),
                joined(rowSum, product(rowSum, own), product(part(rowSum), other)),
                new TileStmt.Update(rowMax, new TileExpr.Map(top.value())));
    }

    private static TileStmt joined(Tile state, ScalarExpr own, ScalarExpr other) {
        return new TileStmt.Update(state, new TileExpr.Map(apply(ScalarFn.ADD, own, other)));
    }

    private static ScalarExpr product(Tile sum, Tile factor) {
        return apply(ScalarFn.MUL, sum.value(), factor.value());
    }

    /**
     * A sink is the first score of a row. It counts one, unless it is minus infinity; NaN or plus infinity makes the row NaN
     * however many blocks are skipped.
     */
    private List<TileStmt> start() {
        if (attention.sink().isEmpty()) {
            return List.of(map(rowMax, literal(Double.NEGATIVE_INFINITY)), map(rowSum, literal(0)));
        }
        ScalarExpr isNone = apply(ScalarFn.EQ, rowMax.value(), literal(Double.NEGATIVE_INFINITY));
        ScalarExpr counted = apply(ScalarFn.SELECT, isNone, literal(0), exponential(rowMax, rowMax));
        return List.of(map(rowMax, attention.sink().get()), map(rowSum, counted));
    }

    private List<TileStmt> scores() {
        List<TileStmt> steps = new ArrayList<>();
        steps.add(map(key, attention.k()));
        steps.add(new TileStmt.Define(score, new TileExpr.Dot(query, key, attention.d(), attention.zeros())));
        if (!scaled.score().equals(score.value())) {
            steps.add(new TileStmt.Update(score, new TileExpr.Map(scaled.score())));
        }
        attention.mask().ifPresent(mask -> {
            ScalarExpr masked = apply(ScalarFn.SELECT, mask, score.value(), literal(Double.NEGATIVE_INFINITY));
            steps.add(new TileStmt.Masked(
                    LoopId.of(attention.j()), List.of(new TileStmt.Update(score, new TileExpr.Map(masked)))));
        });
        return steps;
    }

    private List<TileStmt> softmax() {
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
                new TileStmt.Update(score, new TileExpr.Map(exponential(score, shift))),
                reduce(blockSum, Reduction.SUM, false),
                new TileStmt.Update(
                        rowSum,
                        new TileExpr.Map(apply(
                                ScalarFn.ADD, apply(ScalarFn.MUL, rowSum.value(), rescale.value()), blockSum.value()))),
                new TileStmt.Update(rowMax, new TileExpr.Map(newMax.value())),
                new TileStmt.Update(acc, new TileExpr.Map(scaled(acc, rescale))));
    }

    private List<TileStmt> product() {
        List<TileStmt> steps = new ArrayList<>();
        attention
                .weight()
                .ifPresent(weight -> steps.add(new TileStmt.Update(score, new TileExpr.Map(weighted(weight)))));
        steps.add(map(value, attention.v()));
        steps.add(new TileStmt.Accumulate(acc, new TileExpr.Dot(score, value, attention.j(), Annihilating.LEFT)));
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

    /**
     * A row that has seen no score above minus infinity has a sum of zero; its result is zero. So is the result without keys,
     * even where a sink is NaN, because no probability is there to be NaN.
     */
    private List<TileStmt> results() {
        List<TileStmt> steps = new ArrayList<>();
        Tile scale = row("scale");
        ScalarExpr empty = apply(ScalarFn.EQ, rowSum.value(), literal(0));
        if (attention.sink().isPresent() && !attention.j().extent().isKnown()) {
            ScalarExpr noKeys = apply(ScalarFn.EQ, ScalarExpr.of(attention.j().extent()), ScalarExpr.of(0));
            empty = apply(ScalarFn.OR, noKeys, empty);
        }
        ScalarExpr inverse = apply(ScalarFn.DIV, literal(1), rowSum.value());
        steps.add(map(scale, apply(ScalarFn.SELECT, empty, literal(0), inverse)));
        steps.add(new TileStmt.Update(acc, new TileExpr.Map(apply(ScalarFn.MUL, acc.value(), scale.value()))));
        steps.add(new TileStmt.Store(
                attention.output(), List.of(attention.i(), attention.e()), attention.address(), attention.epilogue()));
        attention
                .logSumExp()
                .ifPresent(lse -> steps.add(new TileStmt.Store(
                        lse.output(),
                        List.of(attention.i()),
                        lse.address(),
                        apply(ScalarFn.ADD, rowMax.value(), apply(ScalarFn.LOG, rowSum.value())))));
        return steps;
    }

    private TileStmt reduce(Tile result, Reduction kind, boolean ignoresNaN) {
        return new TileStmt.Define(result, new TileExpr.Reduce(kind, score.value(), attention.j(), ignoresNaN));
    }

    private static ScalarExpr exponential(Tile tile, Tile shift) {
        return apply(ScalarFn.EXP, apply(ScalarFn.SUB, tile.value(), shift.value()));
    }

    private static TileStmt map(Tile tile, ScalarExpr program) {
        return new TileStmt.Define(tile, new TileExpr.Map(program));
    }

    private ScalarExpr literal(double value) {
        return new ScalarExpr.Literal(type, value);
    }

    private static ScalarExpr apply(ScalarFn fn, ScalarExpr... args) {
        return ScalarExpr.apply(fn, args);
    }
}
