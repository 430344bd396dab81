package heddle.compiler.ir;

import heddle.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Checks the invariants of a graph after every pass. */
public record Verifier(List<Invariant> invariants) {
    /** The invariants of every graph, whatever its operations. */
    public static final Verifier STRUCTURE = new Verifier(List.of(
            new Invariant(
                    "ids are positions", g -> nodes(g, n -> g.nodes().get(n.id()) == n ? null : "stands elsewhere")),
            new Invariant("operands come first", Verifier::order),
            new Invariant("values exist", Verifier::values),
            new Invariant("types are those that infer gives", g -> nodes(g, n -> retyped(g, n))),
            new Invariant("attributes have a text form", g -> nodes(g, Verifier::attributes))));

    public Verifier {
        invariants = List.copyOf(invariants);
    }

    /** This verifier with more to check. */
    public Verifier and(List<Invariant> more) {
        List<Invariant> all = new ArrayList<>(invariants);
        all.addAll(more);
        return new Verifier(all);
    }

    /** Every violation, one line each: {@code operands come first: %4 = add reads %7}. */
    public List<String> violations(Graph graph) {
        return invariants.stream()
                .flatMap(i -> i.violations().apply(graph).map(v -> i.name() + ": " + v))
                .toList();
    }

    /** @throws InvalidGraph naming {@code author} and every violation */
    public void verify(Graph graph, String author) {
        List<String> found = violations(graph);
        if (!found.isEmpty()) {
            throw new InvalidGraph("after " + author + " the graph " + graph.name() + " is not valid:\n  "
                    + String.join("\n  ", found));
        }
    }

    /** A test of single nodes; null when there is nothing wrong. */
    private interface NodeTest {
        String complaint(Node node);
    }

    private static Stream<String> nodes(Graph graph, NodeTest test) {
        return graph.nodes().stream()
                .flatMap(n -> Optional.ofNullable(test.complaint(n)).map(c -> n + " " + c).stream());
    }

    private static Stream<String> order(Graph graph) {
        return graph.nodes().stream()
                .flatMap(n -> graph.operands(n).stream()
                        .filter(v -> v.node().id() >= n.id())
                        .map(v -> n + " reads " + v));
    }

    private static Stream<String> values(Graph graph) {
        Stream<Value> read = graph.nodes().stream().flatMap(n -> graph.operands(n).stream());
        return Stream.concat(read, graph.outputs().values().stream())
                .filter(v -> !graph.contains(v.node())
                        || v.index() < 0
                        || v.index() >= v.node().results().size())
                .map(v -> v + " is read but is no result of " + v.node());
    }

    private static String retyped(Graph graph, Node node) {
        List<TensorType> operands =
                graph.operands(node).stream().map(Value::type).toList();
        try {
            List<TensorType> inferred = node.op().infer(operands);
            return inferred.equals(node.results()) ? null : "has " + node.results() + ", infer gives " + inferred;
        } catch (TypeMismatch e) {
            return "has operands that do not fit: " + e.getMessage();
        }
    }

    private static String attributes(Node node) {
        return node.op().attributes().entrySet().stream()
                .filter(a -> !AttributeText.isPrintable(a.getValue()))
                .map(a -> "has the attribute " + a.getKey() + " of "
                        + a.getValue().getClass())
                .findFirst()
                .orElse(null);
    }
}
