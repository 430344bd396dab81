package heddle.runtime.onnx.operator;

import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.runtime.onnx.source.Term;
import heddle.runtime.onnx.source.Term.Call;
import heddle.runtime.onnx.source.Term.Index;
import heddle.runtime.onnx.source.Term.Items;
import heddle.runtime.onnx.translate.NodeContext;
import heddle.runtime.onnx.translate.Operand;
import heddle.runtime.onnx.translate.OperatorTable;
import heddle.runtime.onnx.translate.UnsupportedNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** What is put around tensors. */
final class Margins {
    private Margins() {}

    static void addTo(OperatorTable table) {
        table.add("", "Pad", Margins::pad);
    }

    private static void pad(NodeContext node) {
        Operand x = node.operand(0);
        List<Dim> low = new ArrayList<>(Collections.nCopies(x.rank(), Dim.ZERO));
        List<Dim> high = new ArrayList<>(low);
        List<Dim> given = node.attributeInts("pads")
                .map(all -> all.stream().map(Dim::of).toList())
                .orElseGet(() -> node.lengths(1, "pads"));
        List<Long> axes = node.has(3)
                ? NodeAxes.numbers(node, 3, "axes")
                : NodeAxes.all(x.rank()).stream().map(Integer::longValue).toList();
        for (int i = 0; i < axes.size(); i++) {
            int axis = NodeAxes.of(axes.get(i), x.rank());
            low.set(axis, given.get(i));
            high.set(axis, given.get(axes.size() + i));
        }
        Operand cut = cropped(node, x, low, high);
        String mode = node.attribute("mode", "constant");
        if (low.stream().allMatch(Dim::isZero) && high.stream().allMatch(Dim::isZero)) {
            node.define(0, cut);
        } else if (mode.equals("constant")) {
            constant(node, cut, low, high);
        } else {
            copied(node, cut, low, high, mode);
        }
    }

    /** A negative margin takes elements away; it is zero afterwards. */
    private static Operand cropped(NodeContext node, Operand x, List<Dim> low, List<Dim> high) {
        Operand cut = x;
        for (int axis = 0; axis < x.rank(); axis++) {
            Dim before = taken(low, axis);
            Dim behind = taken(high, axis);
            if (!before.isZero() || !behind.isZero()) {
                Dim length = cut.dims().get(axis).minus(before).minus(behind);
                Index kept = new Index.Range(
                        before.isZero() ? Optional.empty() : Optional.of(Terms.length(before)),
                        behind.isZero() ? Optional.empty() : Optional.of(Terms.length(Dim.ZERO.minus(behind))),
                        Optional.empty());
                cut = node.step(
                        "cropped",
                        Terms.at(cut.term(), axis, kept),
                        Terms.type(x.dtype(), Terms.with(cut.dims(), axis, length)));
            }
        }
        return cut;
    }

    private static Dim taken(List<Dim> margins, int axis) {
        Dim margin = margins.get(axis);
        if (margin.isKnown() && margin.value() < 0) {
            margins.set(axis, Dim.ZERO);
            return Dim.ZERO.minus(margin);
        }
        return Dim.ZERO;
    }

    private static List<Dim> grown(Operand x, List<Dim> low, List<Dim> high) {
        List<Dim> shape = new ArrayList<>();
        for (int i = 0; i < x.rank(); i++) {
            shape.add(low.get(i).plus(x.dims().get(i)).plus(high.get(i)));
        }
        return shape;
    }

