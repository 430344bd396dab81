package heddle.runtime.onnx.operator;

import heddle.compiler.type.Dim;
import heddle.runtime.onnx.source.Term;
import heddle.runtime.onnx.translate.NodeContext;
import heddle.runtime.onnx.translate.Operand;
import heddle.runtime.onnx.translate.OperatorTable;
import java.util.ArrayList;
import java.util.List;

/** Softmax and its relatives. */
final class Distributions {
    private Distributions() {}

    static void addTo(OperatorTable table) {
        table.add("", "Softmax", node -> {
            node.note("Softmax of a row of nothing but minus infinity gives zeros, where ONNX gives NaN.");
            define(node, (x, dims, axis) -> Terms.call("softmax", x, "axis", axis));
        });
        table.add(
                "", "LogSoftmax", node -> define(node, (x, dims, axis) -> Terms.call("log_softmax", x, "axis", axis)));
        table.add(
                "",
                "Hardmax",
                node -> define(node, (x, dims, axis) -> {
                    int at = NodeAxes.of(Long.parseLong(((Term.Literal) axis).text()), dims.size());
                    Term greatest = Terms.call("argmax", x, "axis", axis);
                    return Terms.call(
                            "one_hot",
                            List.of(greatest, Terms.length(dims.get(at))),
                            "dtype",
                            Terms.dtype(node.operand(0).dtype()),
                            "axis",
                            axis);
                }));
    }

    /** A function along one axis. */
    private interface AlongAxis {
        Term of(Term x, List<Dim> dims, Term axis);
    }

    /** Below opset 13, all axes from the one that is named on are one long axis. */
    private static void define(NodeContext node, AlongAxis function) {
        Operand x = node.operand(0);
        if (x.rank() == 0) {
            // One element is a row of its own.
            Term row = function.of(Terms.reshape(x.term(), List.of(Dim.ONE)), List.of(Dim.ONE), Terms.whole(-1));
            node.define(0, Terms.reshape(row, List.of()), x.type());
            return;
        }
        boolean flattens = node.opset() < 13;
        int axis = NodeAxes.attribute(node, flattens ? 1 : -1, x.rank());
        List<Dim> behind = x.dims().subList(axis + 1, x.rank());
        if (!flattens || behind.stream().allMatch(d -> d.is(1))) {
            Term written = Terms.whole(NodeAxes.written(axis, x.rank()));
            node.define(0, function.of(Terms.tensor(x), x.dims(), written), x.type());
            return;
        }
        List<Dim> flat = new ArrayList<>(x.dims().subList(0, axis));
        flat.add(Terms.product(x.dims().subList(axis, x.rank())));
        Term row = function.of(Terms.reshape(x.term(), flat), flat, Terms.whole(-1));
        node.define(0, Terms.reshape(row, x.dims()), x.type());
    }
}
