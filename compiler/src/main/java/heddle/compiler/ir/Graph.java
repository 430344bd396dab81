package heddle.compiler.ir;

import heddle.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import org.jgrapht.graph.DirectedAcyclicGraph;

/**
 * A computation: operations and the values that flow between them. Immutable; a rewrite builds another graph with
 * {@link Builder}. Nodes are listed operands first.
 */
public final class Graph {
    /** A use of a value. Edges have identity, so {@code mul(x, x)} has two. */
    private static final class Use {
        private final int slot;
        private final int result;

        Use(int slot, int result) {
            this.slot = slot;
            this.result = result;
        }
    }

    private final String name;
    private final DirectedAcyclicGraph<Node, Use> dag;
    private final List<Node> nodes;
    private final Map<Node, List<Value>> operands = new IdentityHashMap<>();
    private final SequencedMap<String, Value> outputs;

    private Graph(
            String name, DirectedAcyclicGraph<Node, Use> dag, List<Node> nodes, SequencedMap<String, Value> outputs) {
        this.name = name;
        this.dag = dag;
        this.nodes = List.copyOf(nodes);
        this.outputs = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(outputs));
        for (Node n : nodes) {
            Value[] slots = new Value[dag.inDegreeOf(n)];
            for (Use u : dag.incomingEdgesOf(n)) {
                slots[u.slot] = new Value(dag.getEdgeSource(u), u.result);
            }
            operands.put(n, List.of(slots));
        }
    }

    public String name() {
        return name;
    }

    /** All nodes, operands before users. */
    public List<Node> nodes() {
        return nodes;
    }

    /** What a node reads, in slot order. */
    public List<Value> operands(Node node) {
        return operands.get(node);
    }

    /** What a node reads at one slot. */
    public Value operand(Node node, int slot) {
        return operands.get(node).get(slot);
    }

    /** The nodes that read any result of {@code node}, each once, in graph order. */
    public List<Node> users(Node node) {
        Set<Node> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        List<Node> users = new ArrayList<>();
        for (Use u : dag.outgoingEdgesOf(node)) {
            if (seen.add(dag.getEdgeTarget(u))) {
                users.add(dag.getEdgeTarget(u));
            }
        }
        users.sort((a, b) -> Integer.compare(a.id(), b.id()));
        return users;
    }

    /** How many times results of {@code node} are read, as operands and as outputs of the graph. */
    public int useCount(Node node) {
        return dag.outDegreeOf(node)
                + (int) outputs.values().stream().filter(v -> v.node() == node).count();
    }

    /** Everything {@code node} depends on. */
    public Set<Node> ancestors(Node node) {
        return dag.getAncestors(node);
    }

    /** The named results, in declaration order. */
    public SequencedMap<String, Value> outputs() {
        return outputs;
    }

    /** Builds a graph node by node; operands are added before the nodes that read them. */
    public static final class Builder {
        private final String name;
        private final DirectedAcyclicGraph<Node, Use> dag = new DirectedAcyclicGraph<>(null, null, false, true);
        private final List<Node> nodes = new ArrayList<>();
        private final SequencedMap<String, Value> outputs = new LinkedHashMap<>();

        public Builder(String name) {
            this.name = name;
        }

        /** Adds a node and infers its result types. @throws TypeMismatch when the operands do not fit */
        public Node add(Op op, List<Value> operands, Origin origin) {
            List<TensorType> types = operands.stream().map(Value::type).toList();
            return add(op, operands, op.infer(types), origin);
        }

        private Node add(Op op, List<Value> operands, List<TensorType> results, Origin origin) {
            Node node = new Node(nodes.size(), op, results, origin);
            dag.addVertex(node);
            for (int slot = 0; slot < operands.size(); slot++) {
                Value v = operands.get(slot);
                dag.addEdge(v.node(), node, new Use(slot, v.index()));
            }
            nodes.add(node);
            return node;
        }

        /** Adds a node and gives its first result. */
        public Value value(Op op, Origin origin, Value... operands) {
            return add(op, List.of(operands), origin).value();
        }

        /** Names a result of the graph. @throws IllegalArgumentException when the name is taken */
        public void output(String outputName, Value value) {
            if (outputs.putIfAbsent(outputName, value) != null) {
                throw new IllegalArgumentException("output " + outputName + " is there already");
            }
        }

        /** What was added so far. */
        public Collection<Node> nodes() {
            return Collections.unmodifiableList(nodes);
        }

        public Graph build() {
            return new Graph(name, dag, nodes, outputs);
        }
    }
}
