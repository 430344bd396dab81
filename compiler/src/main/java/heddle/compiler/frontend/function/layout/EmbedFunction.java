package heddle.compiler.frontend.function.layout;

import heddle.compiler.frontend.function.Arguments;
import heddle.compiler.frontend.function.LanguageFunction;
import heddle.compiler.frontend.function.Signature;
import heddle.compiler.frontend.value.Denotation;
import heddle.compiler.frontend.value.Denotation.Tensor;
import heddle.compiler.frontend.value.FrontendCode;
import heddle.compiler.op.layout.Gather;

/** Picks rows of a table by index. */
public final class EmbedFunction implements LanguageFunction {
    @Override
    public Signature signature() {
        return Signature.of("embed", "ids", "table");
    }

    @Override
    public String summary() {
        return "row ids of a table, one vector for each id: gather(table, ids, axis = 0)";
    }

    @Override
    public String shapes() {
        return "[..], [n, d] → [.., d]";
    }

    @Override
    public Denotation expand(Arguments a) {
        Tensor ids = a.index("ids");
        Tensor table = a.tensor("table");
        if (table.rank() == 0) {
            throw a.mistakes()
                    .unfit("table", FrontendCode.AXIS, "needs a table with at least one axis, not " + table.type(), "");
        }
        return a.emitter().add(new Gather(0), table, ids);
    }
}
