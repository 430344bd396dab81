package heddle.compiler.scalar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.type.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DerivativesTest {
    private static final List<ScalarExpr> ARGS =
            List.of(new ScalarExpr.Variable("a", DType.F64), new ScalarExpr.Variable("b", DType.F64));

    private static ScalarExpr literal(double value) {
        return new ScalarExpr.Literal(DType.F64, value);
    }

    private static double value(ScalarExpr e, Map<String, Double> of) {
        return switch (e) {
            case ScalarExpr.Literal l -> l.value();
            case ScalarExpr.Variable v -> of.get(v.name());
            case ScalarExpr.Apply a -> {
                double[] args = new double[3];
                for (int n = 0; n < a.args().size(); n++) {
                    args[n] = value(a.args().get(n), of);
                }
                yield ScalarMath.apply(a.fn(), a.args().getLast().type(), args[0], args[1], args[2]);
            }
            default -> throw new AssertionError(e);
        };
    }

    private static double derivative(ScalarExpr program, ScalarExpr by, Map<String, Double> at) {
        return Derivatives.of(program, by)
                .map(d -> value(Derivatives.lowered(d), at))
                .orElse(0.0);
    }

    private static double difference(ScalarExpr program, String by, Map<String, Double> at, double h) {
        double[] f = new double[4];
        double[] steps = {h, -h, 2 * h, -2 * h};
        for (int n = 0; n < f.length; n++) {
            Map<String, Double> moved = new HashMap<>(at);
            moved.merge(by, steps[n], Double::sum);
            f[n] = value(program, moved);
        }
        return (8 * (f[0] - f[1]) - (f[2] - f[3])) / (12 * h);
    }

    /** Every function of floats against central differences, away from its kinks. */
    @ParameterizedTest
    @EnumSource
    void differences(ScalarFn fn) {
        if (fn.rule() != ScalarFn.Rule.ARITHMETIC && fn.rule() != ScalarFn.Rule.FLOAT) {
            return;
        }
        Random random = new Random(7);
        ScalarExpr program = new ScalarExpr.Apply(fn, DType.F64, ARGS.subList(0, fn.arity()));
        boolean positive = Arrays.asList(ScalarFn.LOG, ScalarFn.SQRT, ScalarFn.RSQRT, ScalarFn.POW)
                .contains(fn);
        int compared = 0;
        for (int n = 0; n < 100; n++) {
            double a = random.nextDouble() * 3 + 0.1;
            double b = random.nextDouble() * 2 + 0.3;
            Map<String, Double> at = Map.of("a", positive || n % 2 == 0 ? a : -a, "b", n % 3 == 0 ? -b : b);
            for (String by : List.of("a", "b").subList(0, fn.arity())) {
                double coarse = difference(program, by, at, 1e-3);
                double fine = difference(program, by, at, 5e-4);
                if (Math.abs(coarse - fine) < 1e-6 * Math.max(1, Math.abs(fine))) {
                    assertEquals(
                            fine,
                            derivative(program, new ScalarExpr.Variable(by, DType.F64), at),
                            1e-7 * Math.max(1, Math.abs(fine)),
                            fn + " by " + by + " at " + at);
                    compared++;
                }
            }
        }
        assertTrue(compared > 50, fn + " was compared " + compared + " times");
    }

    /** A cap, a mask and a bias, as score programs have them. */
    @Test
    void programs() {
        ScalarExpr raw = ARGS.getFirst();
        ScalarExpr bias = ARGS.getLast();
        ScalarExpr cap = ScalarExpr.apply(
                ScalarFn.MUL,
                literal(30),
                ScalarExpr.apply(ScalarFn.TANH, ScalarExpr.apply(ScalarFn.DIV, raw, literal(30))));
        ScalarExpr sum = ScalarExpr.apply(ScalarFn.ADD, cap, ScalarExpr.apply(ScalarFn.MUL, bias, bias));
        Map<String, Double> at = Map.of("a", 12.5, "b", -0.75);
        assertEquals(difference(sum, "a", at, 1e-3), derivative(sum, raw, at), 1e-9);
        assertEquals(-1.5, derivative(sum, bias, at), 1e-12);
        assertEquals(Optional.empty(), Derivatives.of(cap, bias));
    }

    /** The side that a select does not choose may be undefined. */
    @Test
    void sidesNotChosen() {
        ScalarExpr x = ARGS.getFirst();
        ScalarExpr isPositive = ScalarExpr.apply(ScalarFn.GT, x, literal(0));
        ScalarExpr root = ScalarExpr.apply(ScalarFn.SELECT, isPositive, ScalarExpr.apply(ScalarFn.SQRT, x), literal(0));
        assertEquals(0, derivative(root, x, Map.of("a", -1.0)));
        assertEquals(0, derivative(root, x, Map.of("a", 0.0)));
        assertEquals(0.25, derivative(root, x, Map.of("a", 4.0)));
    }

    /** A zero gradient stays zero whatever the derivative is. */
    @Test
    void zerosStay() {
        ScalarExpr zero = new ScalarExpr.Variable("g", DType.F64);
        List<Double> given = new ArrayList<>();
        for (ScalarFn fn : List.of(ScalarFn.LOG, ScalarFn.SQRT, ScalarFn.RSQRT, ScalarFn.EXP)) {
            ScalarExpr y = ScalarExpr.apply(fn, ARGS.getFirst());
            ScalarExpr change =
                    Derivatives.times(fn, 0, List.of(ARGS.getFirst()), y, zero).orElseThrow();
            double at = fn == ScalarFn.EXP ? 1e6 : 0;
            given.add(value(Derivatives.lowered(change), Map.of("a", at, "g", 0.0)));
        }
        assertEquals(List.of(0.0, 0.0, 0.0, 0.0), given);
    }

    /** Numbers take ties whole, variables share them. */
    @Test
    void ties() {
        ScalarExpr x = ARGS.getFirst();
        ScalarExpr relu = ScalarExpr.apply(ScalarFn.MAX, x, literal(0));
        assertEquals(0, derivative(relu, x, Map.of("a", 0.0)));
        ScalarExpr greater = ScalarExpr.apply(ScalarFn.MAX, x, ARGS.getLast());
        assertEquals(0.5, derivative(greater, x, Map.of("a", 2.0, "b", 2.0)));
    }

    /** What is under stop_gradient does not change; conversions between floats do, through integers they do not. */
    @Test
    void stoppedAndConverted() {
        ScalarExpr x = ARGS.getFirst();
        ScalarExpr product = ScalarExpr.apply(ScalarFn.MUL, x, ScalarExpr.apply(ScalarFn.STOP_GRADIENT, x));
        assertEquals(3, derivative(product, x, Map.of("a", 3.0)));
        ScalarExpr narrow = ScalarExpr.cast(DType.F64, ScalarExpr.cast(DType.BF16, x));
        assertEquals(literal(1), Derivatives.of(narrow, x).orElseThrow());
        assertEquals(Optional.empty(), Derivatives.of(ScalarExpr.cast(DType.F64, ScalarExpr.cast(DType.I32, x)), x));
    }
}
