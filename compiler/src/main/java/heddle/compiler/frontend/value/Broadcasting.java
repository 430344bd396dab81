package heddle.compiler.frontend.value;

import heddle.compiler.frontend.value.Denotation.Tensor;
import heddle.compiler.type.Dim;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.source.Span;
import java.util.List;

/** Checks whether shapes broadcast, and reports the places where they come from. */
public final class Broadcasting {
    private Broadcasting() {}

    /**
     * Checks that operands broadcast with each other.
     *
     * @param tensors the operands as tensors
     * @param what    the operator or function, as it is written
     * @param at      where a mismatch is reported
     * @throws DiagnosticException when two of them do not
     */
    public static void check(List<Operand> operands, List<Tensor> tensors, String what, Span at) {
        for (int i = 0; i < tensors.size(); i++) {
            for (int j = i + 1; j < tensors.size(); j++) {
                check(operands.get(i), tensors.get(i), operands.get(j), tensors.get(j), what, at);
            }
        }
    }

    /** Whether tensors broadcast with each other. */
    public static boolean fits(List<Tensor> tensors) {
        for (Tensor left : tensors) {
            for (Tensor right : tensors) {
                for (int axis = -1; axis >= -Math.min(left.rank(), right.rank()); axis--) {
                    if (!fits(left.dim(axis), right.dim(axis))) {
                        return false;
                    }
                }
            }
        }
        return true;
    }

    private static boolean fits(Dim x, Dim y) {
        return x.equals(y) || x.is(1) || y.is(1);
    }

    private static void check(Operand a, Tensor left, Operand b, Tensor right, String what, Span at) {
        for (int axis = -1; axis >= -Math.min(left.rank(), right.rank()); axis--) {
            Dim x = left.dim(axis);
            Dim y = right.dim(axis);
            if (!fits(x, y)) {
                Diagnostic d = Diagnostic.at(
                                at,
                                FrontendCode.BROADCAST,
                                "shapes in `" + what + "` do not fit: axis " + axis + " is " + x + " and " + y)
                        .label(x + " and " + y);
                d = Words.both(d, a, b)
                        .note("shapes are aligned at their last axes; lengths must be equal, or one of them 1");
                String shorter = Words.writtenFactor(left.rank() < right.rank() ? a : b, "x");
                throw new DiagnosticException(
                        left.rank() == right.rank()
                                ? d
                                : d.hint("insert an axis where one is missing, as in " + shorter + "[:, new, ...]"));
            }
        }
    }
}
