package heddle.runtime.jvm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExpr.Element;
import heddle.compiler.scalar.ScalarExpr.Literal;
import heddle.compiler.scalar.ScalarExpr.Variable;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.tile.family.RowFamily;
import heddle.compiler.tile.family.RowFamily.Step;
import heddle.compiler.tile.family.RowFamily.Write;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.runtime.jvm.Bench.Tolerance;
import heddle.runtime.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reductions over each axis of a tensor of three, for lengths around and far from those of vectors. */
class RowKernelTest {
    private static final long SEED = 4711;
    private static final Tolerance CLOSE = new Tolerance(2e-5, 2e-6);

    @TempDir
    static Path classes;

    private final Axis[] axes = new Axis[3];
    private Bench bench;

    private void lengths(long a, long b, long c) {
        bench = new Bench(classes);
        axes[0] = new Axis("a", bench.length("A", a));
        axes[1] = new Axis("b", bench.length("B", b));
        axes[2] = new Axis("c", bench.length("C", c));
    }

    private Dim[] shape() {
        return Arrays.stream(axes).map(Axis::extent).toArray(Dim[]::new);
    }

    /** The address of {@code [a, b, c]}, or of {@code [.., ..]} without one axis. */
    private ScalarExpr address(int without) {
        ScalarExpr address = ScalarExpr.of(0);
        for (int i = 0; i < 3; i++) {
            if (i != without) {
                ScalarExpr scaled = ScalarExpr.apply(ScalarFn.MUL, address, ScalarExpr.of(axes[i].extent()));
                address = ScalarExpr.apply(ScalarFn.ADD, scaled, ScalarExpr.of(axes[i]));
            }
        }
        return address;
    }

    private List<Axis> rows(int reduced) {
        List<Axis> rows = new ArrayList<>(List.of(axes));
        rows.remove(reduced);
        return rows;
    }

    private Dim[] rowShape(int reduced) {
        return rows(reduced).stream().map(Axis::extent).toArray(Dim[]::new);
    }

    private static IntToDoubleFunction gaussian() {
        Random random = new Random(SEED);
        return i -> random.nextGaussian();
    }

    private static ScalarExpr fn(ScalarFn fn, ScalarExpr... args) {
        return ScalarExpr.apply(fn, args);
    }

