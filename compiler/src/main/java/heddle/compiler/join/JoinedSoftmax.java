package heddle.compiler.join;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Cast;
import heddle.compiler.op.Elementwise;
import heddle.compiler.op.Equation;
import heddle.compiler.op.Input;
import heddle.compiler.op.Pointwise;
import heddle.compiler.op.Softmax;
import heddle.compiler.op.SumOfProducts;
import heddle.compiler.op.layout.Concat;
import heddle.compiler.op.layout.Slice;
import heddle.compiler.op.layout.View;
import heddle.compiler.rule.ElementwiseCone;
import heddle.compiler.rule.ProductSearch;
import heddle.compiler.rule.RowView;
import heddle.compiler.rule.RuleContext;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Precision;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A softmax of scores that are joined along the keys, as those of a cache and of new keys are.
 *
 * @param parts of the keys, in order
 */
record JoinedSoftmax(Graph graph, Node softmax, List<Part> parts) {
    /** So few keys are copied in less time than attentions are merged. */
    private static final int FEW = 8;

    /** Some of the keys. */
    record Part(Dim from, Dim length) {
        Dim to() {
            return from.plus(length);
        }
    }

    static Optional<JoinedSoftmax> of(Graph graph, Node node) {
        if (!(node.op() instanceof Softmax softmax)
                || softmax.term() != 0
                || Precision.isNarrow(node.type().dtype())) {
            return Optional.empty();
        }
        int fromEnd = node.type().rank() - softmax.axis();
        return joined(graph, graph.operand(node, 0), fromEnd)
                .map(concat -> new JoinedSoftmax(graph, node, parts(graph, concat)))
                .filter(joined ->
                        joined.parts.stream().noneMatch(part -> part.length.isZero()) && joined.isOnlyReader());
    }

    /**
     * Whether nothing else reads the scores: it would see other roundings of them than the parts do, or store what no part need store.
     */
    private boolean isOnlyReader() {
        Set<Node> cone = ElementwiseCone.of(graph, graph.operand(softmax, 0));
        Set<Node> ofProducts = new HashSet<>();
        graph.nodes().stream()
                .filter(cone::contains)
                .filter(node -> node.op() instanceof SumOfProducts
                        || node.op() instanceof Pointwise
                                && graph.operands(node).stream().anyMatch(v -> ofProducts.contains(v.node())))
                .forEach(ofProducts::add);
        return graph.outputs().values().stream().noneMatch(v -> ofProducts.contains(v.node()))
                && ofProducts.stream()
                        .flatMap(node -> graph.users(node).stream())
                        .allMatch(user -> user == softmax || user.op() instanceof Pointwise && cone.contains(user));
    }

    /**
     * What joins products, or the keys of one, among what scores are computed of element by element.
     *
     * @param fromEnd the axis of the keys, counted from the last, which is one
     */
    private static Optional<Node> joined(Graph graph, Value scores, int fromEnd) {
        Dim keys = scores.type().dim(-fromEnd);
        Deque<Value> open = new ArrayDeque<>(List.of(scores));
        Set<Value> seen = new HashSet<>();
        while (!open.isEmpty()) {
            Value value = open.pop();
            if (!seen.add(value)
                    || !isAlong(value, fromEnd)
                    || !value.type().dim(-fromEnd).equals(keys)) {
                continue;
            }
            Node node = value.node();
            Optional<Node> joint = isJoint(node, fromEnd)
                    ? Optional.of(node).filter(concat -> hasProducts(graph, concat))
                    : Factor.of(graph, value, fromEnd).flatMap(factor -> joinedKeys(graph, factor));
            if (joint.isPresent()) {
                return joint;
            }
            if (isElementwise(node)) {
                graph.operands(node).forEach(open::push);
            }
        }
        return Optional.empty();
    }

    /**
     * Whether parts are made of different products, and of no more parts themselves: a softmax of parts of one has the product itself for
     * scores.
     */
    private static boolean hasProducts(Graph graph, Node concat) {
        int fromEnd = concat.type().rank() - ((Concat) concat.op()).axis();
        return graph.operands(concat).stream()
                                .flatMap(part -> ProductSearch.all(graph, part, v -> true).stream())
                                .distinct()
                                .count()
                        > 1
                && graph.operands(concat).stream()
                        .allMatch(part -> joined(graph, part, fromEnd).isEmpty() && !isJoint(part.node(), fromEnd));
    }

    /**
     * What joins the keys of a product, when joining copies them for it alone: some are an input, as a cache is. What is computed is
     * computed where it lies in the joined keys.
     */
    private static Optional<Node> joinedKeys(Graph graph, Factor keys) {
        Value at = keys.value();
        int fromEnd = keys.fromEnd;
        while (graph.useCount(at.node()) == 1
                && graph.outputs().values().stream().noneMatch(at::equals)) {
            if (isJoint(at.node(), fromEnd)) {
                int axis = fromEnd;
                return Optional.of(at.node())
                        .filter(concat -> graph.operands(concat).stream()
                                .anyMatch(v -> isCopied(graph, v, v.type().dim(-axis))));
            }
            Optional<RowView> view = view(graph, at, fromEnd);
            if (view.isEmpty()) {
                return Optional.empty();
            }
            at = graph.operand(at.node(), 0);
            fromEnd = at.type().rank() - view.get().axis();
        }
        return Optional.empty();
    }

    private static boolean isCopied(Graph graph, Value part, Dim keys) {
        boolean isFew = keys.isKnown() && keys.value() <= FEW;
        return !isFew && View.behind(graph, part).node().op() instanceof Input;
    }

