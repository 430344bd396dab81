package heddle.compiler.frontend.function.filled;

import heddle.compiler.frontend.function.Arguments;
import heddle.compiler.frontend.function.LanguageFunction;
import heddle.compiler.frontend.function.Signature;
import heddle.compiler.frontend.value.Denotation;
import heddle.compiler.frontend.value.Denotation.ElementType;
import heddle.compiler.op.Constant;
import heddle.compiler.type.DType;
import heddle.compiler.type.TensorType;
import java.util.Locale;

/** Tensors of zeros and ones. */
public enum FilledFunction implements LanguageFunction {
    ZEROS(0),
    ONES(1);

    private final int value;

    FilledFunction(int value) {
        this.value = value;
    }

    @Override
    public Signature signature() {
        return Signature.of(name().toLowerCase(Locale.ROOT), "shape").withDefault("dtype", new ElementType(DType.F32));
    }

    @Override
    public String summary() {
        return "a tensor of " + signature().name();
    }

    @Override
    public String shapes() {
        return "dtype[shape]";
    }

    @Override
    public Denotation expand(Arguments a) {
        return a.emitter()
                .add(Constant.splat(
                        new TensorType(
                                a.known("dtype").dtype(), a.known("shape").shape()),
                        value));
    }
}
