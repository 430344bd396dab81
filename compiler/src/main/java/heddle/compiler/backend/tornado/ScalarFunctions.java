package heddle.compiler.backend.tornado;

import heddle.compiler.backend.emit.Division;
import heddle.compiler.backend.emit.Operators;
import heddle.compiler.scalar.ScalarExpr.Apply;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.DType;
import java.util.List;
import java.util.Set;

/**
 * Writes every {@link ScalarFn}, at every element type, as Java that TornadoVM compiles. Arguments are operands of any
 * operator.
 *
 * @param called gets what the expressions call
 */
record ScalarFunctions(Set<DeviceFunction> called) {
    private static final Operators OPERATORS = new Operators("&", "|");

    /** The value of {@code e} when its arguments have the values {@code args}. */
    String of(Apply e, List<String> args) {
        String a = args.getFirst();
        String b = args.getLast();
        DType type = e.args().getLast().type();
        return switch (e.fn()) {
            // TornadoVM takes a product that is added to itself for a multiply-add, and then misses the product.
            case ADD ->
                type.isFloat() && a.equals(b) ? (type == DType.F64 ? "2.0 * " : "2f * ") + a : OPERATORS.of(e, args);
            case SIGN -> "(" + a + " > 0 ? " + one(type, "") + " : " + a + " < 0 ? " + one(type, "-") + " : " + a + ")";
            case ABS, EXP, EXP_NONPOSITIVE, LOG, TANH, FLOOR, CEIL -> math(e.fn().text(), a);
            case SQRT -> root(type, a);
            case RSQRT -> one(type, "") + " / " + root(type, a);
            case ERF -> call(of(type, DeviceFunction.ERF, DeviceFunction.ERF_FLOAT), a);
            case SIGMOID -> one(type, "") + " / (" + one(type, "") + " + " + math("exp", "-" + a) + ")";
            case SIN -> type == DType.F64 ? call(DeviceFunction.SIN, a) : math("sin", a);
            case COS -> type == DType.F64 ? call(DeviceFunction.COS, a) : math("cos", a);
            case ROUND -> call(of(type, DeviceFunction.RINT, DeviceFunction.RINT_FLOAT), a);
            case FLOOR_DIV -> quotient(e, type, a, b);
            case MOD -> remainder(e, type, a, b);
            case POW -> call(of(type, DeviceFunction.POW, DeviceFunction.POW_FLOAT), a, b);
            case MIN -> extreme(type, "<", a, b);
            case MAX -> extreme(type, ">", a, b);
            case LE -> type.isFloat() ? orEqual(a, "<", b) : OPERATORS.of(e, args);
            case GE -> type.isFloat() ? orEqual(a, ">", b) : OPERATORS.of(e, args);
            case XOR -> a + " != " + b;
            case CAST -> cast(type, e.type(), a);
            case DRAW -> call(DeviceFunction.DRAW, args.toArray(String[]::new));
            default -> OPERATORS.of(e, args);
        };
    }

    private String root(DType type, String a) {
        return type == DType.F64 ? call(DeviceFunction.SQRT, a) : math("sqrt", a);
    }

    /** TornadoVM turns branches on {@code <=} and {@code >=} around, which is wrong for NaN. */
    private static String orEqual(String a, String comparison, String b) {
        return "(" + a + " " + comparison + " " + b + ") | (" + a + " == " + b + ")";
    }

    private static String math(String name, String arguments) {
        return "TornadoMath." + name + "(" + arguments + ")";
    }

    private static String one(DType type, String sign) {
        return sign + (type == DType.F64 ? "1.0" : type.isFloat() ? "1f" : type == DType.I64 ? "1L" : "1");
    }

    String call(DeviceFunction needed, String... args) {
        called.add(needed);
        return needed.methodName() + "(" + String.join(", ", args) + ")";
    }

    private static DeviceFunction of(DType type, DeviceFunction ofDoubles, DeviceFunction ofFloats) {
        return type == DType.F64 ? ofDoubles : ofFloats;
    }

    /** NaN wins, unlike with the minimum and maximum of devices. */
    static String extreme(DType type, String better, String a, String b) {
        String nan = type.isFloat() ? " || " + a + " != " + a : "";
        return "(" + a + " " + better + " " + b + nan + " ? " + a + " : " + b + ")";
    }

    private String quotient(Apply e, DType type, String a, String b) {
        if (type.isFloat()) {
            return call(of(type, DeviceFunction.FLOOR_DIV_DOUBLE, DeviceFunction.FLOOR_DIV_FLOAT), a, b);
        }
        return Division.roundsDown(e) ? a + " / " + b : Operators.narrowed(type, call(DeviceFunction.FLOOR_DIV, a, b));
    }

    private String remainder(Apply e, DType type, String a, String b) {
        if (type.isFloat()) {
            return call(of(type, DeviceFunction.MOD, DeviceFunction.MOD_FLOAT), a, b);
        }
        return Division.roundsDown(e) ? a + " % " + b : Operators.narrowed(type, call(DeviceFunction.FLOOR_MOD, a, b));
    }

    private String cast(DType from, DType to, String a) {
        String number = Operators.number(from, a);
        return switch (to) {
            case BOOL -> Operators.truth(from, a);
            case F16 -> shortened(DeviceFunction.F16, number);
            case BF16 -> shortened(DeviceFunction.BF16, number);
            case I64 ->
                from.isFloat()
                        ? call(of(from, DeviceFunction.TO_LONG, DeviceFunction.TO_LONG_FLOAT), number)
                        : "(long) " + number;
            case I32 ->
                from.isFloat()
                        ? call(of(from, DeviceFunction.TO_INT, DeviceFunction.TO_INT_FLOAT), number)
                        : "(int) " + number;
            default -> "(" + Storage.of(to).variable() + ") " + number;
        };
    }

    private String shortened(DeviceFunction to, String number) {
        called.add(DeviceFunction.SHORTENED);
        return call(to, "(float) " + number);
    }
}
