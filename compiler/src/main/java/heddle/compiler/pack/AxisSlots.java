package heddle.compiler.pack;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Origin;
import heddle.compiler.ir.Value;
import heddle.compiler.op.layout.Expand;
import heddle.compiler.op.layout.Permute;
import heddle.compiler.op.layout.Reshape;
import heddle.compiler.pack.AxisMeaning.Kind;
import heddle.compiler.pack.AxisMeaning.Part;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The axes of a tensor with rows, where an axis that rows share with others, such as one of rows and heads, is taken apart. It
 * brings tensors with fewer axes into a shape that broadcasts with that tensor.
 */
final class AxisSlots {
    /** The parts of each axis that is taken apart, and none for an axis that is one slot. */
    private final List<List<Part>> split = new ArrayList<>();

    private final List<Integer> first = new ArrayList<>();
    private int count;
    private int rows;

    /** @param axes one has rows */
    AxisSlots(List<AxisMeaning> axes) {
        for (AxisMeaning axis : axes) {
            first.add(count);
            boolean apart = axis.has(Kind.ROWS) && axis.parts().size() > 1;
            split.add(apart ? axis.parts() : List.of());
            for (int p = 0; p < axis.parts().size(); p++) {
                if (axis.parts().get(p).kind() == Kind.ROWS) {
                    rows = count + p;
                }
            }
            count += apart ? axis.parts().size() : 1;
        }
    }

    /** The slot of rows. */
    int rows() {
        return rows;
    }

    /** The first slot of an axis. */
    int of(int axis) {
        return first.get(axis);
    }

    /**
     * A value with axes of length one beside its own.
     *
     * @param at the slot of each of its axes
     */
    Value arranged(Graph.Builder out, Origin origin, Value value, List<Integer> at) {
        List<Integer> order = IntStream.range(0, at.size())
                .boxed()
                .sorted((a, b) -> at.get(a) - at.get(b))
                .toList();
        Value v = value;
        if (!order.equals(order.stream().sorted().toList())) {
            v = out.part(new Permute(order), origin, v);
        }
        List<Dim> dims = new ArrayList<>(Collections.nCopies(count, Dim.ONE));
        for (int axis = 0; axis < at.size(); axis++) {
            dims.set(at.get(axis), value.type().dim(axis));
        }
        v = reshaped(out, origin, v, new Shape(dims));
        return split.stream().allMatch(List::isEmpty) ? v : joined(out, origin, v, dims);
    }

    private Value joined(Graph.Builder out, Origin origin, Value value, List<Dim> dims) {
        List<Dim> whole = new ArrayList<>(dims);
        List<Dim> joined = new ArrayList<>();
        for (int axis = 0; axis < split.size(); axis++) {
            Dim length = Dim.ONE;
            for (int p = 0; p < split.get(axis).size(); p++) {
                Dim part = split.get(axis).get(p).length();
                whole.set(first.get(axis) + p, part);
                length = length.times(part);
            }
            joined.add(split.get(axis).isEmpty() ? dims.get(first.get(axis)) : length);
        }
        Value expanded = out.part(new Expand(new Shape(whole)), origin, value);
        return reshaped(out, origin, expanded, new Shape(joined));
    }

    static Value reshaped(Graph.Builder out, Origin origin, Value value, Shape shape) {
        return value.type().shape().equals(shape) ? value : out.part(new Reshape(shape), origin, value);
    }
}
