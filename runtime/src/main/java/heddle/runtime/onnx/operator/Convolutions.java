package heddle.runtime.onnx.operator;

import heddle.compiler.type.Dim;
import heddle.runtime.onnx.source.Term;
import heddle.runtime.onnx.translate.NodeContext;
import heddle.runtime.onnx.translate.Operand;
import heddle.runtime.onnx.translate.OperatorTable;
import heddle.runtime.onnx.translate.UnsupportedNode;
import java.util.ArrayList;
import java.util.List;

/** Convolutions and pooling of one and two axes. */
final class Convolutions {
    private Convolutions() {}

    static void addTo(OperatorTable table) {
        table.add("", "Conv", Convolutions::convolution);
        table.add("", "MaxPool", Convolutions::greatest);
        table.add("", "AveragePool", Convolutions::average);
    }

    private static void convolution(NodeContext node) {
        Operand x = node.operand(0);
        Operand weight = node.operand(1);
        List<Long> size = weight.dims().subList(2, weight.rank()).stream()
                .map(Convolutions::known)
                .toList();
        Windows windows = Windows.of(node, x, ofFewAxes(size));
        List<Term> operands = new ArrayList<>(List.of(Terms.tensor(x), Terms.tensor(weight)));
        if (node.has(2)) {
            operands.add(Terms.tensor(node.operand(2)));
        }
        List<Object> named = windows.arguments(false);
        long groups = node.attribute("group", 1);
        if (groups != 1) {
            named.addAll(List.of("groups", Terms.whole(groups)));
        }
        List<Dim> shape =
                new ArrayList<>(List.of(x.dims().getFirst(), weight.dims().getFirst()));
        shape.addAll(windows.count(x.dims()));
        node.define(0, Terms.call("conv", operands, named.toArray()), Terms.type(x.dtype(), shape));
    }

    private static long known(Dim length) {
        if (!length.isKnown()) {
            throw new UnsupportedNode("the size of its window, " + length + ", is not known");
        }
        return length.value();
    }

    private static List<Long> ofFewAxes(List<Long> size) {
        if (size.isEmpty() || size.size() > 2) {
            throw new UnsupportedNode("it has " + size.size() + " axes of positions; one and two are known");
        }
        return size;
    }

    private static void greatest(NodeContext node) {
        if (node.isRead(1)) {
            throw new UnsupportedNode("its second result, the indices, is read");
        }
        pool(node, "max_pool", List.of());
    }

    private static void average(NodeContext node) {
        boolean counts = node.attribute("count_include_pad", 0) != 0;
        if (counts && node.attribute("ceil_mode", 0) != 0) {
            throw new UnsupportedNode("ceil_mode together with count_include_pad");
        }
        if (node.attributeInts("dilations").orElse(List.of()).stream().anyMatch(d -> d != 1)) {
            throw new UnsupportedNode("dilations of a mean");
        }
        pool(node, "average_pool", counts ? List.of("count_pads", Terms.truth(true)) : List.of());
    }

    private static void pool(NodeContext node, String function, List<Object> more) {
        Operand x = node.operand(0);
        List<Long> size =
                node.attributeInts("kernel_shape").orElseThrow(() -> new UnsupportedNode("it has no kernel_shape"));
        Windows windows = Windows.of(node, x, ofFewAxes(size));
        List<Object> named = windows.arguments(true);
        named.addAll(more);
        List<Dim> shape = new ArrayList<>(x.dims().subList(0, 2));
        shape.addAll(windows.count(x.dims()));
        Term pooled = Terms.call(function, List.of(Terms.tensor(x), Windows.numbers(size)), named.toArray());
        node.define(0, pooled, Terms.type(x.dtype(), shape));
    }
}