    private static void constant(NodeContext node, Operand x, List<Dim> low, List<Dim> high) {
        Term value = value(node, x.dtype());
        List<Integer> padded = NodeAxes.all(x.rank()).stream()
                .filter(a -> !low.get(a).isZero() || !high.get(a).isZero())
                .toList();
        List<Object> named = new ArrayList<>();
        Term margins;
        if (padded.size() == 1) {
            int axis = padded.getFirst();
            margins = Terms.lengths(List.of(low.get(axis), high.get(axis)));
            named.addAll(List.of("axis", Terms.whole(NodeAxes.written(axis, x.rank()))));
        } else {
            margins = new Items(NodeAxes.all(x.rank()).stream()
                    .map(a -> Terms.lengths(List.of(low.get(a), high.get(a))))
                    .toList());
        }
        if (!value.equals(Terms.number(0, x.dtype()))) {
            named.addAll(List.of("value", value));
        }
        Term term = Terms.call("pad", List.of(x.term(), margins), named.toArray());
        node.define(0, term, Terms.type(x.dtype(), grown(x, low, high)));
    }

    private static Term value(NodeContext node, DType dtype) {
        if (node.has(2)) {
            return Terms.number(
                    Terms.number(node.operand(2))
                            .orElseThrow(() ->
                                    new UnsupportedNode("the value of its margins is only known when the model runs")),
                    dtype);
        }
        return Terms.number(node.attribute("value", 0.0), dtype);
    }

    /** Margins that are copies of the tensor's own elements, one axis after the other. */
    private static void copied(NodeContext node, Operand x, List<Dim> low, List<Dim> high, String mode) {
        Operand padded = x;
        for (int axis = 0; axis < x.rank(); axis++) {
            if (!low.get(axis).isZero() || !high.get(axis).isZero()) {
                List<Dim> shape = Terms.with(
                        padded.dims(),
                        axis,
                        low.get(axis).plus(x.dims().get(axis)).plus(high.get(axis)));
                Term joined = joined(padded, axis, low.get(axis), high.get(axis), mode);
                padded = node.step("padded_" + axis, joined, Terms.type(x.dtype(), shape));
            }
        }
        node.define(0, padded);
    }

    private static Term joined(Operand x, int axis, Dim low, Dim high, String mode) {
        Dim n = x.dims().get(axis);
        List<Term> parts = new ArrayList<>();
        if (!low.isZero()) {
            parts.add(
                    switch (mode) {
                        case "edge" -> edge(x, axis, Dim.ZERO, low);
                        case "reflect" -> range(x, axis, low, Dim.ZERO, -1);
                        case "wrap" -> range(x, axis, n.minus(low), n, 1);
                        default -> throw unknown(mode);
                    });
        }
        parts.add(x.term());
        if (!high.isZero()) {
            parts.add(
                    switch (mode) {
                        case "edge" -> edge(x, axis, n.minus(1), high);
                        case "reflect" -> reflectedEnd(x, axis, n, high);
                        case "wrap" -> range(x, axis, Dim.ZERO, high, 1);
                        default -> throw unknown(mode);
                    });
        }
        return Terms.call("concat", new Items(parts), "axis", Terms.whole(NodeAxes.written(axis, x.rank())));
    }

    private static UnsupportedNode unknown(String mode) {
        return new UnsupportedNode("mode=\"" + mode + "\" is not known");
    }

    private static Term edge(Operand x, int axis, Dim at, Dim count) {
        Term element = range(x, axis, at, at.plus(1), 1);
        return count.is(1) ? element : Call.of("repeat", element, Terms.length(count), Terms.whole(axis));
    }

    private static Term range(Operand x, int axis, Dim from, Dim to, long step) {
        return Terms.at(
                x.term(),
                axis,
                new Index.Range(
                        Optional.of(Terms.length(from)),
                        Optional.of(Terms.length(to)),
                        step == 1 ? Optional.empty() : Optional.of(Terms.whole(step))));
    }

    /** Elements from the one before the last backwards; the axis may end with them. */
    private static Term reflectedEnd(Operand x, int axis, Dim n, Dim count) {
        Dim to = n.minus(2).minus(count);
        return Terms.at(
                x.term(),
                axis,
                new Index.Range(
                        Optional.of(Terms.length(n.minus(2))),
                        to.is(-1) ? Optional.empty() : Optional.of(Terms.length(to)),
                        Optional.of(Terms.whole(-1))));
    }
}
