package heddle.compiler.frontend.function.network;

import heddle.compiler.frontend.function.Arguments;
import heddle.compiler.frontend.function.LanguageFunction;
import heddle.compiler.frontend.function.Signature;
import heddle.compiler.frontend.value.Denotation;
import heddle.compiler.frontend.value.Denotation.Sequence;
import heddle.compiler.frontend.value.Denotation.Tensor;
import heddle.compiler.ir.Value;
import heddle.compiler.op.gradient.Gradient;
import java.util.ArrayList;
import java.util.List;

/** The gradient of a number by one value or several. */
public final class GradFunction implements LanguageFunction {
    @Override
    public Signature signature() {
        return Signature.of("grad", "loss", "by");
    }

    @Override
    public String summary() {
        return "the gradient of a float without axes by a tensor of floats, or by each of a list";
    }

    @Override
    public String shapes() {
        return "[], [..] → [..]";
    }

    @Override
    public Denotation expand(Arguments a) {
        List<Tensor> operands = new ArrayList<>(List.of(a.floats("loss")));
        boolean isList = a.value("by") instanceof Sequence;
        if (a.value("by") instanceof Sequence s) {
            for (Denotation element : s.elements()) {
                if (!(element instanceof Tensor t)) {
                    throw a.mistakes().wrongKind("by", "a tensor or a list of tensors", a.operand("by"));
                }
                operands.add(t);
            }
        } else {
            operands.add(a.tensor("by"));
        }
        Tensor first = a.emitter().add(new Gradient(), operands);
        List<Denotation> all = new ArrayList<>();
        for (int n = 0; n + 1 < operands.size(); n++) {
            all.add(new Tensor(new Value(first.value().node(), n)));
        }
        return isList ? new Sequence(all) : first;
    }
}
