package heddle.compiler.frontend.function.layout;

import heddle.compiler.frontend.function.Arguments;
import heddle.compiler.frontend.function.LanguageFunction;
import heddle.compiler.frontend.function.Signature;
import heddle.compiler.frontend.value.Denotation;
import heddle.compiler.frontend.value.Denotation.Tensor;
import heddle.compiler.frontend.value.FrontendCode;
import heddle.compiler.frontend.value.Maths;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.DType;

/** Keeps a triangle of matrices. */
public final class TriluFunction implements LanguageFunction {
    @Override
    public Signature signature() {
        return Signature.of("trilu", "x").withDefault("k", 0).withDefault("upper", false);
    }

    @Override
    public String summary() {
        return "the lower or upper triangle of matrices, zeros elsewhere; k moves the diagonal, which stays, to the right";
    }

    @Override
    public String shapes() {
        return "[.., n, m] → [.., n, m]";
    }

    @Override
    public Denotation expand(Arguments a) {
        Tensor x = a.tensor("x");
        if (x.rank() < 2) {
            throw a.mistakes().unfit("x", FrontendCode.OPERATION, "needs a matrix, not " + x.type(), "");
        }
        Maths m = a.maths();
        Tensor row = m.positions(x.dim(-2), 0, 2);
        Tensor column = m.positions(x.dim(-1), 1, 2);
        Tensor diagonal = m.add(row, m.length(a.known("k").length(), DType.I64));
        ScalarFn keeps = a.known("upper").truth() ? ScalarFn.GE : ScalarFn.LE;
        return m.select(m.apply(keeps, column, diagonal), x, m.number(0, x.dtype()));
    }
}
