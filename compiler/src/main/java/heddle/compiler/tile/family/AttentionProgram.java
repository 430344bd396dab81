package heddle.compiler.tile.family;

import heddle.compiler.op.attention.AttentionDefinition;
import heddle.compiler.op.attention.AttentionPieces;
import heddle.compiler.op.attention.AttentionResult;
import heddle.compiler.scalar.Annihilating;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
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
import java.util.Optional;

/** Writes the tile program of an {@link Attention}. */
final class AttentionProgram {
    private static final String QUERY = "q";
    private static final String KEY = "k";
    private static final String VALUE = "v";

    private final Attention family;
    private final AttentionDefinition attention;
    private final AttentionPieces pieces;
    private final DType type;
    private final Tile query;
    private final Tile key;
    private final Tile value;
    private final Tile score;
    private final Tile rowMax;
    private final Tile rowSum;
    private final Tile acc;

    AttentionProgram(Attention family) {
        this.family = family;
        attention = family.definition();
        pieces = new AttentionPieces(attention);
        Axis i = attention.i();
        type = attention.compute();
        query = new Tile(QUERY, attention.q().type(), List.of(i, attention.d()));
        key = new Tile(KEY, attention.k().type(), List.of(attention.j(), attention.d()));
        value = new Tile(VALUE, attention.v().type(), List.of(attention.e(), attention.j()));
        score = new Tile(attention.raw().name(), type, List.of(i, attention.j()));
        rowMax = row(pieces.rowMax().name());
        rowSum = row(pieces.rowSum().name());
        acc = new Tile(pieces.acc().name(), type, List.of(i, attention.e()));
    }

    private Tile row(String name) {
        return new Tile(name, type, List.of(attention.i()));
    }

    TileProgram program(String name, List<String> comments) {
        List<TileStmt> body = new ArrayList<>();
        body.add(map(query, attention.q()));
        body.add(map(acc, literal(0)));
        body.addAll(start());
        List<TileStmt> block = new ArrayList<>(scores());
        block.addAll(softmax());
        block.addAll(product());
        body.add(TileStmt.Loop.over(attention.j(), new LoopMode.Partial(carried(), merge()), mask(), block));
        body.addAll(results());
        List<Axis> parallel = new ArrayList<>(attention.batch());
        parallel.add(attention.i());
        parallel.add(attention.e());
        return TileProgram.parallel(name, "attention", parallel, body, comments);
    }

    private Optional<LoopMask> mask() {
        return attention
                .mask()
                .map(LoopMask::new)
                .or(() -> family.filled()
                        .map(f -> new LoopMask(f.kept(), Optional.of(new LoopMask.Fill(rowMax, f.fill(), f.above())))));
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
        return List.of(
                map(top, apply(ScalarFn.MAX, rowMax.value(), part(rowMax).value())),
                map(base, pieces.shift(top.value())),
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

    /** A sink is the first score of a row. */
    private List<TileStmt> start() {
        return attention.sink().isEmpty()
                ? List.of(map(rowMax, literal(Double.NEGATIVE_INFINITY)), map(rowSum, literal(0)))
                : List.of(map(rowMax, attention.sink().get()), map(rowSum, pieces.countedSink(rowMax.value())));
    }

    private List<TileStmt> scores() {
        List<TileStmt> steps = new ArrayList<>();
        steps.add(map(key, attention.k()));
        steps.add(new TileStmt.Define(score, new TileExpr.Dot(query, key, attention.d(), attention.zeros())));
        ScalarExpr program = family.filled().map(FilledScores::score).orElse(attention.score());
        if (!program.equals(score.value())) {
            steps.add(update(score, program));
        }
        pieces.masked(score.value())
                .ifPresent(masked ->
                        steps.add(new TileStmt.Masked(LoopId.of(attention.j()), List.of(update(score, masked)))));
        return steps;
    }

    private List<TileStmt> softmax() {
        Tile blockMax = row("blockMax");
        Tile newMax = row("newMax");
        Tile shift = row("shift");
        Tile rescale = row("rescale");
        Tile blockSum = row("blockSum");
        return List.of(
                reduce(blockMax, Reduction.MAX, true),
                map(newMax, apply(ScalarFn.MAX, rowMax.value(), blockMax.value())),
                map(shift, pieces.shift(newMax.value())),
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
        pieces.weighted(score.value()).ifPresent(weighted -> steps.add(update(score, weighted)));
        steps.add(map(value, attention.v()));
        steps.add(new TileStmt.Accumulate(acc, new TileExpr.Dot(score, value, attention.j(), Annihilating.LEFT)));
        return steps;
    }

    private List<TileStmt> results() {
        List<TileStmt> steps = new ArrayList<>();
        Tile scale = row("scale");
        steps.add(map(scale, pieces.scale(rowSum.value())));
        steps.add(update(acc, apply(ScalarFn.MUL, acc.value(), scale.value())));
        for (Attention.Store store : family.stores()) {
            boolean isOutput = store.kind() == AttentionResult.Kind.OUTPUT;
            steps.add(new TileStmt.Store(
                    store.buffer(),
                    isOutput ? List.of(attention.i(), attention.e()) : List.of(attention.i()),
                    store.address(),
                    pieces.result(store.kind(), store.buffer().type().dtype())));
        }
        return steps;
    }

    private static TileStmt update(Tile tile, ScalarExpr program) {
        return new TileStmt.Update(tile, new TileExpr.Map(program));
    }

    private TileStmt reduce(Tile result, Reduction kind, boolean ignoresNaN) {
        return new TileStmt.Define(result, new TileExpr.Reduce(kind, score.value(), attention.j(), ignoresNaN));
    }

    private ScalarExpr exponential(Tile tile, Tile shift) {
        return ScalarExprs.shiftedExp(tile.value(), shift.value());
    }

    private static TileStmt map(Tile tile, ScalarExpr program) {
        return new TileStmt.Define(tile, new TileExpr.Map(program));
    }

    private ScalarExpr literal(double number) {
        return pieces.literal(number);
    }

    private static ScalarExpr apply(ScalarFn fn, ScalarExpr... args) {
        return ScalarExpr.apply(fn, args);
    }
}
