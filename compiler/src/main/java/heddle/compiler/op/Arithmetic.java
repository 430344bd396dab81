package heddle.compiler.op;

import heddle.compiler.ir.NdArray;
import heddle.compiler.ir.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** How the interpreter computes a node: in double precision, or rounded as the model's types say. */
public interface Arithmetic {
    /** Double precision. Only casts round. */
    Arithmetic EXACT = (node, operands, lengths) -> node.op().evaluate(operands, lengths);

    /** Every result is rounded to the type that it is written in. */
    Arithmetic AS_TYPED = (node, operands, lengths) -> {
        List<NdArray> rounded = new ArrayList<>();
        for (NdArray exact : EXACT.evaluate(node, operands, lengths)) {
            rounded.add(exact.dtype().isFloat() ? exact.map(exact.dtype()::nearest) : exact);
        }
        return rounded;
    };

    /**
     * The results of a node that is neither an input nor a weight.
     *
     * @param lengths the bound symbols
     */
    List<NdArray> evaluate(Node node, List<NdArray> operands, Map<String, Long> lengths);
}
