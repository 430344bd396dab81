package heddle.runtime.onnx.operator;

import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.runtime.onnx.OnnxAttribute;
import heddle.runtime.onnx.OnnxGraph;
import heddle.runtime.onnx.source.Term;
import heddle.runtime.onnx.translate.Known;
import heddle.runtime.onnx.translate.Known.Element;
import heddle.runtime.onnx.translate.KnownTerms;
import heddle.runtime.onnx.translate.NodeContext;
import heddle.runtime.onnx.translate.Operand;
import heddle.runtime.onnx.translate.OperatorTable;
import heddle.runtime.onnx.translate.UnsupportedNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Graphs within nodes: which one runs, and how often, is known beforehand. */
final class ControlFlow {
    /** More rounds than any published model writes as a loop of known length. */
    private static final long MOST_ROUNDS = 256;

    private ControlFlow() {}

    static void addTo(OperatorTable table) {
        table.add("", "If", ControlFlow::choose);
        table.add("", "Loop", ControlFlow::loop);
        table.add("", "Scan", ControlFlow::scan);
    }

    private static OnnxGraph graph(NodeContext node, String name) {
        return node.node()
                .attribute(name)
                .filter(OnnxAttribute.GraphValue.class::isInstance)
                .map(a -> ((OnnxAttribute.GraphValue) a).value())
                .orElseThrow(() -> new UnsupportedNode("it has no graph " + name));
    }

    /** Where only a run knows the condition, both sides are computed and one is chosen. */
    private static void choose(NodeContext node) {
        Operand condition = node.operand(0);
        Optional<Boolean> known = truth(condition);
        if (known.isPresent()) {
            List<Operand> results = node.inline(graph(node, known.get() ? "then_branch" : "else_branch"), List.of());
            defineAll(node, results, 0);
            return;
        }
        List<Operand> yes = node.inline(graph(node, "then_branch"), List.of());
        List<Operand> no = node.inline(graph(node, "else_branch"), List.of());
        for (int i = 0; i < yes.size(); i++) {
            Operand a = yes.get(i);
            Operand b = no.get(i);
            if (!a.type().equals(b.type())) {
                throw new UnsupportedNode(
                        "only a run knows its condition, and its results are " + a.type() + " or " + b.type());
            }
            Term test = condition.rank() > a.rank() ? Terms.reshape(condition.term(), List.of()) : condition.term();
            node.define(i, Terms.where(test, Terms.tensor(a), Terms.tensor(b)), a.type());
        }
        node.note("Both sides of an If are computed where only a run knows its condition.");
    }

    private static Optional<Boolean> truth(Operand x) {
        return x.known().map(Known::elements).filter(e -> !e.isEmpty()).flatMap(e -> switch (e.getFirst()) {
            case Element.Truth t -> Optional.of(t.value());
            case Element.Whole w -> Optional.empty();
            case Element.Fraction f -> Optional.empty();
        });
    }

    private static void defineAll(NodeContext node, List<Operand> results, int first) {
        for (int i = 0; i < results.size(); i++) {
            node.define(first + i, results.get(i));
        }
    }

    private static void loop(NodeContext node) {
        OnnxGraph body = graph(node, "body");
        long rounds = node.has(0) ? NodeAxes.number(node, 0, "number of rounds") : Long.MAX_VALUE;
        Optional<Boolean> goesOn = node.has(1) ? truth(node.operand(1)) : Optional.of(true);
        List<Operand> carried = IntStream.range(2, node.node().inputs().size())
                .mapToObj(node::operand)
                .toList();
        List<List<Operand>> collected = lists(body.outputs().size() - 1 - carried.size());
        for (long i = 0; i < rounds && known(goesOn); i++) {
            if (i == MOST_ROUNDS) {
                throw new UnsupportedNode("it has more than " + MOST_ROUNDS + " rounds");
            }
            List<Operand> inputs = new ArrayList<>(List.of(whole(i), truth(true)));
            inputs.addAll(carried);
            List<Operand> results = node.inline(body, inputs);
            goesOn = truth(results.getFirst());
            carried = results.subList(1, 1 + carried.size());
            collect(collected, results.subList(1 + carried.size(), results.size()));
        }
        defineAll(node, carried, 0);
        defineStacks(node, collected, carried.size(), Collections.nCopies(collected.size(), 0));
    }

