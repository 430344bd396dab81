package heddle.compiler.tile;

import static org.junit.jupiter.api.Assertions.assertEquals;

import heddle.compiler.index.IndexSimplifier;
import heddle.compiler.scalar.Annihilating;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.tile.family.Contraction;
import heddle.compiler.tile.family.MapFamily;
import heddle.compiler.tile.family.RowFamily;
import heddle.compiler.type.Amount;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class KernelCostTest {
    private static final Dim N = Dim.symbol("N");
    private static final Axis I = new Axis("i", N);
    private static final Axis J = new Axis("j", Dim.of(8));
    private static final Buffer X = new Buffer("x", new TensorType(DType.F32, Shape.of(N, Dim.of(8))));
    private static final ScalarExpr ADDRESS =
            IndexSimplifier.address(X.type().shape(), List.of(ScalarExpr.of(I), ScalarExpr.of(J)));
    private static final ScalarExpr ELEMENT = new ScalarExpr.Element(X, ADDRESS);

    @Test
    void aMapCountsItsFunctionsAtEveryElement() {
        Buffer y = new Buffer("y", X.type());
        ScalarExpr square = ScalarExpr.apply(ScalarFn.MUL, ELEMENT, ELEMENT);
        ScalarExpr body = ScalarExpr.apply(ScalarFn.EXP, square);
        TileKernel kernel = new TileKernel(
                new MapFamily(List.of(I, J), y, ADDRESS, body).program("k", List.of()), KernelSchedule.NONE);
        KernelCost cost = KernelCost.of(kernel);
        assertEquals(Amount.of(N.times(16)), cost.flops());
        assertEquals(Amount.of(N.times(2 * 8 * 4)), cost.bytes());
    }

    @Test
    void aReductionCountsOneMoreForEachElement() {
        Buffer sums = new Buffer("sums", new TensorType(DType.F32, Shape.of(N)));
        ScalarExpr.Variable sum = new ScalarExpr.Variable("sum", DType.F32);
        ScalarExpr square = ScalarExpr.apply(ScalarFn.MUL, ELEMENT, ELEMENT);
        RowFamily rows = new RowFamily(
                List.of(I),
                J,
                List.of(new RowFamily.Step(sum, Optional.of(Reduction.SUM), square)),
                List.of(new RowFamily.Write(sums, false, ScalarExpr.of(I), ScalarExpr.apply(ScalarFn.SQRT, sum))));
        KernelCost cost = KernelCost.of(new TileKernel(rows.program("k", List.of()), KernelSchedule.NONE));
        assertEquals(Amount.of(N.times(8 * 2 + 1)), cost.flops());
        assertEquals(Amount.of(N.times(8 * 4 + 4)), cost.bytes());
    }

    @Test
    void anOperandIsComputedForEachBlockOfTheOtherOne() {
        Axis k = new Axis("k", Dim.of(4));
        Buffer left = new Buffer("left", new TensorType(DType.F32, Shape.of(N, Dim.of(4))));
        Buffer right = new Buffer("right", new TensorType(DType.F32, Shape.of(Dim.of(8), Dim.of(4))));
        ScalarExpr a = ScalarExpr.apply(ScalarFn.EXP, element(left, I, k));
        ScalarExpr.Variable sum = new ScalarExpr.Variable("sum", DType.F32);
        Contraction product = new Contraction(
                List.of(),
                I,
                J,
                k,
                a,
                element(right, J, k),
                Annihilating.NEITHER,
                sum,
                sum,
                new Buffer("y", X.type()),
                ADDRESS);
        TileKernel kernel =
                new TileKernel(product.program("p", List.of()), KernelSchedule.blocks(Map.of("i", 16, "j", 3, "k", 4)));
        long products = 2 * 8 * 4;
        long blocks = 3;
        assertEquals(
                Amount.of(N.times(products + blocks * 4)), KernelCost.of(kernel).flops());
    }

    private static ScalarExpr element(Buffer buffer, Axis row, Axis column) {
        return new ScalarExpr.Element(
                buffer,
                IndexSimplifier.address(buffer.type().shape(), List.of(ScalarExpr.of(row), ScalarExpr.of(column))));
    }
}
