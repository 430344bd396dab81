package heddle.compiler.backend.jvm;

import heddle.compiler.backend.jvm.text.Support;
import heddle.compiler.backend.jvm.text.VectorTemplates;
import heddle.compiler.index.PositionCasts;
import heddle.compiler.index.Stride;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExpr.Apply;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.DType;
import heddle.compiler.type.Precision;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Functions of float vectors, and masks for those that return bools: methods of the Vector API, {@link VectorTemplates}, or lane by lane. */
record VectorFunctions(VectorCode code) {
    /**
     * A vector, or for bools a mask, that holds the value of {@code e} in each lane.
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
            case NEG, ABS, SQRT, NOT -> arg(e, 0) + "." + e.fn().text() + "()";
            case RSQRT -> code.lanes().broadcast("1") + ".div(" + arg(e, 0) + ".sqrt())";
            case DIV -> reciprocal(e).map(x -> arg(e, 0) + ".mul(" + x + ")").orElseGet(() -> arithmetic(e));
            case ADD, SUB, MUL, MIN, MAX, AND, OR, XOR -> arithmetic(e);
            case EQ, NE, LT, LE, GT, GE -> compare(e);
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
                code.lanes().element().equals("float") ? VectorTemplates.template(e.fn()) : Optional.empty();
        if (template.isEmpty() || e.args().size() > 1) {
            return new LaneByLane(code).of(e);
        }
        String x = code.named(e.args().getFirst());
        String name = code.locals().fresh(wish);
        code.out().line(VectorTemplates.expand(template.get(), x, name, code.locals()));
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
        if (e.type() == DType.BOOL) {
            return code.lanes().hold(from.type())
                    ? code.of(from) + ".compare(VectorOperators.NE, 0)"
                    : new LaneByLane(code).of(e);
        }
        if (from.type() == DType.BOOL) {
            return code.lanes().vector() + ".zero(" + code.lanes().species() + ").blend(1, " + code.of(from) + ")";
        }
        if (PositionCasts.isPositionCast(e)) {
            return position(e);
        }
        return code.lanes().hold(from.type()) ? code.of(from) : new LaneByLane(code).of(e);
    }

    /** A position, cast to floats: that of the first lane, plus the lanes' steps. */
    private String position(Apply cast) {
        Optional<Stride> stride = PositionCasts.stride(cast, code.loop().axis())
                .filter(s -> !code.isConditional() || !ScalarExprs.readsMemory(s.start()));
        return stride.map(s -> evenly(s, cast))
                .or(() -> PositionCasts.inward(cast).map(code::of))
                .orElseGet(() -> new LaneByLane(code).of(cast));
    }

    /** Beyond the integers that floats have, each lane is rounded by itself: a rounded sum would be rounded twice. */
    private String evenly(Stride stride, Apply cast) {
        boolean single = code.lanes().element().equals("float");
        Support rounded = single ? Support.FLOAT_POSITIONS : Support.DOUBLE_POSITIONS;
        code.loop().support().add(rounded);
        long step = stride.step().value();
        long exact = (single ? 1L << 24 : 1L << 53) - code.lanes().count() * Math.abs(step);
        String start = first(stride.start(), step);
        String steps = code.loop().laneSteps(step);
        String first = code.locals().fresh("first");
        code.out().line("long " + first + " = " + start + ";");
        String sum = code.lanes().broadcast("(" + code.lanes().element() + ") " + first) + ".add(" + steps + ")";
        String result = code.declare(cast.fn().text(), sum);
        code.out().open("if (" + first + " < -" + exact + "L || " + first + " > " + exact + "L)");
        code.out().line(result + " = " + rounded.methodName() + "(" + first + ", " + step + "L);");
        code.out().close();
        return result;
    }

    /** The position of the first lane. */
    private String first(ScalarExpr start, long step) {
        String moved = ScalarCode.operand(code.at());
        String from = code.loop().scalar(start);
        return step == 1
                ? from + " + " + moved
                : step == -1 ? from + " - " + moved : from + " + " + step + "L * " + moved;
    }

    private String compare(Apply e) {
        DType type = e.args().getFirst().type();
        if (code.lanes().hold(type)) {
            return arg(e, 0) + ".compare(VectorOperators." + e.fn() + ", "
                    + code.operand(e.args().get(1)) + ")";
        }
        if (type == DType.I64 && code.lanes().element().equals("float")) {
            Optional<String> mask = code.loop().indexComparison(e, code.at()).or(() -> inHalves(e));
            if (mask.isPresent()) {
                return mask.get();
            }
        }
        return new LaneByLane(code).of(e);
    }

    /**
     * A comparison of integers that are neighbours in memory with such ones or with one number. They take twice the room of floats, so
     * halves of the lanes are compared, and their bits joined. Empty when they lie otherwise, or some lanes may not be read.
     */
    private Optional<String> inHalves(Apply e) {
        if (code.guard().isPresent()) {
            return Optional.empty();
        }
        Optional<IntFunction<String>> a = half(e.args().getFirst());
        Optional<IntFunction<String>> b = half(e.args().getLast());
        if (a.isEmpty() || b.isEmpty()) {
            return Optional.empty();
        }
        int half = code.lanes().count() / 2;
        String bits = IntStream.of(0, half)
                .mapToObj(from -> a.get().apply(from) + ".compare(VectorOperators." + e.fn() + ", "
                        + b.get().apply(from) + ").toLong()")
                .collect(Collectors.joining(" | "));
        return Optional.of("VectorMask.fromLong(" + code.lanes().species() + ", " + bits + " << " + half + ")");
    }

    /** Vectors of integers, by the number of their first lane. */
    private Optional<IntFunction<String>> half(ScalarExpr e) {
        if (!code.varies(e)) {
            String all = code.loop().scalar(e);
            return Optional.of(from -> "LongVector.broadcast(L, " + all + ")");
        }
        return Optional.of(e)
                .filter(ScalarExpr.Element.class::isInstance)
                .map(ScalarExpr.Element.class::cast)
                .filter(x -> !x.buffer().stored().isPacked())
                .flatMap(x -> code.loop()
                        .addresses()
                        .of(x, code.at(), false)
                        .filter(p -> p.step().is(1))
                        .map(p -> from -> "LongVector.fromArray(L, "
                                + code.locals().array(x.buffer()).array() + ", " + p.text()
                                + (from == 0 ? "" : " + " + from) + ")"));
    }

    private String arg(Apply e, int i) {
        return code.of(e.args().get(i));
    }
}
