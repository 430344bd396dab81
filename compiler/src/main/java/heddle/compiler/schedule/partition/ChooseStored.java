package heddle.compiler.schedule.partition;

import heddle.compiler.ir.Anchor;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Input;
import heddle.compiler.op.Pointwise;
import heddle.compiler.op.RowReduction;
import heddle.compiler.op.SumOfProducts;
import heddle.compiler.op.layout.Concat;
import heddle.compiler.op.layout.Gather;
import heddle.compiler.op.layout.Reshape;
import heddle.compiler.op.layout.View;
import heddle.compiler.pass.SplitLongJoins;
import heddle.compiler.schedule.ContractionAxes;
import heddle.compiler.schedule.Dequantised;
import heddle.compiler.tile.family.MapPieces;
import heddle.compiler.type.Dim;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.Set;

/**
 * Chooses which pointwise results are stored. The others are computed where they are read.
 *
 * <p>A result must be stored when it is a result of the graph, when it is an operand of attention, when it is a part of a long join,
 * and when it is an operand of a contraction: contractions read strided views of buffers. Otherwise it is computed in place when
 *
 * <ul>
 *   <li>it is a view, a number or a dequantised weight, or
 *   <li>one node reads it, and no element of it more than once, or what it is joined to is stored, or
 *   <li>computing an element costs no more than reading it back: one read at most and two simple operations, or
 *   <li>it depends only on indices and needs no divisions or transcendental functions,
 * </ul>
 *
 * and the expression does not grow too large, nor is it read in rows of another length than it has.
 */
public final class ChooseStored {
    /** Beyond this many operations an expression is a kernel of its own. */
    private static final int MAX_OPERATIONS = 96;

    /** The most elements that are read for one: a method of Java has 255 parameters, of which an array takes two. */
    private static final int MAX_READS = 108;

    private final Graph graph;
    private final Set<Node> inRegions = new HashSet<>();
    private final Set<Node> required = new HashSet<>();

    /** What depends on weights and constants alone, and is computed when they are loaded. */
    private final Set<Node> known = new HashSet<>();

    private final SequencedSet<Node> stored = new LinkedHashSet<>();
    private final Map<Node, ElementCost> costs = new HashMap<>();

    /** @param keepsPacked whether matrices of weights stay as they are held in their file */
    ChooseStored(Graph graph, List<Region> regions, boolean keepsPacked) {
        this.graph = graph;
        regions.forEach(r -> inRegions.addAll(r.nodes()));
        StoredOutputs outputs = StoredOutputs.of(graph);
        required.addAll(outputs.copied());
        outputs.renamed().keySet().forEach(v -> required.add(v.node()));
        for (Node node : graph.nodes()) {
            if (isKnown(node)) {
                known.add(node);
            }
            if (SplitLongJoins.isPart(graph, node)) {
                required.add(node);
            }
            if (node.op() instanceof SumOfProducts) {
                ContractionAxes axes = ContractionAxes.of(graph, node);
                axes.storedOperand(graph, node, 0, keepsPacked).ifPresent(required::add);
                axes.storedOperand(graph, node, 1, keepsPacked).ifPresent(required::add);
            } else if (!(node.op() instanceof Pointwise || node.op() instanceof Anchor)) {
                graph.operands(node).forEach(v -> required.add(v.node()));
            }
        }
    }

    /** The nodes to store, operands first. */
    SequencedSet<Node> chosen() {
        for (Node node : graph.nodes()) {
            if (inRegions.contains(node) || Partition.isGiven(node)) {
                costs.put(node, ElementCost.READ);
            } else if (node.op() instanceof Pointwise) {
                ElementCost cost = graph.operands(node).stream()
                        .map(v -> costs.get(v.node()))
                        .reduce(ElementCost.of(node), ElementCost::plus);
                boolean store = required.contains(node)
                        || (!(node.op() instanceof View)
                                && !isReadAtLines(node)
                                && !Partition.isNumber(node)
                                && !Dequantised.is(graph, node)
                                && (isRegrouped(node.value()) || !isInPlace(node, cost)));
                costs.put(node, store ? ElementCost.READ : cost);
                if (store) {
                    stored.add(node);
                }
            }
        }
        return stored;
    }

    /** Whether products alone read what is gathered, which read it as a view then: others need it stored. */
    private boolean isReadAtLines(Node node) {
        return node.op() instanceof Gather && !required.contains(node) && isReadByProducts(node);
    }

    private boolean isReadByProducts(Node node) {
        return graph.users(node).stream()
                .allMatch(user -> user.op() instanceof SumOfProducts
                        || (user.op() instanceof View || user.op() instanceof Gather)
                                && !required.contains(user)
                                && isReadByProducts(user));
    }

    /** Whether something reads a value in other rows: where it is stored they are neighbours, and need no division otherwise. */
    private boolean isRegrouped(Value value) {
        return graph.users(value.node()).stream()
                .anyMatch(user -> user.op() instanceof View
                        && (user.op() instanceof Reshape r
                                        && r.regroups(value.type().shape())
                                || isRegrouped(user.value())));
    }

    private boolean isInPlace(Node node, ElementCost cost) {
        if (cost.operations() > MAX_OPERATIONS || cost.reads() > MAX_READS / operands(node)) {
            return false;
        }
        boolean once = readings(node.value(), node.type().shape().size()) <= 1;
        return once || cost.isCheap() || cost.isIndexArithmetic();
    }

    /** The most operands of a node that reads another one, through views or not. */
    private int operands(Node read) {
        int most = 1;
        for (Node user : graph.users(read)) {
            boolean isView = user.op() instanceof View && !required.contains(user);
            most = Math.max(most, isView ? operands(user) : graph.operands(user).size());
        }
        return most;
    }

    /**
     * How often an element is read, counting through views: once for each reader, more often by a softmax, which passes
     * over it again, and when it is broadcast.
     */
    private int readings(Value read, Dim size) {
        int readings = 0;
        for (Node user : graph.users(read.node())) {
            if (user.op() instanceof View && !required.contains(user)) {
                readings += readings(user.value(), size);
            } else if (isComputedInParts(read, user)
                    && read.type().shape().size().equals(size)) {
                readings += Collections.frequency(graph.operands(user), read);
            } else {
                readings += passes(user) > 1 || isLarger(user, size) ? 2 : 1;
            }
        }
        return readings;
    }

    /** Whether a part of a joined tensor can be computed where it lies there, and not rather once when the weights are loaded. */
    private boolean isComputedInParts(Value part, Node joined) {
        return required.contains(joined)
                && isJoinedInParts(graph, joined)
                && (known.contains(joined) || !known.contains(part.node()));
    }

    /** Whether a node joins a few tensors. */
    public static boolean isJoinedInParts(Graph graph, Node node) {
        return node.op() instanceof Concat && graph.operands(node).size() <= MapPieces.MOST;
    }

    private boolean isKnown(Node node) {
        return !(node.op() instanceof Input)
                && node.results().stream().allMatch(t -> t.shape().isKnown())
                && graph.operands(node).stream().map(Value::node).allMatch(known::contains);
    }

    private static int passes(Node user) {
        return user.op() instanceof RowReduction r ? r.passes() : 1;
    }

    private boolean isLarger(Node user, Dim size) {
        Dim read = RowDomain.isAnchor(user)
                ? graph.operand(user, 0).type().shape().size()
                : user.type().shape().size();
        return !read.equals(size) && !(read.isKnown() && size.isKnown() && read.value() < size.value());
    }
}
