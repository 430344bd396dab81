package heddle.compiler.pass;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Op;
import heddle.compiler.ir.Pass;
import heddle.compiler.ir.Rewriter;
import heddle.compiler.type.Dim;
import java.util.Map;
import java.util.Optional;

/**
 * Replaces symbols with lengths, so that the plan is made for these lengths only.
 *
 * <pre>
 * iota {length = N} : i64[N]   with N = 8   ⇒   iota {length = 8} : i64[8]
 * </pre>
 *
 * Throws {@link heddle.compiler.ir.TypeMismatch} when the graph does not fit the lengths, for example when a slice
 * reaches past the end.
 */
public record BindLengths(Map<String, Dim> lengths) implements Pass {
    public BindLengths {
        lengths = Map.copyOf(lengths);
    }

    @Override
    public String name() {
        return "bind-lengths";
    }

    @Override
    public Graph run(Graph graph) {
        if (lengths.isEmpty()) {
            return graph;
        }
        return Rewriter.rewrite(graph, (node, operands, out) -> {
            Op bound = node.op().bind(lengths);
            return Optional.of(Rewriter.results(out.add(bound, operands, node.origin())));
        });
    }
}
