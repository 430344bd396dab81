package heddle.compiler.tile.family;

import heddle.compiler.op.attention.AttentionBackward;
import heddle.compiler.op.attention.AttentionDefinition;
import heddle.compiler.op.attention.AttentionPieces;
import heddle.compiler.op.attention.GradientResult.Kind;
import heddle.compiler.scalar.Annihilating;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.tile.LoopBounds;
import heddle.compiler.tile.LoopId;
import heddle.compiler.tile.LoopMask;
import heddle.compiler.tile.LoopMode;
import heddle.compiler.tile.Tile;
import heddle.compiler.tile.TileExpr;
import heddle.compiler.tile.TileProgram;
import heddle.compiler.tile.TileStmt;
import heddle.compiler.type.DType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Writes the tile program of {@link AttentionGradients}.
 *
 * <p>Batch axes along which every result has elements of its own are parallel. The others are loops around the sum, those along which
 * more results have elements outermost: a result is summed within the loops along which it has elements, and stored at their end.
 */
final class GradientProgram {
    private final AttentionGradients family;
    private final ScalarExpr keptScore;
    private final AttentionBackward backward;
    private final AttentionDefinition attention;
    private final DType type;
    private final Axis i;
    private final Axis j;
    private final Axis outer;
    private final Tile query;
    private final Tile key;
    private final Tile keyRows;
    private final Tile value;
    private final Tile cotangent;
    private final Tile raw;
    private final Tile probability;
    private final Tile gradient;
    private final Tile rowMax;
    private final Tile rowScale;
    private final Tile delta;
    private final List<Axis> parallel;
    private final List<Axis> sequential = new ArrayList<>();
    private final List<Sum> sums = new ArrayList<>();

    /** A result that is summed in a tile. */
    private record Sum(AttentionGradients.Store store, Tile tile, int depth) {}

    GradientProgram(AttentionGradients given) {
        KeptScore kept = KeptScore.of(given);
        keptScore = kept.part();
        family = kept.family();
        backward = family.backward();
        attention = family.forward();
        type = attention.compute();
        i = attention.i();
        j = attention.j();
        outer = family.outer();
        query = new Tile("q", attention.q().type(), List.of(i, attention.d()));
        key = new Tile("k", attention.k().type(), List.of(j, attention.d()));
        value = new Tile("v", attention.v().type(), List.of(j, attention.e()));
        cotangent = new Tile("dy", backward.cotangent().type(), List.of(i, attention.e()));
        raw = new Tile(attention.raw().name(), type, List.of(i, j));
        probability = readsRawLater() ? new Tile(backward.probability().name(), type, raw.axes()) : raw;
        rowMax = new Tile("rowMax", type, List.of(i));
        rowScale = new Tile("rowScale", type, List.of(i));
        delta = new Tile("delta", type, List.of(i));
        gradient = new Tile(backward.product().name(), type, raw.axes());
        keyRows = new Tile("kRows", key.type(), key.axes());
        parallel = family.independent();
        sequential.addAll(attention.batch());
        sequential.removeAll(parallel);
        List<AttentionGradients.Store> summed = family.stores().stream()
                .filter(s -> !isElement(s) && !isAdded(s))
                .toList();
        sequential.sort(Comparator.comparingLong(
                axis -> -summed.stream().filter(s -> s.spans(axis)).count()));
        summed.forEach(this::addSum);
    }

    /** Whether what is computed after the probabilities needs the product of query and key still. */
    private boolean readsRawLater() {
        ScalarExpr read = attention.raw();
        return ScalarExprs.contains(backward.slope(), read)
                || family.stores().stream()
                        .anyMatch(s -> ScalarExprs.contains(s.result().factor(), read));
    }

    /** Whether a result is summed along the axis of the blocks, block by block. */
    private boolean isAdded(AttentionGradients.Store store) {
        return isOnePass() && store.result().kind() == Kind.QUERY;
    }

    /** Whether a result has an element for each pair. */
    private boolean isElement(AttentionGradients.Store store) {
        Kind kind = store.result().kind();
        boolean captured = kind == Kind.SCORE || kind == Kind.WEIGHT;
        return kind.isTable() || captured && ScalarExprs.reads(store.address(), family.inner());
    }

    private void addSum(AttentionGradients.Store store) {
        List<Axis> axes = switch (store.result().kind()) {
            case KEY, QUERY -> List.of(outer, attention.d());
            case VALUE -> List.of(outer, attention.e());
            default -> List.of(outer);
        };
        int depth = (int) sequential.stream().filter(store::spans).count();
        if (!sequential.stream().limit(depth).allMatch(store::spans)) {
            throw new IllegalArgumentException("no nest of loops sums " + family.stores());
        }
        sums.add(new Sum(store, new Tile("sum" + sums.size(), type, axes), depth));
    }

