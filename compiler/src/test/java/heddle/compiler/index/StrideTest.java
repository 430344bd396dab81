package heddle.compiler.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import org.junit.jupiter.api.Test;

class StrideTest {
    private static final Dim N = Dim.symbol("N");
    private static final Axis I = new Axis("i", N);
    private static final Axis J = new Axis("j", Dim.of(5));

    private static ScalarExpr plus(ScalarExpr a, ScalarExpr b) {
        return ScalarExpr.apply(ScalarFn.ADD, a, b);
    }

    private static ScalarExpr times(ScalarExpr a, long b) {
        return ScalarExpr.apply(ScalarFn.MUL, a, ScalarExpr.of(b));
    }

    @Test
    void theLastAxisOfARowMajorTensorIsContiguous() {
        ScalarExpr address = plus(times(ScalarExpr.of(I), 5), ScalarExpr.of(J));
        Stride alongJ = Stride.of(address, J).orElseThrow();
        assertTrue(alongJ.isContiguous());
        assertEquals(IndexSimplifier.simplify(times(ScalarExpr.of(I), 5)), alongJ.start());
        assertEquals(Dim.of(5), Stride.of(address, I).orElseThrow().step());
    }

    @Test
    void whatDoesNotReadTheAxisHasStepZero() {
        Stride stride = Stride.of(times(ScalarExpr.of(J), 3), I).orElseThrow();
        assertEquals(Dim.ZERO, stride.step());
        assertEquals(times(ScalarExpr.of(J), 3), stride.start());
    }

    @Test
    void stepsMayBeLengthsAndNegative() {
        ScalarExpr address = ScalarExpr.apply(
                ScalarFn.SUB, ScalarExpr.of(7), ScalarExpr.apply(ScalarFn.MUL, ScalarExpr.of(J), ScalarExpr.of(N)));
        assertEquals(N.times(-1), Stride.of(address, J).orElseThrow().step());
    }

    @Test
    void quotientsAndGatheredIndexesHaveNone() {
        Buffer indexes = new Buffer("indexes", new TensorType(DType.I64, Shape.of(Dim.of(5))));
        ScalarExpr gathered = new ScalarExpr.Element(indexes, ScalarExpr.of(J));
        ScalarExpr quotient = ScalarExpr.apply(ScalarFn.FLOOR_DIV, ScalarExpr.of(J), ScalarExpr.of(2));
        assertTrue(Stride.of(gathered, J).isEmpty());
        assertTrue(Stride.of(quotient, J).isEmpty());
        assertEquals(Dim.ZERO, Stride.of(gathered, I).orElseThrow().step());
    }
}
