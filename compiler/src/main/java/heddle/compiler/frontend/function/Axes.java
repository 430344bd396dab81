package heddle.compiler.frontend.function;

import heddle.compiler.frontend.value.FrontendCode;
import heddle.compiler.frontend.value.Operand;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import java.util.List;
import java.util.stream.IntStream;

/** Axis numbers as people write them: negative numbers count from the end. */
final class Axes {
    private Axes() {}

    static List<Integer> all(int rank) {
        return IntStream.range(0, rank).boxed().toList();
    }

    /** The axis counted from the front. @throws DiagnosticException when a tensor of this rank has no such axis */
    static int resolve(Operand argument, long axis, int rank) {
        if (axis < -rank || axis >= rank) {
            Diagnostic d = Diagnostic.at(
                    argument.span(), FrontendCode.AXIS, "there is no axis " + axis + " in a tensor of rank " + rank);
            throw new DiagnosticException(
                    rank == 0
                            ? d.hint("a scalar has no axes")
                            : d.hint("axes run from 0 to " + (rank - 1) + ", or from -" + rank
                                    + " to -1 counted from the end"));
        }
        return (int) (axis < 0 ? axis + rank : axis);
    }
}
