package heddle.compiler.decode;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Outcome;
import heddle.compiler.op.Input;
import heddle.compiler.rule.DeclinedException;
import heddle.compiler.type.Dim;
import heddle.compiler.type.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * Makes of a graph that reads a whole text a graph that reads the tokens which are new, and takes what it needs of the others from
 * caches (Pope et al. 2022, arXiv:2211.05102, section 3.3):
 *
 * <pre>
 * iota(N)              ⇒   iota(M) + P, where queries are; iota(P + M), where keys are
 * table[0:N]           ⇒   table[P : P + M]
 * q @ transpose(k)     ⇒   q @ transpose(concat(cache, k))
 * </pre>
 *
 * <p>Each value of the new graph has, at the new tokens, the elements that the given one has there. A cache holds a value's elements at
 * the {@code P} tokens before. That is the same only if no token reads what follows it: then elements at these tokens are what they
 * were when the text was shorter. It is shown operation by operation. Whatever is summed over tokens has to be neutral at those that
 * follow, as scores under a causal mask are.
 */
public final class DecodeStep {
    private DecodeStep() {}

    /**
     * What the tokens before leave to those that follow.
     *
     * @param name  of the input that takes it, and of the output that gives the rows of new tokens
     * @param type  of the input; the first axis has the tokens before
     */
    public record Cache(String name, TensorType type) {}

    /**
     * What was decided.
     *
     * @param graph    the graph for new tokens; its outputs are those of the given one, then the new rows of each cache
     * @param caches   in an order that is the same with and without tokens before
     * @param declined why there is none
     */
    public record Result(Optional<Graph> graph, List<Cache> caches, Optional<Outcome.Declined> declined) {}

    /**
     * The graph for the first tokens of a text.
     *
     * @param graph  all of it is needed for its outputs, which have rows and tokens for their first axes
     * @param tokens the name of the input of token numbers, {@code [B, N]}
     */
    public static Result first(Graph graph, String tokens) {
        return of(graph, tokens, Optional.empty());
    }

    /** The graph for one token behind {@code past} others. @param past a symbol that the graph does not have */
    public static Result next(Graph graph, String tokens, Dim past) {
        return of(graph, tokens, Optional.of(past));
    }

    private static Result of(Graph graph, String tokens, Optional<Dim> past) {
        try {
            NewTokens values = new NewTokens(graph, input(graph, tokens), past);
            graph.outputs().forEach((name, value) -> values.output(name, value.node()));
            return new Result(Optional.of(values.build()), values.caches(), Optional.empty());
        } catch (DeclinedException e) {
            return new Result(Optional.empty(), List.of(), Optional.of(e.outcome()));
        }
    }

    /** @throws IllegalArgumentException when the graph has no outputs */
    private static Node input(Graph graph, String tokens) {
        if (graph.outputs().isEmpty()) {
            throw new IllegalArgumentException("the graph " + graph.name() + " has no outputs");
        }
        Node input = graph.nodes().stream()
                .filter(n -> n.op() instanceof Input i && i.key().equals(tokens))
                .findFirst()
                .orElseThrow(() -> new DeclinedException(
                        graph.outputs().firstEntry().getValue().node(),
                        "the output does not depend on the input " + tokens,
                        "compute it from the tokens"));
        TensorType type = input.type();
        boolean isOfTexts = type.rank() == 2
                && type.dim(1).asSymbol().isPresent()
                && !type.dim(0).symbols().contains(type.dim(1).asSymbol().get());
        if (!isOfTexts) {
            throw new DeclinedException(
                    input,
                    "the input " + tokens + " is " + type
                            + ", which has no axis of tokens of any number behind one of texts",
                    "declare it so: input " + tokens + ": i64[B, N]");
        }
        return input;
    }
}
