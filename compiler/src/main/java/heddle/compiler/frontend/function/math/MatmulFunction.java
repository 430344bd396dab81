package heddle.compiler.frontend.function.math;

import heddle.compiler.frontend.function.Arguments;
import heddle.compiler.frontend.function.LanguageFunction;
import heddle.compiler.frontend.function.Signature;
import heddle.compiler.frontend.value.Denotation;

/** The function {@code matmul}, which the operator {@code @} stands for. */
public final class MatmulFunction implements LanguageFunction {
    @Override
    public Signature signature() {
        return Signature.of("matmul", "a", "b");
    }

    @Override
    public String summary() {
        return "matrix product, the operator `@`; leading axes are batches and broadcast";
    }

    @Override
    public String shapes() {
        return "[.., n, k], [.., k, m] → [.., n, m]; an operand of one axis is a row on the left, a column on the right";
    }

    @Override
    public Denotation expand(Arguments a) {
        return Product.matmul(a.emitter(), a.operand("a"), a.operand("b"), a.call());
    }
}
