package heddle.compiler.tile.proof;

import static heddle.compiler.scalar.ScalarExpr.apply;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExpr.Element;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.tile.KernelSchedule;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.family.MapFamily;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.LengthFacts;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import java.util.List;
import org.junit.jupiter.api.Test;

class AddressProofTest {
    private static final Dim N = Dim.symbol("N");
    private static final Dim M = Dim.symbol("M");
    private static final Dim S = Dim.symbol("S");
    private static final Axis I = new Axis("i", N);
    private static final Axis J = new Axis("j", M);
    private static final Buffer BIAS = new Buffer("bias", new TensorType(DType.F32, new Shape(List.of(N, S))));
    private static final Buffer IDS = new Buffer("ids", new TensorType(DType.I64, new Shape(List.of(M))));
    private static final ScalarExpr ZERO = new ScalarExpr.Literal(DType.F32, 0);

    private final AddressProof proof = new AddressProof(LengthFacts.none());

    private static ScalarExpr i() {
        return ScalarExpr.of(I);
    }

    private static ScalarExpr j() {
        return ScalarExpr.of(J);
    }

    private static ScalarExpr of(Dim dim) {
        return ScalarExpr.of(dim);
    }

    private static ScalarExpr add(ScalarExpr a, ScalarExpr b) {
        return apply(ScalarFn.ADD, a, b);
    }

    private static ScalarExpr times(ScalarExpr a, ScalarExpr b) {
        return apply(ScalarFn.MUL, a, b);
    }

    private static ScalarExpr where(ScalarExpr condition, ScalarExpr value) {
        return apply(ScalarFn.SELECT, condition, value, ScalarExpr.zero(value.type()));
    }

    private static Element read(Dim size, ScalarExpr address) {
        return new Element(new Buffer("x", new TensorType(DType.F32, new Shape(List.of(size)))), address);
    }

    /** {@code bias[i, j]}, which has no more than S columns. */
    private static final Element BIASED = new Element(BIAS, add(times(i(), of(S)), j()));

    private static final ScalarExpr WITHIN = apply(ScalarFn.LT, j(), of(S));

    @Test
    void anAddressOfMixedRadixLiesWithinTheProductOfItsExtents() {
        assertTrue(proof.holds(read(N.times(M), add(times(i(), of(M)), j()))));
        assertFalse(proof.holds(read(N.times(M).minus(1), add(times(i(), of(M)), j()))));
        assertFalse(proof.holds(read(N.times(M), add(times(i(), of(M)), add(j(), ScalarExpr.of(1))))));
        assertFalse(proof.holds(read(N.times(M), apply(ScalarFn.SUB, j(), ScalarExpr.of(1)))));
    }

    @Test
    void aSelectGuardsWhatItChooses() {
        assertFalse(proof.holds(BIASED));
        assertTrue(proof.holds(where(WITHIN, BIASED)));
        assertTrue(proof.holds(apply(ScalarFn.SELECT, apply(ScalarFn.GE, j(), of(S)), ZERO, BIASED)));
        assertTrue(proof.holds(apply(ScalarFn.SELECT, apply(ScalarFn.NOT, WITHIN), ZERO, BIASED)));
        assertFalse(proof.holds(where(apply(ScalarFn.LE, j(), of(S)), BIASED)), "one too many");
        assertFalse(proof.holds(apply(ScalarFn.SELECT, WITHIN, ZERO, BIASED)), "the wrong side");
        assertFalse(proof.holds(add(where(WITHIN, BIASED), BIASED)), "read without it elsewhere");
    }

    @Test
    void aConjunctionGuardsNothingByItself() {
        Element allowed = new Element(
                new Buffer("a", new TensorType(DType.BOOL, BIAS.type().shape())), BIASED.address());
        assertFalse(proof.holds(apply(ScalarFn.AND, WITHIN, allowed)));
        assertTrue(proof.holds(where(WITHIN, allowed)));
    }

    @Test
    void conditionsOfSeveralIndexesCount() {
        Dim span = Dim.symbol("W");
        ScalarExpr distance = add(apply(ScalarFn.SUB, j(), i()), of(span));
        ScalarExpr near = apply(
                ScalarFn.AND,
                apply(ScalarFn.GE, distance, ScalarExpr.of(0)),
                apply(ScalarFn.LE, distance, of(span.times(2))));
        assertTrue(proof.holds(where(near, read(span.times(2).plus(1), distance))));
        assertFalse(proof.holds(where(near, read(span.times(2), distance))));
    }

    @Test
    void quotientsAndRemaindersHaveTheirBounds() {
        ScalarExpr quotient = apply(ScalarFn.FLOOR_DIV, j(), ScalarExpr.of(32));
        ScalarExpr rest = apply(ScalarFn.MOD, j(), ScalarExpr.of(32));
        ScalarExpr panel = add(times(add(times(quotient, of(N)), i()), ScalarExpr.of(32)), rest);
        assertTrue(proof.holds(read(M.ceilDiv(Dim.of(32)).times(N).times(32), panel)));
        assertFalse(proof.holds(read(M.floorDiv(Dim.of(32)).times(N).times(32), panel)));
    }

