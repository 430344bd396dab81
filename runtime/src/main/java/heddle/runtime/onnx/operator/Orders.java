package heddle.runtime.onnx.operator;

import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.runtime.onnx.source.Term;
import heddle.runtime.onnx.source.Term.Call;
import heddle.runtime.onnx.translate.NodeContext;
import heddle.runtime.onnx.translate.Operand;
import heddle.runtime.onnx.translate.OperatorTable;
import java.util.ArrayList;
import java.util.List;

/** Elements by their order: the greatest ones, and sums up to each of them. */
final class Orders {
    private Orders() {}

    static void addTo(OperatorTable table) {
        table.add("", "ArgMax", node -> extreme(node, "argmax"));
        table.add("", "ArgMin", node -> extreme(node, "argmin"));
        table.add("", "TopK", Orders::greatest);
        table.add("", "CumSum", Orders::cumulative);
    }

    /** The index of the greatest or smallest element. */
    private static void extreme(NodeContext node, String function) {
        Operand x = node.operand(0);
        int axis = NodeAxes.attribute(node, 0, x.rank());
        boolean keep = node.attribute("keepdims", 1) != 0;
        boolean last = node.attribute("select_last_index", 0) != 0;
        List<Dim> shape = new ArrayList<>(x.dims());
        if (keep) {
            shape.set(axis, Dim.ONE);
        } else {
            shape.remove(axis);
        }
        Term written = Terms.whole(NodeAxes.written(axis, x.rank()));
        List<Object> named = new ArrayList<>(List.of("axis", written));
        if (keep) {
            named.addAll(List.of("keepdims", Terms.truth(true)));
        }
        Term from = last ? Call.of("flip", x.term(), written) : Terms.tensor(x);
        Term index = Terms.call(function, from, named.toArray());
        // The first one counted from the end is the last.
        Term found = last ? Terms.minus(Terms.length(x.dims().get(axis).minus(1)), index) : index;
        node.define(0, found, Terms.type(DType.I64, shape));
    }

    private static void greatest(NodeContext node) {
        Operand x = node.operand(0);
        int axis = NodeAxes.attribute(node, -1, x.rank());
        Dim k = node.has(1) ? node.lengths(1, "k").getFirst() : Dim.of(node.attribute("k", 1));
        List<Object> named = new ArrayList<>();
        if (axis != x.rank() - 1) {
            named.addAll(List.of("axis", Terms.whole(axis)));
        }
        if (node.attribute("largest", 1) == 0) {
            named.addAll(List.of("largest", Terms.truth(false)));
        }
        List<Dim> shape = Terms.with(x.dims(), axis, k);
        node.defineAll(
                Terms.call("topk", List.of(Terms.tensor(x), Terms.length(k)), named.toArray()),
                List.of(Terms.type(x.dtype(), shape), Terms.type(DType.I64, shape)));
    }

    private static void cumulative(NodeContext node) {
        Operand x = node.operand(0);
        int axis = NodeAxes.of(NodeAxes.number(node, 1, "axis"), x.rank());
        List<Object> named = new ArrayList<>(List.of("axis", Terms.whole(NodeAxes.written(axis, x.rank()))));
        for (String flag : List.of("exclusive", "reverse")) {
            if (node.attribute(flag, 0) != 0) {
                named.addAll(List.of(flag, Terms.truth(true)));
            }
        }
        node.define(0, Terms.call("cumsum", Terms.tensor(x), named.toArray()), x.type());
    }
}
