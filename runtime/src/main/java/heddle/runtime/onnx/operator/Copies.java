package heddle.runtime.onnx.operator;

import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.runtime.onnx.source.Term;
import heddle.runtime.onnx.source.Term.Call;
import heddle.runtime.onnx.source.Term.Items;
import heddle.runtime.onnx.translate.NodeContext;
import heddle.runtime.onnx.translate.Operand;
import heddle.runtime.onnx.translate.OperatorTable;
import heddle.runtime.onnx.translate.Shapes;
import heddle.runtime.onnx.translate.UnsupportedNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** The same elements again: as they are, repeated, and joined. */
final class Copies {
    private Copies() {}

    static void addTo(OperatorTable table) {
        table.add("", "Identity", node -> node.define(0, node.operand(0)));
        table.add("", "Dropout", Copies::dropout);
        table.add("", "Expand", Copies::expand);
        table.add("", "Tile", Copies::tile);
        table.add("", "Concat", node -> {
            List<Operand> parts = IntStream.range(0, node.node().inputs().size())
                    .mapToObj(node::operand)
                    .toList();
            concat(
                    node,
                    parts,
                    NodeAxes.of(node.attribute("axis", 0), parts.getFirst().rank()));
        });
    }

    /** In inference it lets everything through. */
    private static void dropout(NodeContext node) {
        Operand x = node.operand(0);
        if (node.has(2)
                && node.operand(2)
                                .known()
                                .flatMap(k -> Terms.number(node.operand(2)))
                                .orElse(1.0)
                        != 0) {
            throw new UnsupportedNode("it is in training mode; export the model for inference");
        }
        node.define(0, x);
        if (node.isRead(1)) {
            Term all = Call.of("full", Terms.lengths(x.dims()), Terms.truth(true));
            node.define(1, all, Terms.type(heddle.compiler.type.DType.BOOL, x.dims()));
        }
    }

    private static void expand(NodeContext node) {
        Operand x = node.operand(0);
        Shape wanted = new Shape(node.lengths(1, "shape"));
        List<Dim> shape = Shapes.broadcast(node, x.type().shape(), wanted).dims();
        if (shape.equals(x.dims())) {
            node.define(0, x);
        } else {
            node.define(0, CommonShape.expanded(x, shape), Terms.type(x.dtype(), shape));
        }
    }

    private static void tile(NodeContext node) {
        Operand x = node.operand(0);
        List<Dim> times = node.lengths(1, "repeats");
        Term term = x.term();
        List<Dim> shape = new ArrayList<>();
        for (int axis = 0; axis < x.rank(); axis++) {
            Dim n = times.get(axis);
            shape.add(x.dims().get(axis).times(n));
            if (!n.is(1)) {
                term = Call.of("tile", term, Terms.length(n), Terms.whole(NodeAxes.written(axis, x.rank())));
            }
        }
        if (shape.equals(x.dims())) {
            node.define(0, x);
        } else {
            node.define(0, term, Terms.type(x.dtype(), shape));
        }
    }

    /** Defines the first result as tensors joined along an axis. Parts without elements do not count. */
    static void concat(NodeContext node, List<Operand> all, int axis) {
        List<Operand> parts =
                all.stream().filter(p -> !p.dims().get(axis).isZero()).toList();
        if (parts.size() <= 1) {
            node.define(0, parts.isEmpty() ? all.getFirst() : parts.getFirst());
            return;
        }
        List<Dim> shape = new ArrayList<>(parts.getFirst().dims());
        Dim length = shape.get(axis);
        for (Operand part : parts.subList(1, parts.size())) {
            for (int i = 0; i < shape.size(); i++) {
                if (i != axis) {
                    shape.set(i, node.unify(shape.get(i), part.dims().get(i)));
                }
            }
            length = length.plus(part.dims().get(axis));
        }
        shape.set(axis, length);
        Term joined = Terms.call(
                "concat",
                new Items(parts.stream().map(Operand::term).toList()),
                "axis",
                Terms.whole(NodeAxes.written(axis, shape.size())));
        node.define(0, joined, Terms.type(parts.getFirst().dtype(), shape));
    }

    /** Defines a result as tensors of one shape joined along a new axis. */
    static void stack(NodeContext node, int output, List<Operand> parts, int axis) {
        List<Dim> shape = new ArrayList<>(parts.getFirst().dims());
        shape.add(axis, Dim.of(parts.size()));
        Term stacked =
                Terms.call("stack", new Items(parts.stream().map(Terms::tensor).toList()), "axis", Terms.whole(axis));
        node.define(output, stacked, Terms.type(parts.getFirst().dtype(), shape));
    }
}
