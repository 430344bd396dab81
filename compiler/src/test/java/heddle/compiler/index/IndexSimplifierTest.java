package heddle.compiler.index;

import static heddle.compiler.scalar.ScalarExpr.apply;
import static heddle.compiler.scalar.ScalarExpr.of;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.ScalarEvaluator;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IndexSimplifierTest {
    private static final Dim N = Dim.symbol("N");
    private static final Axis B = new Axis("b", Dim.symbol("B"));
    private static final Axis I = new Axis("i", N);
    private static final Axis H = new Axis("h", Dim.of(12));
    private static final Axis D = new Axis("d", Dim.of(32));
    private static final Axis ONE = new Axis("one", Dim.ONE);
    private static final List<Axis> AXES = List.of(B, I, H, D, ONE);
    private static final Map<String, Long> LENGTHS = Map.of("B", 3L, "N", 5L);

    private static ScalarExpr add(ScalarExpr a, ScalarExpr b) {
        return apply(ScalarFn.ADD, a, b);
    }

    private static ScalarExpr mul(ScalarExpr a, Dim b) {
        return apply(ScalarFn.MUL, a, of(b));
    }

    private static ScalarExpr div(ScalarExpr a, Dim b) {
        return apply(ScalarFn.FLOOR_DIV, a, of(b));
    }

    private static ScalarExpr mod(ScalarExpr a, Dim b) {
        return apply(ScalarFn.MOD, a, of(b));
    }

    @Test
    void quotientAndRemainderOfAMergedAxisAreItsParts() {
        ScalarExpr merged = add(mul(of(B), N), of(I));
        assertEquals(of(B), IndexSimplifier.simplify(div(merged, N)));
        assertEquals(of(I), IndexSimplifier.simplify(mod(merged, N)));
    }

    @Test
    void nothingIsDividedByALengthOfZero() {
        Shape none = Shape.of(5, 0, 3);
        assertEquals(List.of(of(0), of(0), of(0)), IndexSimplifier.index(none, of(H)));
        ScalarExpr remainder = mod(of(H), Dim.ZERO);
        assertEquals(remainder, IndexSimplifier.simplify(remainder));
        assertEquals(add(of(I), remainder), IndexSimplifier.simplify(add(of(I), remainder)));
    }

    @Test
    void numbersThatCannotBeCollectedStay() {
        Dim large = Dim.of(1L << 62);
        ScalarExpr x = new ScalarExpr.Element(new Buffer("x", new TensorType(DType.I64, Shape.of(12))), of(H));
        ScalarExpr product = mul(mul(x, large), Dim.of(4));
        assertEquals(product, IndexSimplifier.simplify(product));
        ScalarExpr compared = apply(ScalarFn.LE, add(of(H), of(Dim.of(Long.MAX_VALUE))), of(Dim.of(-2)));
        assertEquals(compared, IndexSimplifier.simplify(compared));
    }

    @Test
    void anAxisSplitAndMergedIsItself() {
        Axis m = new Axis("m", Dim.of(384));
        ScalarExpr back = add(mul(div(of(m), Dim.of(32)), Dim.of(32)), mod(of(m), Dim.of(32)));
        assertEquals(of(m), IndexSimplifier.simplify(back));
    }

    @Test
    void anAxisSplitInThreeAndMergedIsItself() {
        Shape three = new Shape(List.of(Dim.symbol("B"), N, Dim.of(7)));
        Axis m = new Axis("m", three.size());
        List<ScalarExpr> parts = IndexSimplifier.index(three, of(m));
        assertEquals(of(m), IndexSimplifier.address(three, parts));
    }

    @Test
    void aSymbolicAxisSplitAndMergedIsItself() {
        Axis m = new Axis("m", Dim.symbol("B").times(N));
        ScalarExpr outer = mod(div(of(m), N), Dim.symbol("B"));
        assertEquals("floor_div(m, N)", IndexSimplifier.simplify(outer).toString());
        assertEquals(of(m), IndexSimplifier.simplify(add(mul(outer, N), mod(of(m), N))));
    }

    @Test
    void aDivisorSharedWithACoefficientIsTakenOut() {
        ScalarExpr merged = add(mul(of(H), Dim.of(32)), of(D));
        assertEquals(
                "floor_div(h, 4)",
                IndexSimplifier.simplify(div(merged, Dim.of(128))).toString());
    }

    @Test
    void theIndexOfAnAxisOfLengthOneIsZero() {
        assertEquals(of(0), IndexSimplifier.simplify(of(ONE)));
    }

    @Test
    void clampsThatCannotBiteGo() {
        ScalarExpr clamped = apply(ScalarFn.MAX, of(0), apply(ScalarFn.MIN, of(I), of(N.minus(1))));
        assertEquals(of(I), IndexSimplifier.simplify(clamped));
        ScalarExpr biting = apply(ScalarFn.MIN, add(of(I), of(1)), of(N.minus(1)));
        assertEquals("min(add(i, 1), (N - 1))", IndexSimplifier.simplify(biting).toString());
    }

    @Test
    void comparisonsThatRangesDecideGo() {
        assertEquals(
                "true",
                IndexSimplifier.simplify(apply(ScalarFn.LT, of(I), of(N))).toString());
        assertEquals(
                "false",
                IndexSimplifier.simplify(apply(ScalarFn.GT, of(H), of(11))).toString());
        assertEquals(
                "le(d, i)",
                IndexSimplifier.simplify(apply(ScalarFn.LE, of(D), of(I))).toString());
    }

    @Test
    void aSymbolMayBeZeroUnlessAnAxisRunsOverIt() {
        Dim m = Dim.symbol("M");
        assertEquals(
                "lt(i, (M*N))",
                IndexSimplifier.simplify(apply(ScalarFn.LT, of(I), of(N.times(m))))
                        .toString());
        assertEquals(of(I), IndexSimplifier.simplify(mod(of(I), N.times(m))), "a divisor is not zero");
    }

    @Test
    void stridesAreCoefficients() {
        ScalarExpr address = IndexSimplifier.address(
                new Shape(List.of(Dim.symbol("B"), N, Dim.of(384))),
                List.of(of(B), of(I), add(mul(of(H), Dim.of(32)), of(D))));
        LinearForm form = IndexSimplifier.form(address);
        assertEquals(N.times(384), form.coefficient(B));
        assertEquals(Dim.of(384), form.coefficient(I));
        assertEquals(Dim.of(32), form.coefficient(H));
        assertEquals(Dim.ONE, form.coefficient(D));
        assertTrue(form.isAffine());
        LinearForm grouped = IndexSimplifier.form(div(of(H), Dim.of(4)));
        assertFalse(grouped.isAffineIn(Set.of(H)));
        assertTrue(grouped.isAffineIn(Set.of(I)));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void simplifyingKeepsEveryValue(long seed) {
        Random random = new Random(seed);
        Buffer buffer = new Buffer("x", new TensorType(DType.I64, Shape.of(64)));
        double[] elements = random.ints(64, -9, 9).asDoubleStream().toArray();
        for (int round = 0; round < 300; round++) {
            ScalarExpr before = random(random, buffer, 4);
            ScalarExpr after = IndexSimplifier.simplify(before);
            ScalarEvaluator evaluator = new ScalarEvaluator(b -> elements, LENGTHS);
            AXES.forEach(evaluator::slot);
            ScalarEvaluator.Code expected = evaluator.code(before);
            ScalarEvaluator.Code actual = evaluator.code(after);
            double[] frame = evaluator.frame();
            for (int trial = 0; trial < 40; trial++) {
                for (Axis axis : AXES) {
                    frame[evaluator.slot(axis)] = random.nextInt((int) evaluator.extent(axis));
                }
                assertEquals(
                        expected.run(frame), actual.run(frame), () -> "seed " + seed + ": " + before + " → " + after);
            }
        }
    }

    private static ScalarExpr random(Random random, Buffer buffer, int depth) {
        if (depth == 0) {
            return switch (random.nextInt(3)) {
                case 0 -> of(random.nextInt(-3, 9));
                case 1 -> of(random.nextBoolean() ? N : Dim.symbol("B").times(N));
                default -> of(AXES.get(random.nextInt(AXES.size())));
            };
        }
        ScalarExpr a = random(random, buffer, random.nextInt(depth));
        ScalarExpr b = random(random, buffer, random.nextInt(depth));
        Dim divisor = List.of(N, Dim.of(32), Dim.of(12), Dim.of(4), N.times(12), N.times(Dim.symbol("B")))
                .get(random.nextInt(6));
        return switch (random.nextInt(12)) {
            case 0, 1, 2 -> add(a, b);
            case 3 -> apply(ScalarFn.SUB, a, b);
            case 4 -> mul(a, divisor);
            case 5, 6 -> div(add(mul(a, divisor), b), divisor);
            case 7, 8 -> mod(add(mul(a, divisor), b), divisor);
            case 9 -> apply(random.nextBoolean() ? ScalarFn.MIN : ScalarFn.MAX, a, b);
            case 10 -> new ScalarExpr.Element(buffer, mod(a, Dim.of(64)));
            default ->
                apply(ScalarFn.SELECT, apply(ScalarFn.values()[ScalarFn.EQ.ordinal() + random.nextInt(6)], a, b), a, b);
        };
    }
}
