package heddle.compiler.frontend.function.network;

import heddle.compiler.frontend.function.Arguments;
import heddle.compiler.frontend.function.LanguageFunction;
import heddle.compiler.frontend.function.Signature;
import heddle.compiler.frontend.value.Denotation;
import heddle.compiler.frontend.value.Denotation.Tensor;
import heddle.compiler.op.Dropout;

/** Drops elements at random in training (Srivastava et al. 2014). */
public final class DropoutFunction implements LanguageFunction {
    @Override
    public Signature signature() {
        return Signature.of("dropout", "x", "p");
    }

    @Override
    public String summary() {
        return "in training sets elements to zero with probability p and divides the others by 1 - p; else x itself";
    }

    @Override
    public String shapes() {
        return "[..] → [..]";
    }

    @Override
    public Denotation expand(Arguments a) {
        Tensor x = a.floats("x");
        double p = a.known("p").real();
        if (!(p >= 0 && p < 1)) {
            throw a.mistakes().wrongValue("p", "a probability to drop lies between 0 and 1, without 1");
        }
        return a.emitter().add(new Dropout(p, a.emitter().nextDropout()), x);
    }
}