    TileProgram program(String name, List<String> comments) {
        List<Axis> axes = new ArrayList<>(parallel);
        List<TileStmt> body = nest(0);
        if (isOnePass()) {
            body = List.of(TileStmt.Loop.over(outer, LoopMode.SEQUENTIAL, Optional.empty(), body));
        } else {
            axes.add(isTables() ? part() : outer);
        }
        return TileProgram.parallel(name, "attention gradient", axes, body, comments);
    }

    private boolean isOnePass() {
        return family.side() == AttentionGradients.Side.BOTH;
    }

    private boolean isTables() {
        return family.side() == AttentionGradients.Side.TABLES;
    }

    private Axis part() {
        return AttentionGradients.part(family.stores().getFirst().result());
    }

    /** The queries of a part, whose tables no other part adds to. */
    private TileStmt ofPart() {
        ScalarExpr length = ScalarExpr.of(i.extent().ceilDiv(part().extent()));
        ScalarExpr from = ScalarExpr.apply(ScalarFn.MUL, ScalarExpr.of(part()), length);
        ScalarExpr all = ScalarExpr.of(i.extent());
        List<TileStmt> body = new ArrayList<>(operands(i));
        body.add(TileStmt.Loop.over(j, LoopMode.SEQUENTIAL, attention.mask().map(LoopMask::new), block()));
        return new TileStmt.Loop(
                LoopId.of(i),
                i,
                new LoopBounds(
                        ScalarExpr.apply(ScalarFn.MIN, from, all),
                        ScalarExpr.apply(ScalarFn.MIN, ScalarExpr.apply(ScalarFn.ADD, from, length), all)),
                LoopMode.SEQUENTIAL,
                Optional.empty(),
                body);
    }

    /** What stands within the first sequential loops. */
    private List<TileStmt> nest(int depth) {
        List<TileStmt> body = new ArrayList<>();
        if (isTables()) {
            body.add(
                    depth < sequential.size()
                            ? TileStmt.Loop.over(
                                    sequential.get(depth), LoopMode.SEQUENTIAL, Optional.empty(), nest(depth + 1))
                            : ofPart());
            return body;
        }
        List<TileStmt.Define> operands = new ArrayList<>(operands(outer));
        if (isOnePass()) {
            operands.add(map(keyRows, attention.k()));
        }
        for (TileStmt.Define operand : operands) {
            if (depthOf(operand) == depth) {
                body.add(operand);
            }
        }
        sums.stream().filter(s -> s.depth == depth).forEach(s -> body.add(map(s.tile, literal(0))));
        if (depth < sequential.size()) {
            body.add(TileStmt.Loop.over(sequential.get(depth), LoopMode.SEQUENTIAL, Optional.empty(), nest(depth + 1)));
        } else {
            body.add(TileStmt.Loop.over(
                    family.inner(), LoopMode.SEQUENTIAL, attention.mask().map(LoopMask::new), block()));
        }
        sums.stream().filter(s -> s.depth == depth).map(this::stored).forEach(body::add);
        return body;
    }

    /** The operands that lie along an axis. */
    private List<TileStmt.Define> operands(Axis axis) {
        return axis.equals(i)
                ? List.of(
                        map(query, attention.q()),
                        map(cotangent, backward.cotangent()),
                        map(rowMax, backward.rowMax()),
                        map(rowScale, backward.rowScale()),
                        map(delta, backward.delta()))
                : List.of(map(key, attention.k()), map(value, attention.v()));
    }

    /** In how many of the sequential loops an operand is read. */
    private int depthOf(TileStmt.Define operand) {
        ScalarExpr program = ((TileExpr.Map) operand.value()).program();
        for (int n = sequential.size(); n > 0; n--) {
            if (ScalarExprs.reads(program, sequential.get(n - 1))) {
                return n;
            }
        }
        return 0;
    }

    private List<TileStmt> block() {
        List<TileStmt> steps = new ArrayList<>(operands(family.inner()));
        steps.add(new TileStmt.Define(raw, new TileExpr.Dot(query, key, attention.d(), attention.zeros())));
        if (!keptScore.equals(raw.value())) {
            steps.add(update(raw, keptScore));
        }
        if (probability != raw) {
            steps.add(map(probability, attention.score()));
        } else if (!attention.score().equals(raw.value())) {
            steps.add(update(raw, attention.score()));
        }
        steps.add(update(probability, backward.unmasked(probability.value(), rowMax.value(), rowScale.value())));
        backward.masked(probability.value())
                .ifPresent(masked -> steps.add(
                        new TileStmt.Masked(LoopId.of(family.inner()), List.of(update(probability, masked)))));
        ofKind(Kind.VALUE).ifPresent(s -> {
            Tile weighted = weighted(steps);
            steps.add(new TileStmt.Accumulate(s.tile, new TileExpr.Dot(weighted, cotangent, i, Annihilating.LEFT)));
        });
        if (sums.stream().allMatch(s -> s.store.result().kind() == Kind.VALUE)
                && family.stores().size() == sums.size()) {
            return steps;
        }
        steps.add(new TileStmt.Define(gradient, new TileExpr.Dot(cotangent, value, attention.e())));
        captured(steps, true);
        ScalarExpr byScore = backward.byScore(probability.value(), gradient.value(), delta.value());
        if (family.stores().stream()
                .noneMatch(s -> isCaptured(s) && !s.result().kind().isOfWeight())) {
            steps.add(update(gradient, backward.byRaw(byScore)));
        } else {
            steps.add(update(gradient, byScore));
            captured(steps, false);
            steps.add(update(gradient, backward.byRaw(gradient.value())));
        }
        products(steps);
        return steps;
    }

