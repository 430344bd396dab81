package heddle.compiler.tile;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.scalar.Annihilating;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Each rule refuses a program that breaks it and nothing else. */
class TileVerifierTest {
    private static final Axis I = new Axis("i", Dim.symbol("N"));
    private static final Axis J = new Axis("j", Dim.symbol("M"));
    private static final Buffer X = new Buffer("x", new TensorType(DType.F32, Shape.of(J.extent())));
    private static final Buffer Y = new Buffer("y", new TensorType(DType.F32, Shape.of(I.extent())));
    private static final ScalarExpr ZERO = ScalarExpr.zero(DType.F32);
    private static final Tile SUM = new Tile("sum", DType.F32, List.of(I));
    private static final Tile PART = new Tile("sumPart", DType.F32, List.of(I));
    private static final Tile BLOCK = new Tile("block", DType.F32, List.of(I));
    private static final ScalarExpr MASK = fn(ScalarFn.LE, ScalarExpr.of(J), ScalarExpr.of(I));
    private static final TileStmt START = new TileStmt.Define(SUM, new TileExpr.Map(ZERO));
    private static final TileStmt REDUCE = new TileStmt.Define(
            BLOCK, new TileExpr.Reduce(Reduction.SUM, new ScalarExpr.Element(X, ScalarExpr.of(J)), J));
    private static final TileStmt ADD =
            new TileStmt.Update(SUM, new TileExpr.Map(fn(ScalarFn.ADD, SUM.value(), BLOCK.value())));
    private static final TileStmt STORE = new TileStmt.Store(Y, List.of(I), ScalarExpr.of(I), SUM.value());
    private static final LoopMode PARTIAL = new LoopMode.Partial(
            List.of(new LoopMode.Carried(SUM, ZERO, PART)),
            List.of(new TileStmt.Update(SUM, new TileExpr.Map(fn(ScalarFn.ADD, SUM.value(), PART.value())))));

    private static ScalarExpr fn(ScalarFn fn, ScalarExpr... args) {
        return ScalarExpr.apply(fn, args);
    }

    private static TileStmt loop(LoopMode mode, TileStmt... body) {
        return TileStmt.Loop.over(J, mode, Optional.empty(), List.of(body));
    }

    private static TileProgram program(TileStmt... body) {
        return TileProgram.parallel("sums", "sums", List.of(I), List.of(body), List.of());
    }

    private static void refused(String rule, TileProgram program) {
        String message = assertThrows(IllFormedProgram.class, () -> TileVerifier.verify(program))
                .getMessage();
        assertTrue(message.contains(rule), message);
    }

    @Test
    void sumsOfPartsAreWellFormed() {
        TileVerifier.verify(program(START, loop(PARTIAL, REDUCE, ADD), STORE));
        TileVerifier.verify(program(START, loop(LoopMode.SEQUENTIAL, REDUCE, ADD), STORE));
    }

    @Test
    void namesAreTheirOwn() {
        refused("two tiles have one name", program(START, START, STORE));
        TileStmt other = new TileStmt.Loop(
                new LoopId("other"), J, LoopBounds.of(J), LoopMode.SEQUENTIAL, Optional.empty(), List.of(REDUCE));
        refused("two open loops share an axis", program(START, loop(LoopMode.SEQUENTIAL, other), STORE));
    }

    @Test
    void tilesAreReadWhereTheyAreDefined() {
        refused("block is read where it is not defined", program(START, loop(LoopMode.SEQUENTIAL, REDUCE), ADD, STORE));
        refused("a tile is changed where it is not defined", program(REDUCE, ADD));
    }

    @Test
    void typesFit() {
        TileStmt wide = new TileStmt.Define(SUM, new TileExpr.Map(ScalarExpr.zero(DType.F64)));
        refused("its value is", program(wide, STORE));
        Buffer ints = new Buffer("y", new TensorType(DType.I32, Shape.of(I.extent())));
        TileStmt store = new TileStmt.Store(ints, List.of(I), ScalarExpr.of(I), SUM.value());
        refused("what is stored is", program(START, store));
    }

    @Test
    void indexesAreOfOpenLoops() {
        TileStmt store = new TileStmt.Store(Y, List.of(I), ScalarExpr.of(J), SUM.value());
        refused("j is read, and no loop over it is open", program(START, store));
        Tile left = new Tile("left", DType.F32, List.of(I, J));
        Tile right = new Tile("right", DType.F32, List.of(J));
        TileStmt product = new TileStmt.Accumulate(SUM, new TileExpr.Dot(left, right, I, Annihilating.NEITHER));
        refused(
                "a factor does not span i",
                program(
                        START,
                        loop(
                                LoopMode.SEQUENTIAL,
                                new TileStmt.Define(left, new TileExpr.Map(ZERO)),
                                new TileStmt.Define(right, new TileExpr.Map(ZERO)),
                                product),
                        STORE));
    }

    @Test
    void loopsListWhatTheyCarry() {
        refused(
                "a partial loop carries [sum] and lists []",
                program(START, loop(new LoopMode.Partial(List.of(), List.of()), REDUCE, ADD), STORE));
        refused(
                "a parallel loop stands in one that is not",
                program(
                        START,
                        loop(
                                LoopMode.SEQUENTIAL,
                                TileStmt.Loop.over(
                                        new Axis("z", Dim.of(2)), LoopMode.PARALLEL, Optional.empty(), List.of())),
                        STORE));
        Tile along = new Tile("along", DType.F32, List.of(J));
        refused(
                "which it spans",
                program(
                        new TileStmt.Define(along, new TileExpr.Map(ZERO)),
                        loop(LoopMode.SEQUENTIAL, new TileStmt.Update(along, new TileExpr.Map(ZERO)))));
        LoopMode computed =
                new LoopMode.Partial(List.of(new LoopMode.Carried(SUM, fn(ScalarFn.NEG, ZERO), PART)), List.of());
        refused("its neutral value is no literal", program(START, loop(computed, REDUCE, ADD), STORE));
    }

