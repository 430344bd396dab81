package heddle.runtime.train;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Rewriter;
import java.util.List;

/** Adds the gradients of a loss to the graph of a model. */
@FunctionalInterface
public interface Gradients {
    /** Before the name of a weight, the name of the output that is the loss' gradient by it. */
    String OUTPUT = "grad.";

    /** Gradients that the model computes itself: its output {@code grad_w} is that of the weight {@code w}. */
    Gradients WRITTEN = (graph, loss, weights) -> {
        Rewriter copy = new Rewriter(graph);
        graph.nodes().forEach(copy::copy);
        graph.outputs().forEach((name, value) -> copy.out().output(named(name, weights), copy.get(value)));
        return copy.out().build();
    };

    /**
     * The graph with an output {@link #OUTPUT}{@code NAME} for each weight, of the weight's shape.
     *
     * @param loss    the output that is made small, a scalar of floats
     * @param weights names of the weights that are trained
     */
    Graph joint(Graph graph, String loss, List<String> weights);

    private static String named(String output, List<String> weights) {
        return weights.stream()
                .filter(w -> output.equals("grad_" + w.replaceAll("[^A-Za-z_0-9]", "_")))
                .findFirst()
                .map(w -> OUTPUT + w)
                .orElse(output);
    }
}
