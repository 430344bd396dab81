package heddle.compiler.backend.jvm;

import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExpr.Apply;
import heddle.compiler.type.DType;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Functions that return bools, as lane masks. */
record MaskFunctions(VectorCode code) {
    /** A mask of the lanes in which {@code e} holds. */
    String of(Apply e) {
        return switch (e.fn()) {
            case AND, OR, XOR -> {
                String second = arg(e, 1);
                yield code.beside(e.args().getFirst(), second) + "." + e.fn().text() + "(" + second + ")";
            }
            case NOT -> arg(e, 0) + ".not()";
            case SELECT -> code.select(e);
            case EQ, NE, LT, LE, GT, GE -> compare(e);
            case CAST ->
                code.lanes().hold(e.args().getFirst().type())
                        ? arg(e, 0) + ".compare(VectorOperators.NE, 0)"
                        : new LaneByLane(code).of(e);
            default -> new LaneByLane(code).of(e);
        };
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
            String all = code.loop().invariants().scalar(e);
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
