package heddle.compiler.attention;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Rewriter;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Input;
import heddle.compiler.op.Weight;
import heddle.compiler.op.attention.AttentionProbabilities;
import heddle.compiler.op.attention.AttentionResult;
import heddle.compiler.op.attention.FusedAttention;
import heddle.compiler.op.layout.Gather;
import heddle.compiler.rule.Dependence;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Adds outputs to a fused graph that show what its attentions attend to: the probabilities, computed again from
 * queries, keys and the log-sum-exp, and the vectors that enter each layer. What was fused stays fused.
 */
public final class ExposeAttention {
    /**
     * Names of outputs that were added for one attention.
     *
     * @param scope         the place of the attention in the model
     * @param probabilities of the output {@code [batch.., queries, keys]}
     * @param input         of the output with the vectors that queries, keys and values are computed from
     */
    public record Layer(String scope, String probabilities, String input) {}

    /**
     * A graph with outputs added.
     *
     * @param layers     one for each attention whose queries, keys and values come from one tensor, in order
     * @param embeddings the output with the rows of the embedding table, when the model looks up an input in one
     * @param last       the output with the vectors after the last layer
     */
    public record Exposed(Graph graph, List<Layer> layers, Optional<String> embeddings, String last) {}

    private final Graph source;
    private final Rewriter rewriter;
    private final Dependence dependence;
    private final Map<Node, Node> attentions = new HashMap<>();

    private ExposeAttention(Graph source) {
        this.source = source;
        this.rewriter = new Rewriter(source);
        this.dependence = new Dependence(source);
    }

    /** {@code fused} with the outputs, or empty when it has no self-attention that was fused. */
    public static Optional<Exposed> in(Graph fused) {
        return new ExposeAttention(fused).run();
    }

    private Optional<Exposed> run() {
        Map<Node, Value> inputs = new HashMap<>();
        for (Node node : source.nodes()) {
            if (node.op() instanceof FusedAttention a) {
                source(node).ifPresent(input -> inputs.put(node, input));
                copyWithLogSumExp(node, a);
            } else {
                rewriter.copy(node);
            }
        }
        if (inputs.isEmpty()) {
            return Optional.empty();
        }
        List<Layer> layers = new ArrayList<>();
        Value last = null;
        for (Node node : source.nodes()) {
            if (inputs.containsKey(node)) {
                last = inputs.get(node);
                String name = "layer " + layers.size();
                layers.add(new Layer(node.origin().scope(), name + " probabilities", name + " input"));
                output(name + " input", rewriter.get(last));
                output(name + " probabilities", probabilities(attentions.get(node)));
            }
        }
        Optional<String> embeddings = embeddings().map(e -> output("embeddings", rewriter.get(e)));
        String end = output("last", rewriter.get(lastOfType(last)));
        Graph graph = rewriter.finish();
        return Optional.of(new Exposed(graph, layers, embeddings, end));
    }

    private String output(String name, Value value) {
        rewriter.out().output(name, value);
        return name;
    }

    private void copyWithLogSumExp(Node node, FusedAttention a) {
        FusedAttention with = a.withLogSumExp();
        Node copy = rewriter.out().add(with, rewriter.operands(node), node.origin());
        attentions.put(node, copy);
        rewriter.replace(node, Rewriter.results(copy).subList(0, node.results().size()));
    }

    private Value probabilities(Node attention) {
        List<Value> operands = new ArrayList<>(rewriter.out().operands(attention));
        FusedAttention fused = (FusedAttention) attention.op();
        operands.add(new Value(
                attention, fused.place(AttentionResult.Kind.LOG_SUM_EXP).orElseThrow()));
        AttentionProbabilities op = new AttentionProbabilities(fused);
        return rewriter.out()
                .add(op, operands, attention.origin().part("probabilities"))
                .value();
    }

    /** The latest tensor of vectors that queries, keys and values are all computed from. */
    private Optional<Value> source(Node attention) {
        FusedAttention op = (FusedAttention) attention.op();
        Set<Node> common = null;
        for (int slot : op.products()) {
            Set<Node> before = source.ancestors(source.operand(attention, slot).node());
            if (common == null) {
                common = new HashSet<>(before);
            } else {
                common.retainAll(before);
            }
        }
        return common == null
                ? Optional.empty()
                : common.stream()
                        .filter(n -> n.type().rank() >= 2 && n.type().dtype().isFloat())
                        .filter(dependence::varies)
                        .reduce((a, b) -> a.id() > b.id() ? a : b)
                        .map(Node::value);
    }

    /** The rows of a table of weights that an input picks. */
    private Optional<Value> embeddings() {
        for (Node node : source.nodes()) {
            if (node.op() instanceof Gather
                    && source.operand(node, 0).node().op() instanceof Weight
                    && source.operand(node, 1).node().op() instanceof Input) {
                return Optional.of(node.value());
            }
        }
        return Optional.empty();
    }

    /** The last tensor of a layer's kind. */
    private Value lastOfType(Value layer) {
        Value last = layer;
        for (Node node : source.nodes()) {
            if (node.type().equals(layer.type())) {
                last = node.value();
            }
        }
        return last;
    }
}
