package heddle.compiler.sum;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Outcome;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Contract;
import heddle.compiler.op.layout.Concat;
import heddle.compiler.op.layout.Slice;
import heddle.compiler.rule.ElementReference;
import heddle.compiler.rule.Rule;
import heddle.compiler.rule.RuleContext;
import heddle.compiler.type.Dim;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Values that a column of ones is joined to, so that one product gives the sums as well, meet the exponentials alone.
 *
 * <pre>
 * (exp(y) @ concat([v, ones([N, 1])], axis = -1))[:, :64]   → exp(y) @ v
 * (exp(y) @ concat([v, ones([N, 1])], axis = -1))[:, 64:]   → exp(y) @ ones([N, 1])
 * </pre>
 *
 * It applies where all that reads the product is such slices.
 */
record SliceBeforeProduct() implements Rule {
    /**
     * A slice of a product with values that are joined to a number.
     *
     * @param slot which operand of the product is joined
     * @param axis of the product that runs along what is joined
     * @param part which part of it the slice reads
     * @param from where the part begins
     */
    record Found(Node slice, Node product, int slot, int axis, int part, Dim from) {}

    static Optional<Found> at(Graph graph, Node node) {
        if (!(node.op() instanceof Slice)
                || !(graph.operand(node, 0).node().op() instanceof Contract)
                || !node.type().dtype().isFloat()) {
            return Optional.empty();
        }
        Node product = graph.operand(node, 0).node();
        return Stream.of(0, 1)
                .filter(slot ->
                        isJoinedToNumber(graph, graph.operand(product, slot).node())
                                && PlainSums.isOfExponentials(graph, graph.operand(product, 1 - slot)))
                .flatMap(slot -> found(graph, node, product, slot).stream())
                .filter(found -> graph.outputs().values().stream().noneMatch(v -> v.node() == product)
                        && graph.users(product).stream()
                                .allMatch(user ->
                                        found(graph, user, product, found.slot).isPresent()))
                .findFirst();
    }

    private static boolean isJoinedToNumber(Graph graph, Node node) {
        return node.op() instanceof Concat
                && graph.operands(node).stream()
                        .anyMatch(part -> ElementReference.in(part)
                                .behindViews(graph)
                                .number()
                                .isPresent());
    }

    /** The slice that a node is, if it lies within one part. */
    private static Optional<Found> found(Graph graph, Node node, Node product, int slot) {
        if (!(node.op() instanceof Slice slice)) {
            return Optional.empty();
        }
        Node joined = graph.operand(product, slot).node();
        int joinedAxis = ((Concat) joined.op()).axis();
        var equation = ((Contract) product.op()).parsed();
        char letter = (slot == 0 ? equation.left() : equation.right()).charAt(joinedAxis);
        int axis = equation.result().indexOf(letter);
        boolean isOfValues = axis >= 0 && (slot == 0 ? equation.right() : equation.left()).indexOf(letter) < 0;
        if (!isOfValues || slice.steps().get(axis) != 1) {
            return Optional.empty();
        }
        Dim from = Dim.ZERO;
        for (int part = 0; part < graph.operands(joined).size(); part++) {
            Dim length = graph.operand(joined, part).type().dim(joinedAxis);
            Dim start = slice.starts().get(axis).minus(from);
            Dim left = length.minus(start).minus(slice.lengths().get(axis));
            if (isNotNegative(start) && isNotNegative(left)) {
                return Optional.of(new Found(node, product, slot, axis, part, from));
            }
            from = from.plus(length);
        }
        return Optional.empty();
    }

    private static boolean isNotNegative(Dim dim) {
        return dim.isKnown() && dim.value() >= 0;
    }

    @Override
    public String name() {
        return "slice-before-product";
    }

    @Override
    public Outcome apply(Node node, RuleContext context) {
        return at(context.graph(), node)
                .<Outcome>map(found -> Outcome.Replaced.by(node, replaced(found, context)))
                .orElse(NO_MATCH);
    }

    private static Value replaced(Found found, RuleContext context) {
        Graph graph = context.graph();
        Node joined = graph.operand(found.product, found.slot).node();
        List<Value> factors = new ArrayList<>(context.rewriter().operands(found.product));
        factors.set(found.slot, context.get(graph.operand(joined, found.part)));
        Value product = context.out()
                .add(found.product.op(), factors, found.slice.origin().part("product"))
                .value();
        Slice slice = (Slice) found.slice.op();
        List<Dim> starts = new ArrayList<>(slice.starts());
        starts.set(found.axis, starts.get(found.axis).minus(found.from));
        return product.type().equals(found.slice.type())
                ? product
                : context.out().value(new Slice(starts, slice.lengths(), slice.steps()), found.slice.origin(), product);
    }
}