    @Test
    void groupedHeadsAndLastBlocksLieWithin() {
        Axis heads = new Axis("h", N.times(4));
        Axis block = new Axis("block", M.ceilDiv(Dim.of(128)));
        ScalarExpr within = ScalarExpr.of(new Axis("within", Dim.of(128)));
        ScalarExpr group = apply(ScalarFn.FLOOR_DIV, ScalarExpr.of(heads), ScalarExpr.of(4));
        ScalarExpr place = add(times(ScalarExpr.of(block), ScalarExpr.of(128)), within);
        ScalarExpr last = apply(ScalarFn.MIN, place, of(M.minus(1)));
        assertTrue(proof.holds(read(N.times(M), add(times(group, of(M)), last))));
        assertFalse(proof.holds(read(N.times(M), add(times(group, of(M)), place))));
    }

    @Test
    void limitsHoldAnAddressThatIsRead() {
        ScalarExpr id = new Element(IDS, j());
        ScalarExpr clamped = apply(ScalarFn.MAX, ScalarExpr.of(0), apply(ScalarFn.MIN, id, ScalarExpr.of(9)));
        assertTrue(proof.holds(read(Dim.of(10), clamped)));
        assertFalse(proof.holds(read(Dim.of(9), clamped)));
        assertFalse(proof.holds(read(Dim.of(10), id)));
    }

    @Test
    void aTableThatMayBeEmptyNeedsAFact() {
        ScalarExpr clamped =
                apply(ScalarFn.MAX, ScalarExpr.of(0), apply(ScalarFn.MIN, new Element(IDS, j()), of(S.minus(1))));
        assertFalse(proof.holds(read(S, clamped)));
        AddressProof known = new AddressProof(new LengthFacts(List.of(M.times(S.minus(1)))));
        assertTrue(
                known.holds(read(S, clamped)), "there are as many as are asked for times one less than the table has");
    }

    @Test
    void factsOfLengthsCount() {
        assertFalse(proof.holds(read(Dim.of(512), j())));
        assertTrue(new AddressProof(new LengthFacts(List.of(Dim.of(512).minus(M)))).holds(read(Dim.of(512), j())));
    }

    @Test
    void lengthsThatMayBeZeroAreNotTakenForPositive() {
        assertFalse(proof.holds(read(N, ScalarExpr.of(0))));
        assertTrue(proof.holds(read(N, i())), "there is an index");
    }

    @Test
    void whatAConditionMakesLegalIsKeptBehindIt() {
        ScalarExpr score = add(new ScalarExpr.Variable("score", DType.F32), BIASED);
        ScalarExpr kept = proof.behind(apply(ScalarFn.AND, WITHIN, apply(ScalarFn.LE, j(), i())), score);
        assertTrue(proof.holds(kept));
        ScalarExpr other = read(M, j());
        assertSame(other, proof.behind(WITHIN, other), "it may be read anywhere");
    }

    @Test
    void whatNothingMakesLegalIsReadWhereItsAddressIs() {
        ScalarExpr far = read(N, new Element(IDS, times(j(), ScalarExpr.of(2))));
        ScalarExpr guarded = proof.guarded(far);
        assertTrue(proof.holds(guarded));
        assertSame(guarded, proof.guarded(guarded));
    }

    @Test
    void guardsOfTheCompilerAreCountedApart() {
        Buffer out = new Buffer("out", new TensorType(DType.F32, new Shape(List.of(N, M))));
        ScalarExpr far = read(N, new Element(IDS, times(j(), ScalarExpr.of(2))));
        ScalarExpr both = add(where(WITHIN, BIASED), proof.guarded(far));
        ScalarExpr address = add(times(i(), of(M)), j());
        assertEquals(new AddressCounts(1, 1, 2, 0), proof.of(kernel(new MapFamily(List.of(I, J), out, address, both))));
    }

    /** {@code x[clamp(ids[j])][j]}: the condition makes both reads legal, and the inner one is part of the outer's address. */
    @Test
    void readsInAddressesAreKeptBehindTheirCondition() {
        Element id = new Element(new Buffer("ids", new TensorType(DType.I64, new Shape(List.of(S)))), j());
        ScalarExpr row = apply(ScalarFn.MAX, ScalarExpr.of(0), apply(ScalarFn.MIN, id, ScalarExpr.of(9)));
        Element outer = read(S.times(10), add(times(row, of(S)), j()));
        assertFalse(proof.holds(outer));
        assertTrue(proof.holds(proof.behind(WITHIN, outer)));
    }

    @Test
    void aKernelThatReadsElsewhereIsRefused() {
        Buffer out = new Buffer("out", new TensorType(DType.F32, new Shape(List.of(N, M))));
        ScalarExpr address = add(times(i(), of(M)), j());
        AddressCounts counts = proof.of(kernel(new MapFamily(List.of(I, J), out, address, where(WITHIN, BIASED))));
        assertEquals(new AddressCounts(1, 1, 0, 0), counts);
        AddressOutside read = assertThrows(
                AddressOutside.class, () -> proof.of(kernel(new MapFamily(List.of(I, J), out, address, BIASED))));
        assertEquals(
                "the kernel k may access bias, which has N*S elements, outside of it: at address i * S + j of the store to out",
                read.getMessage());
        ScalarExpr next = add(address, ScalarExpr.of(1));
        assertThrows(AddressOutside.class, () -> proof.of(kernel(new MapFamily(List.of(I, J), out, next, ZERO))));
    }

    private static TileKernel kernel(MapFamily family) {
        return new TileKernel(family.program("k", List.of()), KernelSchedule.NONE);
    }
}