    @Test
    void buffersAreReadOrWritten() {
        TileStmt store = new TileStmt.Store(X, List.of(I), ScalarExpr.of(I), SUM.value());
        refused("a buffer is read and written", program(START, loop(PARTIAL, REDUCE, ADD), store));
        TileStmt add = new TileStmt.AddTo(Y, List.of(I), ScalarExpr.of(I), SUM.value());
        refused("a buffer is stored and added to", program(START, STORE, add));
        TileStmt masked = TileStmt.Loop.over(J, LoopMode.SEQUENTIAL, Optional.of(new LoopMask(MASK)), List.of(STORE));
        refused("a store stands in a masked loop", program(START, masked));
    }

    @Test
    void whatIsStoredDependsOnItsAddress() {
        TileStmt store = new TileStmt.Store(Y, List.of(), ScalarExpr.of(0), SUM.value());
        refused("what is stored depends on i, its address does not", program(START, store));
        TileVerifier.verify(program(new TileStmt.Store(Y, List.of(), ScalarExpr.of(0), ZERO)));
    }

    @Test
    void parallelIndexesAreIndependent() {
        Buffer x = new Buffer("x", new TensorType(DType.F32, Shape.of(I.extent())));
        Tile all = new Tile("all", DType.F32, List.of());
        TileStmt sum = new TileStmt.Define(
                all, new TileExpr.Reduce(Reduction.SUM, new ScalarExpr.Element(x, ScalarExpr.of(I)), I));
        TileStmt store = new TileStmt.Store(Y, List.of(I), ScalarExpr.of(I), all.value());
        refused("it combines the indexes of the parallel loop over i", program(sum, store));
        TileStmt inner = TileStmt.Loop.over(new Axis("z", Dim.of(2)), LoopMode.PARALLEL, Optional.empty(), List.of());
        refused("a parallel loop stands beside other statements", program(START, inner));
    }

    @Test
    void masksAndBoundsReadNoTiles() {
        ScalarExpr mask = fn(ScalarFn.LT, SUM.value(), ZERO);
        TileStmt masked = TileStmt.Loop.over(J, LoopMode.SEQUENTIAL, Optional.of(new LoopMask(mask)), List.of());
        refused("a mask reads a tile", program(START, masked));
    }

    @Test
    void aStoreNamesItsAxes() {
        TileStmt store = new TileStmt.Store(Y, List.of(I), ScalarExpr.of(0), ZERO);
        refused("it is stored for each index of i, its address does not depend on it", program(store));
    }

    @Test
    void maskedStatementsAreSelects() {
        Tile score = new Tile("score", DType.F32, List.of(I, J));
        TileStmt define = new TileStmt.Define(score, new TileExpr.Map(ZERO));
        ScalarExpr select = fn(ScalarFn.SELECT, MASK, score.value(), ZERO);
        TileStmt good =
                new TileStmt.Masked(LoopId.of(J), List.of(new TileStmt.Update(score, new TileExpr.Map(select))));
        TileStmt bad = new TileStmt.Masked(LoopId.of(J), List.of(new TileStmt.Update(score, new TileExpr.Map(ZERO))));
        Optional<LoopMask> mask = Optional.of(new LoopMask(MASK));
        TileVerifier.verify(program(TileStmt.Loop.over(J, LoopMode.SEQUENTIAL, mask, List.of(define, good))));
        refused(
                "a masked statement is more than",
                program(TileStmt.Loop.over(J, LoopMode.SEQUENTIAL, mask, List.of(define, bad))));
        refused("masked statements stand in no loop", program(loop(LoopMode.SEQUENTIAL, define, good)));
    }

    @Test
    void aFillGoesByWhatTheLoopCarries() {
        Optional<LoopMask> mask = Optional.of(new LoopMask(MASK, Optional.of(new LoopMask.Fill(SUM, -1e9, -9e8))));
        TileStmt change = new TileStmt.Update(SUM, new TileExpr.Map(SUM.value()));
        refused(
                "a fill goes by sum, which is no maximum that the loop carries",
                program(START, TileStmt.Loop.over(J, PARTIAL, mask, List.of(change)), STORE));
        ScalarExpr lowest = new ScalarExpr.Literal(DType.F32, Double.NEGATIVE_INFINITY);
        LoopMode greatest = new LoopMode.Partial(
                List.of(new LoopMode.Carried(SUM, lowest, PART)),
                List.of(new TileStmt.Update(SUM, new TileExpr.Map(fn(ScalarFn.MAX, SUM.value(), PART.value())))));
        TileVerifier.verify(program(START, TileStmt.Loop.over(J, greatest, mask, List.of(change)), STORE));
        Tile score = new Tile("score", DType.F32, List.of(I, J));
        TileStmt define = new TileStmt.Define(score, new TileExpr.Map(ZERO));
        ScalarExpr select = fn(ScalarFn.SELECT, MASK, score.value(), ZERO);
        TileStmt masked =
                new TileStmt.Masked(LoopId.of(J), List.of(new TileStmt.Update(score, new TileExpr.Map(select))));
        refused(
                "masked statements stand in no loop",
                program(START, TileStmt.Loop.over(J, greatest, mask, List.of(define, masked, change))));
    }
}
