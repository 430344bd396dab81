package heddle.runtime.jvm;

import static heddle.runtime.jvm.Programs.address;
import static heddle.runtime.jvm.Programs.at;
import static heddle.runtime.jvm.Programs.fn;
import static heddle.runtime.jvm.Programs.literal;
import static heddle.runtime.jvm.Programs.variable;

import heddle.compiler.scalar.Annihilating;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.schedule.SchedulePolicy;
import heddle.compiler.tile.family.Contraction;
import heddle.compiler.tile.family.Panels;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Generated products against their interpreter. A test is one class of many kernels, so that it compiles once. */
class ContractionKernelTest {
    /** A sum in several blocks. */
    private static final int DEEP = 1100;

    private static final Bench.Tolerance CLOSE = new Bench.Tolerance(3e-5, 1e-5);
    private static final ScalarExpr.Variable ACC = variable("acc", DType.F32);

    @TempDir
    Path classes;

    private Bench bench;
    private int count;

    @BeforeEach
    void begin() {
        bench = new Bench(classes);
        count = 0;
    }

    private Buffer input(DType type, Dim... shape) {
        int seed = ++count;
        return bench.input("in" + seed, type, i -> Noise.of(seed).applyAsDouble(i) * (type.isInt() ? 9 : 1), shape);
    }

    private Buffer output(DType type, Dim... shape) {
        return bench.output("out" + ++count, type, type.isInt() ? Bench.Tolerance.EXACT : CLOSE, shape);
    }

    private Axis axis(String name, long length, boolean symbolic) {
        return new Axis(
                name,
                symbolic ? bench.length(name.toUpperCase(java.util.Locale.ROOT) + ++count, length) : Dim.of(length));
    }

    private void add(Contraction c) {
        bench.kernel(c);
    }

    /** {@code x[m, k] · w} with {@code w} stored either way. */
    private Contraction product(DType type, Axis m, Axis n, Axis k, boolean transposed) {
        Buffer x = input(type, m.extent(), k.extent());
        Buffer w = transposed ? input(type, n.extent(), k.extent()) : input(type, k.extent(), n.extent());
        Buffer y = output(type, m.extent(), n.extent());
        ScalarExpr.Variable acc = variable("acc", type);
        ScalarExpr b = transposed ? at(w, n, k) : at(w, k, n);
        return new Contraction(List.of(), m, n, k, at(x, m, k), b, Annihilating.NEITHER, acc, acc, y, address(y, m, n));
    }

    /** One factor has zeros where the other has NaN, in some blocks of the sum. */
    @Test
    void zerosOfOneFactorAddNothing() {
        for (DType type : List.of(DType.F32, DType.F64)) {
            for (Annihilating zeros : List.of(Annihilating.LEFT, Annihilating.RIGHT)) {
                for (int columns : new int[] {5, 70}) {
                    boolean left = zeros == Annihilating.LEFT;
                    Axis m = axis("m", 50, false);
                    Axis n = axis("n", columns, false);
                    Axis k = axis("k", DEEP, false);
                    Buffer x = special(left ? 0 : Double.NaN, type, i -> i % DEEP, m.extent(), k.extent());
                    Buffer w = special(left ? Double.NaN : 0, type, i -> i / columns, k.extent(), n.extent());
                    Buffer y = output(type, m.extent(), n.extent());
                    ScalarExpr.Variable acc = variable("acc", type);
                    add(new Contraction(
                            List.of(), m, n, k, at(x, m, k), at(w, k, n), zeros, acc, acc, y, address(y, m, n)));
                }
            }
        }
        bench.check("zeros");
    }

    /** Noise with a special number at two places of the sum. @param place along the sum that an element has */
    private Buffer special(double number, DType type, IntUnaryOperator place, Dim... shape) {
        int seed = ++count;
        return bench.input(
                "in" + seed,
                type,
                i -> place.applyAsInt(i) == 3 || place.applyAsInt(i) == DEEP - 1
                        ? number
                        : Noise.of(seed).applyAsDouble(i),
                shape);
    }

    @Test
    void lengthsThatDivideAndThatDoNot() {
        long[][] shapes = {
            {1, 1, 1}, {1, 130, 70}, {7, 12, 33}, {48, 64, 64}, {49, 65, 63}, {5, 1, 129}, {200, 31, 9}, {3, 100, 2100}
        };
        for (long[] s : shapes) {
            for (boolean symbolic : new boolean[] {false, true}) {
                boolean transposed = (s[0] + s[1]) % 2 == 0 ^ symbolic;
                add(product(
                        DType.F32,
                        axis("m", s[0], symbolic),
                        axis("n", s[1], symbolic),
                        axis("k", s[2], symbolic),
                        transposed));
            }
        }
        bench.check("products");
    }

    @Test
    void sumsOfNothingAreZero() {
        add(product(DType.F32, axis("m", 3, false), axis("n", 20, false), axis("k", 0, true), false));
        bench.check("k = 0");
    }

