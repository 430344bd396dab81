package heddle.tests.fuzz;

import heddle.compiler.op.Arithmetic;
import heddle.compiler.op.MonteCarloArithmetic;
import heddle.compiler.op.MonteCarloArithmetic.Precision;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Arithmetics that show how inexact a model is. The first rounds to nearest; the others add random errors, and seldom meet
 * what all elements of a row round to at once, as sixteen bits do beside a mask of -10000.
 */
final class InexactArithmetics {
    private InexactArithmetics() {}

    /** The one that rounds, and {@code count} that are random. */
    static List<Arithmetic> of(Precision precision, int count, long seed) {
        Arithmetic nearest = (node, operands, lengths) -> {
            boolean rounds =
                    precision == Precision.AS_TYPED || node.type().dtype().bytes() == 2;
            return (rounds ? Arithmetic.AS_TYPED : Arithmetic.EXACT).evaluate(node, operands, lengths);
        };
        Stream<Arithmetic> random =
                IntStream.range(0, count).mapToObj(n -> new MonteCarloArithmetic(precision, seed + n));
        return Stream.concat(Stream.of(nearest), random).toList();
    }
}
