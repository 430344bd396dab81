package heddle.runtime.onnx.operator;

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
import java.util.stream.IntStream;

/**
 * A convolution backwards: elements are put apart by the stride, and a convolution with the window turned round runs over
 * them.
 */
final class Transposed {
    private Transposed() {}

    static void addTo(OperatorTable table) {
        table.add("", "ConvTranspose", Transposed::define);
    }

    private static void define(NodeContext node) {
        Operand x = node.operand(0);
        Operand weight = node.operand(1);
        int axes = weight.rank() - 2;
        if (axes < 1 || axes > 2) {
            throw new UnsupportedNode("it has " + axes + " axes of positions; one and two are known");
        }
        if (node.attributeInts("output_shape").isPresent()
                || node.attribute("auto_pad", "NOTSET").startsWith("SAME")) {
            throw new UnsupportedNode("its margins follow from output_shape or auto_pad; export it with pads");
        }
        List<Long> strides = ints(node, "strides", axes, 1);
        List<Long> dilations = ints(node, "dilations", axes, 1);
        List<Long> pads = ints(node, "pads", 2 * axes, 0);
        List<Long> more = ints(node, "output_padding", axes, 0);
        Operand apart = apart(node, x, strides);
        List<Dim> shape = new ArrayList<>(List.of(x.dims().getFirst(), channels(node, weight)));
        List<Term> margins = new ArrayList<>();
        for (int i = 0; i < axes; i++) {
            Dim reach = weight.dims().get(i + 2).minus(1).times(dilations.get(i));
            Dim low = reach.minus(pads.get(i));
            Dim high = reach.minus(pads.get(axes + i)).plus(more.get(i));
            if (!low.isNonNegative() || !high.isNonNegative()) {
                throw new UnsupportedNode("its margins of " + pads + " are wider than its window");
            }
            margins.add(Terms.lengths(List.of(low, high)));
            shape.add(apart.dims().get(i + 2).plus(low).plus(high).minus(reach));
        }
        List<Term> operands = new ArrayList<>(List.of(apart.term(), turned(node, weight)));
        if (node.has(2)) {
            operands.add(Terms.tensor(node.operand(2)));
        }
        List<Object> named = new ArrayList<>(List.of("pads", new Items(margins)));
        if (dilations.stream().anyMatch(d -> d != 1)) {
            named.addAll(List.of("dilations", Windows.numbers(dilations)));
        }
        if (groups(node) != 1) {
            named.addAll(List.of("groups", Terms.whole(groups(node))));
        }
        node.define(0, Terms.call("conv", operands, named.toArray()), Terms.type(x.dtype(), shape));
    }

    private static List<Long> ints(NodeContext node, String name, int count, long otherwise) {
        return node.attributeInts(name).orElse(Collections.nCopies(count, otherwise));
    }

    private static long groups(NodeContext node) {
        return node.attribute("group", 1);
    }

    private static Dim channels(NodeContext node, Operand weight) {
        return weight.dims().get(1).times(groups(node));
    }

    /** Zeros between neighbours: each element becomes itself and the zeros behind it; those at the end go. */
    private static Operand apart(NodeContext node, Operand x, List<Long> strides) {
        Operand apart = x;
        for (int i = 0; i < strides.size(); i++) {
            long stride = strides.get(i);
            if (stride == 1) {
                continue;
            }
            int axis = i + 2;
            Dim length = apart.dims().get(axis);
            List<Dim> cut = new ArrayList<>(apart.dims());
            cut.add(axis + 1, Dim.ONE);
            Term spread = Terms.call(
                    "pad",
                    List.of(Terms.reshape(apart.term(), cut), Terms.wholes(List.of(0, stride - 1))),
                    "axis",
                    Terms.whole(axis + 1));
            Term joined = Call.of("merge_axes", spread, Terms.whole(axis), Terms.whole(axis + 1));
            Index kept = new Index.Range(Optional.empty(), Optional.of(Terms.whole(1 - stride)), Optional.empty());
            Dim now = length.times(stride).minus(stride - 1);
            apart = node.step(
                    "apart_" + axis,
                    Terms.at(joined, axis, kept),
                    Terms.type(x.dtype(), Terms.with(apart.dims(), axis, now)));
        }
        return apart;
    }

    /** {@code [groups * n, m, ..] → [groups * m, n, ..]}, turned round. */
    private static Term turned(NodeContext node, Operand weight) {
        Dim groups = Dim.of(groups(node));
        List<Integer> positions = IntStream.range(2, weight.rank()).boxed().toList();
        Term flipped = Call.of("flip", Terms.tensor(weight), Terms.axes(positions));
        if (groups.is(1)) {
            return Call.of("transpose", flipped, Terms.whole(0), Terms.whole(1));
        }
        Dim inputs = weight.dims().getFirst().floorDiv(groups);
        Term cut = Call.of("split_axis", flipped, Terms.whole(0), Terms.lengths(List.of(groups, inputs)));
        return Call.of(
                "merge_axes",
                Call.of("transpose", cut, Terms.whole(1), Terms.whole(2)),
                Terms.whole(0),
                Terms.whole(1));
    }
}
