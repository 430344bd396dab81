package heddle.runtime.jvm;

import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.Derivatives;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.tile.family.MapFamily;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.runtime.jvm.Bench.Tolerance;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every function at every element type, held against its meaning in double precision. */
class ScalarFnKernelTest {
    private static final long SEED = 20250607;

    private static final double[] FLOATS = {
        0,
        -0.0,
        1,
        -1,
        0.5,
        -0.5,
        1.5,
        2.5,
        -2.5,
        3.3,
        -3.7,
        1e-8,
        -1e-8,
        1e-3,
        7,
        20,
        -20,
        60,
        88,
        88.7,
        88.8,
        -80,
        -100,
        110,
        1e4,
        -1e4,
        99999,
        123456.7,
        1e7,
        -1e10,
        1e30,
        -1e30,
        1e-40,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY,
        Double.NaN
    };

    /** Functions that no rounding happens in but that of the result. */
    private static final Set<ScalarFn> ROUNDED_ONCE = Set.of(
            ScalarFn.NEG,
            ScalarFn.ABS,
            ScalarFn.SIGN,
            ScalarFn.SQRT,
            ScalarFn.FLOOR,
            ScalarFn.CEIL,
            ScalarFn.ROUND,
            ScalarFn.ADD,
            ScalarFn.SUB,
            ScalarFn.MUL,
            ScalarFn.DIV,
            ScalarFn.MIN,
            ScalarFn.MAX,
            ScalarFn.SELECT);

    @TempDir
    static Path classes;

    private Bench bench;
    private Dim n;
    private final Map<DType, List<Buffer>> operands = new EnumMap<>(DType.class);

    @BeforeEach
    void setUp() {
        bench = new Bench(classes);
        n = bench.length("N", 1021);
        Random random = new Random(SEED);
        for (DType type : DType.values()) {
            List<Buffer> buffers = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                double[] values =
                        random.doubles(1021).map(r -> element(type, r, random)).toArray();
                buffers.add(bench.input(type.text() + "_" + i, type, k -> values[k], n));
            }
            operands.put(type, buffers);
        }
    }

    private static double element(DType type, double r, Random random) {
        return switch (type) {
            case BOOL -> r < 0.5 ? 0 : 1;
            case I32, I64 -> r < 0.2 ? 0 : Math.rint((random.nextDouble() - 0.5) * (r < 0.6 ? 20 : 2_000_000));
            default -> r < 0.3 ? FLOATS[random.nextInt(FLOATS.length)] : random.nextGaussian() * (r < 0.6 ? 1 : 30);
        };
    }

    @Test
    void functionsHaveTheirMeaning() {
        for (ScalarFn fn : ScalarFn.values()) {
            for (DType type : DType.values()) {
                DType[] types = new DType[fn.arity()];
                Arrays.fill(types, type);
                if (fn == ScalarFn.SELECT) {
                    types[0] = DType.BOOL;
                }
                fn.resultType(List.of(types))
                        .ifPresent(result -> map(fn + "_" + type, fn, result, tolerance(fn, result), types));
            }
        }
        bench.check("seed " + SEED);
    }

    @Test
    void castsConvertAsJavaDoes() {
        for (DType from : DType.values()) {
            for (DType to : DType.values()) {
                // Doubles reach sixteen bits by way of a float, which may round a tie twice.
                boolean twice = from == DType.F64 && to.bytes() == 2;
                map(from + "_to_" + to, ScalarFn.CAST, to, twice ? ulps(to, 1) : Tolerance.EXACT, from);
            }
        }
        bench.check("seed " + SEED);
    }

    private void map(String name, ScalarFn fn, DType result, Tolerance tolerance, DType... types) {
        Axis i = new Axis("i", n);
        List<ScalarExpr> args = new ArrayList<>();
        for (int slot = 0; slot < types.length; slot++) {
            ScalarExpr element =
                    new ScalarExpr.Element(operands.get(types[slot]).get(slot % 2), ScalarExpr.of(i));
            args.add(fn == ScalarFn.EXP_NONPOSITIVE ? nonPositive(element) : element);
        }
        Buffer output = bench.output(name, result, tolerance, n);
        ScalarExpr program = Derivatives.lowered(new ScalarExpr.Apply(fn, result, args));
        bench.kernel(new MapFamily(List.of(i), output, ScalarExpr.of(i), program));
    }

    private static ScalarExpr nonPositive(ScalarExpr x) {
        return ScalarExpr.apply(ScalarFn.NEG, ScalarExpr.apply(ScalarFn.ABS, x));
    }

    private static Tolerance tolerance(ScalarFn fn, DType result) {
        if (!result.isFloat() || ROUNDED_ONCE.contains(fn)) {
            return Tolerance.EXACT;
        }
        if (fn == ScalarFn.FLOOR_DIV) {
            // A quotient may round up to the next integer before it is floored.
            return new Tolerance(1, 0x1p-7);
        }
        if (fn == ScalarFn.SIN || fn == ScalarFn.COS) {
            return result == DType.F64 ? new Tolerance(1e-15, 1e-15) : ulps(result, 1, 1.2e-7);
        }
        return ulps(result, fn == ScalarFn.EXP_NONPOSITIVE ? 20 : 4);
    }

    private static Tolerance ulps(DType type, int count) {
        return ulps(type, count, 1e-37);
    }

    /** So many units in the last place, and {@code absolute} near zero. */
    private static Tolerance ulps(DType type, int count, double absolute) {
        double unit = switch (type) {
            case F64 -> 0x1p-52;
            case F16 -> 0x1p-10;
            case BF16 -> 0x1p-7;
            default -> 0x1p-23;
        };
        return new Tolerance(absolute, count * unit);
    }
}