    /** Sums the gradients by the product of query and key. */
    private void products(List<TileStmt> steps) {
        for (Sum s : sums) {
            Kind kind = s.store.result().kind();
            if (kind == Kind.KEY || kind == Kind.QUERY) {
                Tile other = kind == Kind.KEY ? query : key;
                steps.add(new TileStmt.Accumulate(
                        s.tile, new TileExpr.Dot(gradient, other, family.inner(), Annihilating.LEFT)));
            }
        }
        if (isOnePass()) {
            addToQueries(steps);
        }
    }

    /** What a block of keys adds to the gradients by a block of queries. Its keys are a tile of their own, whose rows are keys. */
    private void addToQueries(List<TileStmt> steps) {
        Tile block = new Tile("dq", type, query.axes());
        steps.add(new TileStmt.Define(block, new TileExpr.Dot(gradient, keyRows, j, Annihilating.LEFT)));
        for (AttentionGradients.Store s : family.stores()) {
            if (isAdded(s)) {
                ScalarExpr value =
                        AttentionBackward.times(block.value(), s.result().factor());
                steps.add(new TileStmt.AddTo(
                        s.buffer(),
                        block.axes(),
                        s.address(),
                        ScalarExpr.cast(s.buffer().type().dtype(), value)));
            }
        }
    }

    private Optional<Sum> ofKind(Kind kind) {
        return sums.stream().filter(s -> s.store.result().kind() == kind).findFirst();
    }

    private Tile weighted(List<TileStmt> steps) {
        Optional<ScalarExpr> weighted = new AttentionPieces(attention).weighted(probability.value());
        if (weighted.isEmpty()) {
            return probability;
        }
        Tile tile = new Tile("weighted", type, raw.axes());
        steps.add(map(tile, weighted.get()));
        return tile;
    }

    /** Sums what captured tensors get from each pair, block by block. */
    private void captured(List<TileStmt> steps, boolean ofWeight) {
        for (Sum s : sums) {
            if (isCaptured(s.store) && s.store.result().kind().isOfWeight() == ofWeight) {
                Tile block = new Tile("block" + s.tile.name(), type, List.of(outer));
                steps.add(new TileStmt.Define(
                        block, new TileExpr.Reduce(Reduction.SUM, ofPair(s.store), family.inner(), false)));
                steps.add(update(s.tile, ScalarExpr.apply(ScalarFn.ADD, s.tile.value(), block.value())));
            }
        }
        for (AttentionGradients.Store s : family.stores()) {
            if (s.result().kind().isOfWeight() == ofWeight && isElement(s)) {
                ScalarExpr value = ScalarExpr.cast(s.buffer().type().dtype(), ofPair(s));
                steps.add(new TileStmt.AddTo(s.buffer(), List.of(i, j), s.address(), value));
            }
        }
    }

    private static boolean isCaptured(AttentionGradients.Store s) {
        Kind kind = s.result().kind();
        return kind == Kind.SCORE || kind == Kind.WEIGHT || kind.isTable();
    }

    private ScalarExpr ofPair(AttentionGradients.Store s) {
        ScalarExpr factor = s.result().factor();
        return !s.result().kind().isOfWeight()
                ? AttentionBackward.times(gradient.value(), factor)
                : backward.throughWeight(probability.value(), gradient.value(), factor);
    }

    /** Several tensors that a program reads have one sum, each with its own derivative. */
    private TileStmt stored(Sum s) {
        boolean isCaptured = s.tile.axes().size() == 1;
        ScalarExpr result = isCaptured
                ? s.tile.value()
                : AttentionBackward.times(s.tile.value(), s.store.result().factor());
        return new TileStmt.Store(s.store.buffer(), s.tile.axes(), s.store.address(), result);
    }

    private static TileStmt update(Tile tile, ScalarExpr program) {
        return new TileStmt.Update(tile, new TileExpr.Map(program));
    }

    private static TileStmt.Define map(Tile tile, ScalarExpr program) {
        return new TileStmt.Define(tile, new TileExpr.Map(program));
    }

    private ScalarExpr literal(double number) {
        return new ScalarExpr.Literal(type, number);
    }
}