    @Test
    void otherElementTypes() {
        for (DType type : List.of(DType.F64, DType.I64, DType.I32, DType.BF16)) {
            add(product(type, axis("m", 9, true), axis("n", 37, false), axis("k", 21, true), true));
        }
        bench.check("types");
    }

    @Test
    void packedWeights() {
        for (long[] s : new long[][] {{5, 100, 40}, {1, 64, 96}, {13, 12, 1}, {50, 24, 1200}}) {
            Contraction c =
                    product(DType.F32, axis("m", s[0], true), axis("n", s[1], false), axis("k", s[2], false), false);
            int width = SchedulePolicy.PROCESSOR.panel(c).getAsInt();
            Buffer wanted =
                    Panels.of(c, width, name -> "panels").packs().getFirst().output();
            Buffer buffer = output(DType.F32, wanted.type().shape().dims().toArray(Dim[]::new));
            Panels panels = Panels.of(c, width, name -> buffer.name());
            panels.packs().forEach(bench::kernel);
            add(panels.applyTo(c));
        }
        bench.check("panels");
    }

    @Test
    void epiloguesWithBiasActivationAndResidual() {
        Axis m = axis("m", 21, true);
        Axis n = axis("n", 70, false);
        Contraction c = product(DType.F32, m, n, axis("k", 50, false), false);
        Buffer bias = input(DType.F32, n.extent());
        Buffer residual = input(DType.F32, m.extent(), n.extent());
        ScalarExpr x = fn(ScalarFn.ADD, ACC, at(bias, n));
        ScalarExpr erf = fn(ScalarFn.ERF, fn(ScalarFn.MUL, x, literal(Math.sqrt(0.5))));
        ScalarExpr gelu = fn(ScalarFn.MUL, fn(ScalarFn.MUL, literal(0.5), x), fn(ScalarFn.ADD, literal(1), erf));
        ScalarExpr all = fn(ScalarFn.ADD, gelu, at(residual, m, n));
        add(new Contraction(List.of(), m, n, c.k(), c.a(), c.b(), c.zeros(), ACC, all, c.output(), c.address()));
        bench.check("gelu(x w + b) + r");
    }

    @Test
    void headsAreSplitInTheAddresses() {
        Dim heads = Dim.of(3);
        Dim size = Dim.of(16);
        Axis b = axis("b", 2, true);
        Axis m = axis("m", 10, true);
        Axis n = new Axis("n", heads.times(size));
        Axis k = new Axis("k", heads.times(size));
        Buffer x = input(DType.F32, b.extent(), heads, m.extent(), size);
        Buffer w = input(DType.F32, k.extent(), n.extent());
        Buffer y = output(DType.F32, b.extent(), heads, m.extent(), size);
        ScalarExpr[] in = {ScalarExpr.of(b), head(k, size), ScalarExpr.of(m), within(k, size)};
        ScalarExpr[] out = {ScalarExpr.of(b), head(n, size), ScalarExpr.of(m), within(n, size)};
        add(new Contraction(
                List.of(b), m, n, k, at(x, in), at(w, k, n), Annihilating.NEITHER, ACC, ACC, y, address(y, out)));
        bench.check("heads");
    }

    private static ScalarExpr head(Axis axis, Dim size) {
        return fn(ScalarFn.FLOOR_DIV, ScalarExpr.of(axis), ScalarExpr.of(size));
    }

    private static ScalarExpr within(Axis axis, Dim size) {
        return fn(ScalarFn.MOD, ScalarExpr.of(axis), ScalarExpr.of(size));
    }

    @Test
    void operandsThatAreComputed() {
        Axis m = axis("m", 11, true);
        Axis n = axis("n", 40, true);
        Axis k = axis("k", 30, false);
        Contraction c = product(DType.F32, m, n, k, true);
        ScalarExpr even = fn(ScalarFn.EQ, fn(ScalarFn.MOD, ScalarExpr.of(k), ScalarExpr.of(2)), ScalarExpr.of(0));
        ScalarExpr b = fn(ScalarFn.SELECT, even, c.b(), literal(0.25));
        add(new Contraction(
                List.of(), m, n, k, fn(ScalarFn.EXP, c.a()), b, c.zeros(), ACC, ACC, c.output(), c.address()));
        bench.check("exp(x) · where(k % 2 == 0, w, 0.25)");
    }

    @Test
    void everyStrideOfBothOperands() {
        Axis b = axis("b", 2, true);
        Axis m = axis("m", 9, true);
        Axis n = axis("n", 35, true);
        Axis k = axis("k", 20, true);
        Buffer x = input(DType.F32, k.extent(), b.extent(), m.extent());
        Buffer w = input(DType.F32, n.extent(), b.extent(), k.extent());
        Buffer y = output(DType.F32, n.extent(), m.extent(), b.extent());
        add(new Contraction(
                List.of(b),
                m,
                n,
                k,
                at(x, k, b, m),
                at(w, n, b, k),
                Annihilating.NEITHER,
                ACC,
                ACC,
                y,
                address(y, n, m, b)));
        bench.check("strides");
    }
}
