package heddle.compiler.gradient;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Pass;
import heddle.compiler.ir.Rewriter;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Cast;
import heddle.compiler.op.Input;
import heddle.compiler.op.MarkProbabilities;
import heddle.compiler.op.Weight;
import heddle.compiler.op.attention.AttentionGradient;
import heddle.compiler.op.attention.FusedAttention;
import heddle.compiler.op.gradient.Gradient;
import heddle.compiler.op.gradient.GradientCode;
import heddle.compiler.pass.EliminateCommonSubexpressions;
import heddle.compiler.pass.ExpandStored;
import heddle.compiler.type.Scales;
import heddle.dsl.diagnostic.Diagnostic;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Writes gradients out as operations, backwards from the loss:
 *
 * <pre>
 * %3 = mul(%1, %2)                      %3 = mul(%1, %2)
 * %4 = reduce_sum(%3) {axes = [0]}      %4 = reduce_sum(%3) {axes = [0]}
 * %5 = gradient(%4, %1)            ⇒    %5 = constant {values = [1.0]}
 *                                       %6 = expand(%5)
 *                                       %7 = mul0(%6, %2)
 * </pre>
 *
 * Gradients of gradients are written out from the inside. It runs after attention is recognised, whose gradient is made of
 * kernels that compute probabilities again, and before layout is folded.
 *
 * @throws heddle.dsl.diagnostic.DiagnosticException when a gradient is needed through an operation that has none
 */
public record Differentiate() implements Pass {
    public static final String NAME = "differentiate";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Graph run(Graph graph) {
        return isAsked(graph) ? written(graph, (node, slot) -> {}) : graph;
    }

    /** Takes the gradients that are zero everywhere: by an operand of a {@link Gradient} that the loss does not depend on. */
    private interface Unreached {
        void operand(Node gradient, int slot);
    }

    private static Graph written(Graph graph, Unreached unreached) {
        Rewriter rewriter = new Rewriter(graph);
        Set<Node> trained = graph.nodes().stream()
                .filter(n -> n.op() instanceof Gradient)
                .flatMap(n -> graph.ancestors(n).stream())
                .collect(Collectors.toSet());
        for (Node node : graph.nodes()) {
            if (node.op() instanceof Gradient) {
                Backward backward = new Backward(rewriter.out(), rewriter.operands(node), node.origin());
                rewriter.replace(node, backward.gradients());
                backward.unreached().forEach(slot -> unreached.operand(node, slot));
            } else if (node.op() instanceof FusedAttention a && trained.contains(node)) {
                rewriter.replace(node, forward(rewriter, node, a));
            } else {
                rewriter.copy(node);
            }
        }
        return rewriter.finish();
    }

    /** An attention that keeps what its gradient needs of each row, its output as it was. */
    private static List<Value> forward(Rewriter rewriter, Node node, FusedAttention attention) {
        FusedAttention op = AttentionGradient.forward(attention);
        Node copy = rewriter.out().add(op, rewriter.operands(node), node.origin());
        List<Value> results =
                new ArrayList<>(Rewriter.results(copy).subList(0, node.results().size()));
        if (!copy.type().equals(node.type())) {
            results.set(0, rewriter.out().part(new Cast(node.type().dtype()), node.origin(), copy.value()));
        }
        return results;
    }

    private static Diagnostic noPath(Node wanted, Node gradient) {
        String name = switch (wanted.op()) {
            case Weight w -> "the weight " + w.key();
            case Input i -> "the input " + i.key();
            default -> "a value";
        };
        String message = "the loss does not depend on " + name + ": the gradient is zero";
        Diagnostic d = Diagnostic.atFirst(gradient.origin().spans(), GradientCode.NO_PATH, message);
        return d.hint("leave it out, or look whether stop_gradient or a conversion to integers is in the way");
    }

    /** A model as written with its gradients written out: what they mean. */
    public static Graph meaning(Graph written) {
        return meaning(written, warning -> {});
    }

    /**
     * The same, with a warning for each loss that does not depend on what it is differentiated by.
     *
     * @throws heddle.dsl.diagnostic.DiagnosticException when an operation has no gradient
     */
    public static Graph meaning(Graph written, Consumer<Diagnostic> warnings) {
        if (!isAsked(written)) {
            return written;
        }
        Graph graph = byScales(written) ? scalesApart(written) : written;
        Graph differentiated = written(
                graph,
                (node, slot) -> warnings.accept(noPath(graph.operand(node, slot).node(), node)));
        return new MarkProbabilities().run(differentiated);
    }

    /** Whether a gradient is taken by the scales of a weight, which the graph as written has in the weight alone. */
    private static boolean byScales(Graph written) {
        Set<String> scales = written.nodes().stream()
                .filter(n -> n.op() instanceof Weight)
                .flatMap(n -> ((Weight) n.op()).held().scales().stream().map(Scales::name))
                .collect(Collectors.toSet());
        return written.nodes().stream()
                .filter(n -> n.op() instanceof Gradient)
                .flatMap(n -> written.operands(n).stream().skip(1))
                .anyMatch(v -> v.node().op() instanceof Weight w && scales.contains(w.key()));
    }

    /** The graph with scales as tensors of their own, each of them one node. */
    private static Graph scalesApart(Graph written) {
        return new EliminateCommonSubexpressions().run(new ExpandStored().run(written));
    }

    /** Whether a graph asks for gradients. */
    public static boolean isAsked(Graph graph) {
        return Gradient.isAsked(graph);
    }
}
