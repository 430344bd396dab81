package heddle.compiler.backend.jvm;

import heddle.compiler.backend.jvm.text.VectorMath;
import heddle.compiler.index.PositionCasts;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExpr.Apply;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.DType;
import heddle.compiler.type.Precision;
import java.util.List;
import java.util.Optional;

/** Functions of float vectors: methods of the Vector API, {@link VectorMath}, or lane by lane. */
record VectorFunctions(VectorCode code) {
    /**
     * A vector that holds the value of {@code e} in each lane.
     *
     * @param wish for its name, should it have one
     */
    String of(Apply e, String wish) {
        return switch (e.fn()) {
            case SELECT -> code.select(e);
            case CAST -> cast(e);
            case SIGN -> sign(e);
            case POW -> power(e);
            case FLOOR_DIV ->
                code.of(new Apply(ScalarFn.FLOOR, e.type(), List.of(new Apply(ScalarFn.DIV, e.type(), e.args()))));
            case NEG, ABS, SQRT -> arg(e, 0) + "." + e.fn().text() + "()";
            case RSQRT -> code.lanes().broadcast("1") + ".div(" + arg(e, 0) + ".sqrt())";
            case DIV -> reciprocal(e).map(x -> arg(e, 0) + ".mul(" + x + ")").orElseGet(() -> arithmetic(e));
            case ADD, SUB, MUL, MIN, MAX -> arithmetic(e);
            default -> function(e, wish);
        };
    }

    private String arithmetic(Apply e) {
        String second = code.operand(e.args().get(1));
        return code.beside(e.args().getFirst(), second) + "." + e.fn().text() + "(" + second + ")";
    }

    /** The number to multiply with in place of a division, if that gives the same bits: of a power of two. A vector is divided slowly. */
    private Optional<String> reciprocal(Apply e) {
        return e.args().get(1) instanceof ScalarExpr.Literal divisor
                        && ScalarExprs.isPowerOfTwo(divisor)
                        && Math.abs(Math.getExponent(divisor.value())) <= 100
                ? Optional.of(code.operand(new ScalarExpr.Literal(divisor.type(), 1 / divisor.value())))
                : Optional.empty();
    }

    private String function(Apply e, String wish) {
        Optional<String> template =
                code.lanes().element().equals("float") ? VectorMath.template(e.fn()) : Optional.empty();
        if (template.isEmpty() || e.args().size() > 1) {
            return new LaneByLane(code).of(e);
        }
        String x = code.named(e.args().getFirst());
        String name = code.locals().fresh(wish);
        code.out().line(VectorMath.expand(template.get(), x, name, code.locals()));
        return name;
    }

    private String sign(Apply e) {
        String x = code.named(e.args().getFirst());
        return x + ".blend(1, " + x + ".compare(VectorOperators.GT, 0)).blend(-1, " + x
                + ".compare(VectorOperators.LT, 0))";
    }

    /** Small whole powers are products. */
    private String power(Apply e) {
        if (!(e.args().getLast() instanceof ScalarExpr.Literal exponent)) {
            return new LaneByLane(code).of(e);
        }
        if (exponent.value() != 2 && exponent.value() != 3) {
            return new LaneByLane(code).of(e);
        }
        String x = code.named(e.args().getFirst());
        return x + ".mul(" + x + ")" + (exponent.value() == 3 ? ".mul(" + x + ")" : "");
    }

    private String cast(Apply e) {
        ScalarExpr from = e.args().getFirst();
        if (Precision.isNarrow(e.type())) {
            return new LaneByLane(code).of(e);
        }
        if (from.type() == DType.BOOL) {
            return code.lanes().vector() + ".zero(" + code.lanes().species() + ").blend(1, " + code.of(from) + ")";
        }
        if (PositionCasts.isPositionCast(e)) {
            return new PositionVectors(code).of(e);
        }
        return code.lanes().hold(from.type()) ? code.of(from) : new LaneByLane(code).of(e);
    }

    private String arg(Apply e, int i) {
        return code.of(e.args().get(i));
    }
}
