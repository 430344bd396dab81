package heddle.compiler.op;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Invariant;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Op;
import heddle.compiler.ir.Verifier;
import heddle.compiler.type.DType;
import heddle.compiler.type.TensorType;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** The invariants of the operations of every model. */
public final class ModelInvariants {
    /** Everything there is to check. */
    public static final Verifier VERIFIER = Verifier.STRUCTURE.and(List.of(
            new Invariant("an input stands once", ModelInvariants::repeatedInputs),
            new Invariant("scales belong to f32 matrices", ModelInvariants::misplacedScales),
            new Invariant("a weight has one type", ModelInvariants::retypedWeights)));

    private ModelInvariants() {}

    private static Stream<String> repeatedInputs(Graph graph) {
        Set<String> seen = new HashSet<>();
        return ops(graph, Input.class).filter(i -> !seen.add(i.key())).map(i -> "input " + i.key() + " stands twice");
    }

    private static Stream<String> misplacedScales(Graph graph) {
        return ops(graph, Weight.class)
                .filter(w -> w.held().stored().isQuantised()
                        && (w.type().dtype() != DType.F32 || w.type().rank() < 2))
                .map(w -> "weight " + w.key() + " of " + w.type() + " is held as "
                        + w.held().text());
    }

    private static Stream<String> retypedWeights(Graph graph) {
        Map<String, TensorType> seen = new HashMap<>();
        return ops(graph, Weight.class)
                .flatMap(w -> Stream.concat(Stream.of(w), scales(w)))
                .filter(w -> !w.type().equals(seen.computeIfAbsent(w.key(), key -> w.type())))
                .map(w -> "weight " + w.key() + " is " + seen.get(w.key()) + " and " + w.type());
    }

    private static Stream<Weight> scales(Weight weight) {
        return weight.held().scales().stream()
                .filter(s -> weight.type().rank() > 1)
                .map(s -> new Weight(
                        s.name(),
                        new TensorType(
                                weight.type().dtype(), s.shape(weight.type().shape()))));
    }

    private static <T extends Op> Stream<T> ops(Graph graph, Class<T> type) {
        return graph.nodes().stream().map(Node::op).filter(type::isInstance).map(type::cast);
    }
}
