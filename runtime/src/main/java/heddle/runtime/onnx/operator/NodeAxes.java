package heddle.runtime.onnx.operator;

import heddle.compiler.type.Dim;
import heddle.runtime.onnx.translate.NodeContext;
import heddle.runtime.onnx.translate.Shapes;
import heddle.runtime.onnx.translate.UnsupportedNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** The axes that a node names, counted from the front. */
public final class NodeAxes {
    private NodeAxes() {}

    /** An axis, which may be counted from the end. @throws UnsupportedNode when there is no such axis */
    public static int of(long axis, int rank) {
        return Shapes.axis(axis, rank);
    }

    /** The attribute {@code axis}. */
    public static int attribute(NodeContext node, long otherwise, int rank) {
        return of(node.attribute("axis", otherwise), rank);
    }

    /** The attribute {@code axes}, or the operand that it became in later versions; empty where none is given. */
    public static Optional<List<Integer>> listed(NodeContext node, int operand, int rank) {
        Optional<List<Long>> given = node.attributeInts("axes");
        if (given.isEmpty() && operand >= 0 && node.has(operand)) {
            given = Optional.of(numbers(node, operand, "axes"));
        }
        return given.map(axes -> axes.stream().map(a -> of(a, rank)).sorted().toList());
    }

    /** An operand of whole numbers that depend on no length. */
    public static List<Long> numbers(NodeContext node, int operand, String what) {
        List<Long> numbers = new ArrayList<>();
        for (Dim d : node.lengths(operand, what)) {
            if (!d.isKnown()) {
                throw new UnsupportedNode("its " + what + " depend on the length " + d);
            }
            numbers.add(d.value());
        }
        return numbers;
    }

    /** A single whole number that depends on no length. */
    public static long number(NodeContext node, int operand, String what) {
        List<Long> numbers = numbers(node, operand, what);
        if (numbers.size() != 1) {
            throw new UnsupportedNode("its " + what + " has " + numbers.size() + " elements");
        }
        return numbers.getFirst();
    }

    public static List<Integer> all(int rank) {
        return IntStream.range(0, rank).boxed().toList();
    }

    /** How the language writes an axis: the last one as -1. */
    public static int written(int axis, int rank) {
        return axis == rank - 1 ? -1 : axis;
    }
}