    private void reductions(String name, DType type, IntToDoubleFunction values) {
        Buffer x = bench.input("x_" + name, type, values, shape());
        for (int axis = 0; axis < 3; axis++) {
            for (Reduction kind : Reduction.values()) {
                Tolerance tolerance = type.isFloat() ? CLOSE : Tolerance.EXACT;
                Buffer y = bench.output(name + "_" + kind + axis, type, tolerance, rowShape(axis));
                Variable result = new Variable("result", type);
                Step step = new Step(result, Optional.of(kind), new Element(x, address(-1)));
                Write write = new Write(y, false, address(axis), result);
                bench.kernel(new RowFamily(rows(axis), axes[axis], List.of(step), List.of(write)));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 3, 15, 16, 17, 63, 65, 1021})
    void reduceOverEachAxis(long length) {
        for (int position = 0; position < 3; position++) {
            long[] lengths = {3, 2, 5};
            lengths[position] = length;
            lengths(lengths[0], lengths[1], lengths[2]);
            reductions("f32", DType.F32, gaussian());
            reductions("f64", DType.F64, gaussian());
            reductions("i64", DType.I64, i -> i % 3 - 1);
            reductions("i32", DType.I32, i -> i % 5 - 2);
            bench.check("seed " + SEED + ", length " + length + " at axis " + position);
        }
    }

    @Test
    void notANumberInARowReachesItsResultOnly() {
        lengths(2, 2, 40);
        reductions("f32", DType.F32, i -> i == 17 ? Double.NaN : i);
        bench.check("one NaN");
    }

    /** Softmax in the shifted form; a row of nothing but minus infinity gives zeros. */
    private RowFamily softmax(Buffer x, Buffer y, int axis) {
        ScalarExpr element = new Element(x, address(-1));
        Variable max = new Variable("rowMax", DType.F32);
        Variable shift = new Variable("shift", DType.F32);
        Variable sum = new Variable("rowSum", DType.F32);
        ScalarExpr lowest = new Literal(DType.F32, Double.NEGATIVE_INFINITY);
        ScalarExpr zero = new Literal(DType.F32, 0);
        ScalarExpr exp = fn(ScalarFn.EXP, fn(ScalarFn.SUB, element, shift));
        List<Step> steps = List.of(
                new Step(max, Optional.of(Reduction.MAX), element),
                new Step(shift, Optional.empty(), fn(ScalarFn.SELECT, fn(ScalarFn.EQ, max, lowest), zero, max)),
                new Step(sum, Optional.of(Reduction.SUM), exp));
        ScalarExpr quotient = fn(ScalarFn.SELECT, fn(ScalarFn.EQ, sum, zero), zero, fn(ScalarFn.DIV, exp, sum));
        return new RowFamily(rows(axis), axes[axis], steps, List.of(new Write(y, true, address(-1), quotient)));
    }

    @Test
    void softmaxOverEachAxis() {
        lengths(5, 18, 37);
        IntToDoubleFunction gaussian = gaussian();
        // Whole rows of minus infinity along each axis, and one NaN.
        IntToDoubleFunction masked = i -> i / 37 == 4 || i % 37 == 3 || i % (18 * 37) == 77
                ? Double.NEGATIVE_INFINITY
                : i == 200 ? Double.NaN : 5 * gaussian.applyAsDouble(i);
        Buffer x = bench.input("x", DType.F32, masked, shape());
        for (int axis = 0; axis < 3; axis++) {
            Buffer y = bench.output("y" + axis, DType.F32, new Tolerance(1e-7, 2e-6), shape());
            bench.kernel(softmax(x, y, axis));
        }
        bench.check("softmax, seed " + SEED);
    }

    @Test
    void layerNormalisation() {
        lengths(2, 9, 384);
        Buffer x = bench.input("x", DType.F32, gaussian(), shape());
        Buffer weight = bench.input("weight", DType.F32, gaussian(), axes[2].extent());
        for (int axis = 1; axis < 3; axis++) {
            Buffer y = bench.output("y" + axis, DType.F32, new Tolerance(1e-5, 1e-5), shape());
            Buffer means = bench.output("means" + axis, DType.F32, CLOSE, rowShape(axis));
            ScalarExpr element = new Element(x, address(-1));
            ScalarExpr count = ScalarExpr.cast(DType.F32, ScalarExpr.of(axes[axis].extent()));
            Variable sum = new Variable("sum", DType.F32);
            Variable mean = new Variable("mean", DType.F32);
            Variable squares = new Variable("squares", DType.F32);
            Variable scale = new Variable("scale", DType.F32);
            ScalarExpr centred = fn(ScalarFn.SUB, element, mean);
            ScalarExpr variance = fn(ScalarFn.ADD, fn(ScalarFn.DIV, squares, count), new Literal(DType.F32, 1e-5));
            List<Step> steps = List.of(
                    new Step(sum, Optional.of(Reduction.SUM), element),
                    new Step(mean, Optional.empty(), fn(ScalarFn.DIV, sum, count)),
                    new Step(squares, Optional.of(Reduction.SUM), fn(ScalarFn.MUL, centred, centred)),
                    new Step(scale, Optional.empty(), fn(ScalarFn.RSQRT, variance)));
            ScalarExpr result =
                    fn(ScalarFn.MUL, fn(ScalarFn.MUL, centred, scale), new Element(weight, ScalarExpr.of(axes[2])));
            List<Write> writes =
                    List.of(new Write(means, false, address(axis), mean), new Write(y, true, address(-1), result));
            bench.kernel(new RowFamily(rows(axis), axes[axis], steps, writes));
        }
        bench.check("layer norm, seed " + SEED);
    }

    @Test
    void resultsDoNotDependOnThreads() {
        lengths(7, 33, 1021);
        reductions("f32", DType.F32, gaussian());
        var alone = bench.run(16, 1);
        var shared = bench.run(16, 4);
        for (var entry : alone.entrySet()) {
            Tensor other = shared.get(entry.getKey());
            for (int i = 0; i < other.size(); i++) {
                assertEquals(entry.getValue().element(i), other.element(i), entry.getKey());
            }
        }
    }
}
