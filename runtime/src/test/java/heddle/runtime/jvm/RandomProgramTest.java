package heddle.runtime.jvm;

import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExpr.Element;
import heddle.compiler.scalar.ScalarExpr.IntLiteral;
import heddle.compiler.scalar.ScalarExpr.Literal;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.tile.family.MapFamily;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.runtime.jvm.Bench.Tolerance;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs of random functions, types, strides and shared parts over random lengths. */
class RandomProgramTest {
    private static final int[] LENGTHS = {1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 100};

    /** Functions whose results stay near when their arguments do; others would make small errors large. */
    private static final List<ScalarFn> SMOOTH = List.of(
            ScalarFn.NEG,
            ScalarFn.ABS,
            ScalarFn.TANH,
            ScalarFn.ERF,
            ScalarFn.SIGMOID,
            ScalarFn.SIN,
            ScalarFn.COS,
            ScalarFn.ADD,
            ScalarFn.SUB,
            ScalarFn.MUL,
            ScalarFn.MIN,
            ScalarFn.MAX);

    private static final List<ScalarFn> COMPARISONS =
            List.of(ScalarFn.EQ, ScalarFn.NE, ScalarFn.LT, ScalarFn.LE, ScalarFn.GT, ScalarFn.GE);

    private static final List<ScalarFn> INTEGER = List.of(
            ScalarFn.ADD, ScalarFn.SUB, ScalarFn.MUL, ScalarFn.FLOOR_DIV, ScalarFn.MOD, ScalarFn.MIN, ScalarFn.MAX);

    private static final List<ScalarFn> LOGIC = List.of(ScalarFn.AND, ScalarFn.OR, ScalarFn.XOR);

    @TempDir
    static Path classes;

    private Random random;
    private Bench bench;
    private List<Axis> axes;
    private final Map<DType, List<Buffer>> inputs = new HashMap<>();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void programsHaveTheirMeaning(long seed) {
        random = new Random(seed);
        bench = new Bench(classes);
        axes = new ArrayList<>();
        for (String name : List.of("a", "b", "c")) {
            long length = LENGTHS[random.nextInt(LENGTHS.length)];
            Dim extent = random.nextBoolean() ? Dim.of(length) : bench.length(name.toUpperCase(Locale.ROOT), length);
            axes.add(new Axis(name, extent));
        }
        Dim[] shape = axes.stream().map(Axis::extent).toArray(Dim[]::new);
        for (DType type : List.of(DType.F32, DType.F64, DType.I64, DType.I32, DType.BOOL)) {
            List<Buffer> ofType = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                ofType.add(bench.input("in" + type + i, type, k -> value(type), shape));
            }
            inputs.put(type, ofType);
        }
        for (int k = 0; k < 25; k++) {
            DType type = List.of(DType.F32, DType.F32, DType.F64, DType.I64, DType.I32, DType.BOOL)
                    .get(random.nextInt(6));
            Tolerance tolerance = type.isFloat() ? new Tolerance(2e-4, 2e-5) : Tolerance.EXACT;
            Buffer output = bench.output("out" + k, type, tolerance, shape);
            bench.kernel(new MapFamily(axes, output, address(), program(type, 5)));
        }
        bench.check("seed " + seed);
    }

    private double value(DType type) {
        return switch (type) {
            case BOOL -> random.nextInt(2);
            case I64, I32 -> random.nextInt(41) - 20;
            default -> random.nextGaussian();
        };
    }

    private ScalarExpr address() {
        ScalarExpr address = ScalarExpr.of(0);
        for (Axis axis : axes) {
            ScalarExpr scaled = ScalarExpr.apply(ScalarFn.MUL, address, ScalarExpr.of(axis.extent()));
            address = ScalarExpr.apply(ScalarFn.ADD, scaled, ScalarExpr.of(axis));
        }
        return address;
    }

    private <T> T any(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    private ScalarExpr program(DType type, int depth) {
        if (depth == 0 || random.nextInt(6) == 0) {
            return leaf(type);
        }
        if (random.nextInt(6) == 0) {
            return ScalarExpr.apply(
                    ScalarFn.SELECT,
                    program(DType.BOOL, depth - 1),
                    program(type, depth - 1),
                    program(type, depth - 1));
        }
        return switch (type) {
            case BOOL -> truth(depth - 1);
            case F32, F64 -> {
                if (random.nextInt(5) == 0) {
                    yield cast(type, depth - 1);
                }
                ScalarFn fn = any(SMOOTH);
                ScalarExpr first = program(type, depth - 1);
                boolean same = random.nextInt(4) == 0;
                yield fn.arity() == 1
                        ? ScalarExpr.apply(fn, first)
                        : ScalarExpr.apply(fn, first, same ? first : program(type, depth - 1));
            }
            default ->
                random.nextInt(5) == 0
                        ? ScalarExpr.cast(type, program(type == DType.I64 ? DType.I32 : DType.BOOL, depth - 1))
                        : ScalarExpr.apply(any(INTEGER), bounded(type, depth - 1), bounded(type, depth - 1));
        };
    }

    /** An integer small enough for products to stay exact in the reference's doubles. */
    private ScalarExpr bounded(DType type, int depth) {
        return ScalarExpr.apply(ScalarFn.MOD, program(type, depth), new IntLiteral(type, 1000));
    }

    private ScalarExpr cast(DType type, int depth) {
        DType from = any(List.of(DType.BOOL, DType.I64, DType.I32));
        ScalarExpr e = program(from, depth);
        ScalarExpr small = from == DType.BOOL ? e : ScalarExpr.apply(ScalarFn.MOD, e, new IntLiteral(from, 10));
        return ScalarExpr.cast(type, small);
    }

    /** Conditions compare integers or inputs as they are: a computed float may differ in its last place. */
    private ScalarExpr truth(int depth) {
        return switch (random.nextInt(4)) {
            case 0 -> ScalarExpr.apply(any(COMPARISONS), program(DType.I64, depth), program(DType.I64, depth));
            case 1 -> ScalarExpr.apply(any(COMPARISONS), leaf(DType.F32), leaf(DType.F32));
            case 2 -> ScalarExpr.apply(ScalarFn.NOT, program(DType.BOOL, depth));
            default -> ScalarExpr.apply(any(LOGIC), program(DType.BOOL, depth), program(DType.BOOL, depth));
        };
    }

    private ScalarExpr leaf(DType type) {
        int kind = random.nextInt(10);
        if (kind == 0) {
            return type.isInt() ? new IntLiteral(type, random.nextInt(9) - 4) : new Literal(type, value(type));
        }
        if (kind < 4 && type == DType.I64) {
            return kind == 1 ? ScalarExpr.of(any(axes).extent()) : ScalarExpr.of(any(axes));
        }
        Buffer buffer = any(inputs.get(type));
        return new Element(buffer, kind < 8 ? address() : elsewhere());
    }

    /** Another place in a buffer: some axes left out, or the order of its elements turned round. */
    private ScalarExpr elsewhere() {
        Dim size = axes.stream().map(Axis::extent).reduce(Dim.ONE, Dim::times);
        if (random.nextBoolean()) {
            ScalarExpr last = ScalarExpr.apply(ScalarFn.SUB, ScalarExpr.of(size), ScalarExpr.of(1));
            return ScalarExpr.apply(ScalarFn.SUB, last, address());
        }
        ScalarExpr factor = ScalarExpr.of(random.nextInt(7));
        ScalarExpr product = ScalarExpr.apply(ScalarFn.MUL, ScalarExpr.of(any(axes)), factor);
        return ScalarExpr.apply(ScalarFn.MOD, product, ScalarExpr.of(size));
    }
}