    private static boolean known(Optional<Boolean> goesOn) {
        return goesOn.orElseThrow(() -> new UnsupportedNode("only a run knows how many rounds it has"));
    }

    private static List<List<Operand>> lists(int count) {
        List<List<Operand>> lists = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            lists.add(new ArrayList<>());
        }
        return lists;
    }

    private static void collect(List<List<Operand>> collected, List<Operand> results) {
        for (int i = 0; i < results.size(); i++) {
            collected.get(i).add(results.get(i));
        }
    }

    private static Operand whole(long value) {
        return KnownTerms.operand(new Known(DType.I64, List.of(), List.of(new Element.Whole(Dim.of(value)))));
    }

    private static Operand truth(boolean value) {
        return KnownTerms.operand(new Known(DType.BOOL, List.of(), List.of(new Element.Truth(value))));
    }

    private static void defineStacks(NodeContext node, List<List<Operand>> collected, int first, List<Integer> axes) {
        for (int i = 0; i < collected.size(); i++) {
            if (node.isRead(first + i)) {
                if (collected.get(i).isEmpty()) {
                    throw new UnsupportedNode("it has no rounds, so that the type of what it collects is not known");
                }
                Copies.stack(node, first + i, collected.get(i), axes.get(i));
            }
        }
    }

    private static void scan(NodeContext node) {
        OnnxGraph body = graph(node, "body");
        int scanned = (int) node.attribute("num_scan_inputs", 0);
        int inputs = node.node().inputs().size();
        List<Operand> states =
                IntStream.range(0, inputs - scanned).mapToObj(node::operand).toList();
        List<Operand> tensors = IntStream.range(inputs - scanned, inputs)
                .mapToObj(node::operand)
                .toList();
        List<Long> axes = node.attributeInts("scan_input_axes").orElse(Collections.nCopies(scanned, 0L));
        List<Long> backwards = node.attributeInts("scan_input_directions").orElse(Collections.nCopies(scanned, 0L));
        Dim length = tensors.getFirst()
                .dims()
                .get(NodeAxes.of(axes.getFirst(), tensors.getFirst().rank()));
        if (!length.isKnown() || length.value() > MOST_ROUNDS) {
            throw new UnsupportedNode("it has " + length + " rounds; up to " + MOST_ROUNDS + " are written out");
        }
        int outputs = body.outputs().size() - states.size();
        List<Long> reversed = node.attributeInts("scan_output_directions").orElse(Collections.nCopies(outputs, 0L));
        List<List<Operand>> collected = lists(outputs);
        for (long i = 0; i < length.value(); i++) {
            List<Operand> round = new ArrayList<>(states);
            for (int t = 0; t < scanned; t++) {
                long at = backwards.get(t) == 0 ? i : length.value() - 1 - i;
                round.add(element(
                        node,
                        tensors.get(t),
                        NodeAxes.of(axes.get(t), tensors.get(t).rank()),
                        at));
            }
            List<Operand> results = node.inline(body, round);
            states = results.subList(0, states.size());
            collect(collected, results.subList(states.size(), results.size()));
        }
        for (int i = 0; i < outputs; i++) {
            if (reversed.get(i) != 0) {
                collected.set(i, collected.get(i).reversed());
            }
        }
        defineAll(node, states, 0);
        defineStacks(node, collected, states.size(), stackAxes(node, collected));
    }

    private static List<Integer> stackAxes(NodeContext node, List<List<Operand>> collected) {
        List<Long> axes = node.attributeInts("scan_output_axes").orElse(Collections.nCopies(collected.size(), 0L));
        return IntStream.range(0, collected.size())
                .mapToObj(i -> collected.get(i).isEmpty()
                        ? 0
                        : NodeAxes.of(axes.get(i), collected.get(i).getFirst().rank() + 1))
                .toList();
    }

    /** The part of a tensor at one place of an axis. */
    static Operand element(NodeContext node, Operand x, int axis, long at) {
        List<Dim> shape = new ArrayList<>(x.dims());
        shape.remove(axis);
        Term part = Terms.at(Terms.tensor(x), axis, new Term.Index.At(Terms.whole(at)));
        return node.step("element_" + at, part, Terms.type(x.dtype(), shape));
    }
}
