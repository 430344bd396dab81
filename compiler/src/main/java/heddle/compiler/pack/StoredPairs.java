package heddle.compiler.pack;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Outcome;
import heddle.compiler.ir.Rewriter;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Input;
import heddle.compiler.op.Pointwise;
import heddle.compiler.type.Dim;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Finds what is computed for each pair of tokens outside of attention. It grows with the square of all tokens in a row, so texts
 * end to end take more of it than texts alone.
 */
public final class StoredPairs {
    private StoredPairs() {}

    /** The first of them in a graph whose attention is fused. */
    public static Optional<Outcome.Declined> find(Graph fused, PackInputs inputs) {
        Dim tokens = fused.nodes().stream()
                .filter(n -> n.op() instanceof Input i && i.key().equals(inputs.ids()))
                .findFirst()
                .orElseThrow()
                .type()
                .dim(1);
        return fused.nodes().stream()
                .filter(n -> !(n.op() instanceof Pointwise))
                .flatMap(n -> Stream.concat(fused.operands(n).stream(), Rewriter.results(n).stream()))
                .filter(v -> isOfPairs(v, tokens))
                .map(Value::node)
                .findFirst()
                .map(StoredPairs::declined);
    }

    private static boolean isOfPairs(Value v, Dim tokens) {
        return v.type().shape().size().dividedExactlyBy(tokens.times(tokens)).isPresent();
    }

    private static Outcome.Declined declined(Node node) {
        return new Outcome.Declined(
                node,
                "something is stored for each pair of tokens in a row, " + node.type()
                        + ", which is more for texts end to end than for each alone",
                "write attention so that it is fused: heddle explain says what is in the way");
    }
}