    private static Optional<RowView> view(Graph graph, Value value, int fromEnd) {
        return value.node().op() instanceof View
                ? RowView.of(graph, value.node(), value.type().rank() - fromEnd)
                : Optional.empty();
    }

    private static boolean isElementwise(Node node) {
        return node.op() instanceof Elementwise || node.op() instanceof Cast;
    }

    private static boolean isJoint(Node node, int fromEnd) {
        return node.op() instanceof Concat concat && node.type().rank() - concat.axis() == fromEnd;
    }

    private static boolean isAlong(Value value, int fromEnd) {
        return value.type().rank() >= fromEnd && !value.type().dim(-fromEnd).is(1);
    }

    private static List<Part> parts(Graph graph, Node concat) {
        List<Part> parts = new ArrayList<>();
        Dim from = Dim.ZERO;
        for (Value operand : graph.operands(concat)) {
            Dim length = operand.type().dim(((Concat) concat.op()).axis());
            parts.add(new Part(from, length));
            from = from.plus(length);
        }
        return parts;
    }

    /**
     * The operand of a matmul along whose axis an axis of the result runs.
     *
     * @param fromEnd that axis, counted from the last, which is one
     */
    private record Factor(Value value, int slot, int fromEnd) {
        static Optional<Factor> of(Graph graph, Value product, int fromEnd) {
            if (!(product.node().op() instanceof SumOfProducts p)) {
                return Optional.empty();
            }
            Equation equation = p.parsed();
            char letter = equation.result().charAt(product.type().rank() - fromEnd);
            int left = equation.left().indexOf(letter);
            int right = equation.right().indexOf(letter);
            if (left >= 0 && right >= 0) {
                return Optional.empty();
            }
            int slot = left >= 0 ? 0 : 1;
            Value value = graph.operand(product.node(), slot);
            return Optional.of(new Factor(value, slot, value.type().rank() - Math.max(left, right)));
        }
    }

    int axis() {
        return ((Softmax) softmax.op()).axis();
    }

    /** The parts that a range of the keys is made of; none when it cuts one. */
    List<Part> within(Dim from, Dim length) {
        List<Part> some = new ArrayList<>();
        Dim at = from;
        for (Part part : parts) {
            if (part.from.equals(at) && !at.equals(from.plus(length))) {
                some.add(part);
                at = part.to();
            }
        }
        return at.equals(from.plus(length)) ? some : List.of();
    }

    /** The scores of some keys, in the new graph. */
    Value scores(RuleContext context, Part part) {
        Value x = graph.operand(softmax, 0);
        return new Cut(context, x.type().rank() - axis(), part, true).of(x);
    }

    /** Values of some keys, in the new graph: what joins them is taken apart. @param axis of the keys */
    static Value values(RuleContext context, Value values, int axis, Part part) {
        return new Cut(context, values.type().rank() - axis, part, false).of(values);
    }

    /**
     * Takes the keys of a part out of what joins them.
     *
     * @param fromEnd the axis to cut, counted from the last, which is one
     * @param deep    whether to look beneath what is computed element by element, and at the keys of a matmul that nothing else reads
     */
    private record Cut(RuleContext context, int fromEnd, Part part, boolean deep, Map<Value, Value> done) {
        Cut(RuleContext context, int fromEnd, Part part, boolean deep) {
            this(context, fromEnd, part, deep, new HashMap<>());
        }

        /** The part of a value, in the new graph; all of one that is the same for each key. */
        Value of(Value value) {
            Value known = done.get(value);
            if (known == null) {
                boolean isCut =
                        isAlong(value, fromEnd) && !value.type().dim(-fromEnd).equals(part.length);
                known = isCut ? cut(value) : context.get(value);
                done.put(value, known);
            }
            return known;
        }

        private Value cut(Value value) {
            Graph graph = context.graph();
            Node node = value.node();
            if (deep && isElementwise(node)) {
                List<Value> operands =
                        graph.operands(node).stream().map(this::of).toList();
                return context.out()
                        .add(node.op(), operands, node.origin().part("part"))
                        .value();
            }
            if (isJoint(node, fromEnd)) {
                Dim from = Dim.ZERO;
                for (Value operand : graph.operands(node)) {
                    Dim length = operand.type().dim(-fromEnd);
                    if (from.equals(part.from) && length.equals(part.length)) {
                        return context.get(operand);
                    }
                    from = from.plus(length);
                }
            }
            Optional<Factor> factor =
                    deep && graph.useCount(node) == 1 ? Factor.of(graph, value, fromEnd) : Optional.empty();
            if (factor.isPresent()) {
                List<Value> operands = new ArrayList<>(context.rewriter().operands(node));
                Cut keys = new Cut(context, factor.get().fromEnd, part, false);
                operands.set(factor.get().slot, keys.of(factor.get().value));
                return context.out()
                        .add(node.op(), operands, node.origin().part("part"))
                        .value();
            }
            Optional<RowView> view = view(graph, value, fromEnd);
            if (view.isPresent()) {
                Value of = graph.operand(node, 0);
                Value seen = new Cut(context, of.type().rank() - view.get().axis(), part, false).of(of);
                return context.out().part(view.get().op(part.length), node.origin(), seen);
            }
            int axis = value.type().rank() - fromEnd;
            Slice slice = Slice.along(value.type().shape(), axis, part.from, part.length);
            return context.out().part(slice, node.origin(), context.get(value));
        }
    }
}
