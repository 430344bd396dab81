package heddle.runtime.onnx.operator;

import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.runtime.onnx.source.Term;
import heddle.runtime.onnx.translate.Known;
import heddle.runtime.onnx.translate.Known.Element;
import heddle.runtime.onnx.translate.NodeContext;
import heddle.runtime.onnx.translate.Operand;
import heddle.runtime.onnx.translate.OperatorTable;
import heddle.runtime.onnx.translate.UnsupportedNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/** Lists of tensors whose length and places are known. */
final class Sequences {
    private Sequences() {}

    static void addTo(OperatorTable table) {
        table.add(
                "",
                "SequenceConstruct",
                node -> node.defineSequence(
                        0,
                        IntStream.range(0, node.node().inputs().size())
                                .mapToObj(node::operand)
                                .toList()));
        table.add("", "SequenceEmpty", node -> node.defineSequence(0, List.of()));
        table.add("", "SequenceAt", node -> {
            List<Operand> tensors = node.sequence(0);
            node.define(0, tensors.get(NodeAxes.of(NodeAxes.number(node, 1, "position"), tensors.size())));
        });
        table.add("", "SequenceLength", node -> {
            Dim length = Dim.of(node.sequence(0).size());
            node.define(0, new Known(DType.I64, List.of(), List.of(new Element.Whole(length))));
        });
        table.add("", "SequenceInsert", Sequences::insert);
        table.add("", "SequenceErase", Sequences::erase);
        table.add("", "ConcatFromSequence", Sequences::concat);
        table.add("", "SplitToSequence", Sequences::split);
    }

    private static void insert(NodeContext node) {
        List<Operand> tensors = new ArrayList<>(node.sequence(0));
        int at = node.has(2) ? NodeAxes.of(NodeAxes.number(node, 2, "position"), tensors.size() + 1) : tensors.size();
        tensors.add(at, node.operand(1));
        node.defineSequence(0, tensors);
    }

    private static void erase(NodeContext node) {
        List<Operand> tensors = new ArrayList<>(node.sequence(0));
        long at = node.has(1) ? NodeAxes.number(node, 1, "position") : -1;
        tensors.remove(NodeAxes.of(at, tensors.size()));
        node.defineSequence(0, tensors);
    }

    private static void concat(NodeContext node) {
        List<Operand> tensors = node.sequence(0);
        if (tensors.isEmpty()) {
            throw new UnsupportedNode("its sequence is empty");
        }
        int rank = tensors.getFirst().rank();
        if (node.attribute("new_axis", 0) != 0) {
            Copies.stack(node, 0, tensors, NodeAxes.of(node.attribute("axis", 0), rank + 1));
        } else {
            Copies.concat(node, tensors, NodeAxes.of(node.attribute("axis", 0), rank));
        }
    }

    /** Without lengths, each element of the axis is a part, and the axis goes unless it is to stay. */
    private static void split(NodeContext node) {
        Operand x = node.operand(0);
        int axis = NodeAxes.attribute(node, 0, x.rank());
        Dim length = x.dims().get(axis);
        boolean drops = !node.has(1) && node.attribute("keepdims", 1) == 0;
        List<Dim> parts = node.has(1) ? parts(node, length) : Collections.nCopies((int) known(length), Dim.ONE);
        List<Operand> tensors = new ArrayList<>();
        Dim from = Dim.ZERO;
        for (int i = 0; i < parts.size(); i++) {
            Dim to = from.plus(parts.get(i));
            Term part = Terms.slice(x.term(), axis, from, to);
            tensors.add(
                    drops
                            ? ControlFlow.element(node, x, axis, i)
                            : node.step(
                                    "part_" + i,
                                    part,
                                    Terms.type(x.dtype(), Terms.with(x.dims(), axis, parts.get(i)))));
            from = to;
        }
        node.defineSequence(0, tensors);
    }

    private static long known(Dim length) {
        if (!length.isKnown() || length.value() > Known.MOST) {
            throw new UnsupportedNode("it makes " + length + " parts");
        }
        return length.value();
    }

    private static List<Dim> parts(NodeContext node, Dim length) {
        List<Dim> given = node.lengths(1, "lengths of its parts");
        if (node.operand(1).rank() > 0) {
            return given;
        }
        long size = known(given.getFirst());
        List<Dim> parts = new ArrayList<>(Collections.nCopies((int) (known(length) / size), Dim.of(size)));
        if (length.value() % size != 0) {
            parts.add(Dim.of(length.value() % size));
        }
        return parts;
    }
}
