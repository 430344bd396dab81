package heddle.compiler.ir;

import heddle.compiler.type.LengthTooLargeException;
import heddle.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;
import org.jgrapht.graph.DirectedAcyclicGraph;

/**
 * A computation: operations and the values that flow between them. Immutable; a rewrite builds another graph with
 * {@link Builder}. Nodes are listed after their operands. A query about one node takes time in proportion to the size
 * of its answer, so passes are linear in the size of the graph.
 */
public final class Graph {
    /** A use of a value. Edges have identity, so {@code mul(x, x)} has two. */
    static final class Use {
        final int slot;
        final int result;

        Use(int slot, int result) {
            this.slot = slot;
            this.result = result;
        }
    }

    private final String name;
    private final DirectedAcyclicGraph<Node, Use> dag;
    private final List<Node> nodes;
    private final List<List<Value>> operands;
    private final List<List<Node>> users;
    private final int[] useCounts;
    private final SequencedMap<String, Value> outputs;

    private Graph(Builder builder) {
        name = builder.name;
        dag = builder.dag;
        nodes = List.copyOf(builder.nodes);
        operands = List.copyOf(builder.operands);
        outputs = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(builder.outputs));
        users = new ArrayList<>(nodes.size());
        useCounts = new int[nodes.size()];
        nodes.forEach(n -> users.add(new ArrayList<>()));
        for (Node user : nodes) {
            for (Value v : operands.get(user.id())) {
                useCounts[v.node().id()]++;
                List<Node> known = users.get(v.node().id());
                if (known.isEmpty() || known.getLast() != user) {
                    known.add(user);
                }
            }
        }
        outputs.values().forEach(v -> useCounts[v.node().id()]++);
        users.replaceAll(Collections::unmodifiableList);
    }

    public String name() {
        return name;
    }

    /** All nodes, operands before users; the position is the node's id. */
    public List<Node> nodes() {
        return nodes;
    }

    /** Whether {@code node} is one of this graph's. */
    public boolean contains(Node node) {
        return node.id() < nodes.size() && nodes.get(node.id()) == node;
    }

    /** The operands of a node, in slot order. */
    public List<Value> operands(Node node) {
        return operands.get(position(node));
    }

    /** The operand of a node at one slot. */
    public Value operand(Node node, int slot) {
        return operands(node).get(slot);
    }

    /** The nodes that read any result of {@code node}, each once, in graph order. */
    public List<Node> users(Node node) {
        return users.get(position(node));
    }

    /** How many times results of {@code node} are read, as operands and as outputs of the graph. */
    public int useCount(Node node) {
        return useCounts[position(node)];
    }

    /** Everything {@code node} depends on. */
    public Set<Node> ancestors(Node node) {
        return dag.getAncestors(node);
    }

    /** The named results, in declaration order. */
    public SequencedMap<String, Value> outputs() {
        return outputs;
    }

    DirectedAcyclicGraph<Node, Use> dag() {
        return dag;
    }

    private int position(Node node) {
        if (!contains(node)) {
            throw new IllegalArgumentException(node + " is not in graph " + name);
        }
        return node.id();
    }

    /** Builds a graph node by node; operands are added before the nodes that read them. Used once. */
    public static final class Builder {
        private final String name;
        private final DirectedAcyclicGraph<Node, Use> dag = new DirectedAcyclicGraph<>(null, null, false, true);
        private final List<Node> nodes = new ArrayList<>();
        private final List<List<Value>> operands = new ArrayList<>();
        private final SequencedMap<String, Value> outputs = new LinkedHashMap<>();
        private final PathNames paths = new PathNames();

        public Builder(String name) {
            this.name = name;
        }

        /** Adds a node and infers its result types. @throws TypeMismatch when the operands do not fit */
        public Node add(Op op, List<Value> operands, Origin origin) {
            List<TensorType> results = infer(op, operands);
            results.forEach(TensorTooLarge::check);
            return add(op, operands, results, origin);
        }

        private static List<TensorType> infer(Op op, List<Value> operands) {
            try {
                return op.infer(operands.stream().map(Value::type).toList());
            } catch (LengthTooLargeException e) {
                throw TensorTooLarge.of(op.name(), e);
            }
        }

        /** Adds a node like {@code node}, with its operation and origin, that reads {@code operands}. */
        public Node copy(Node node, List<Value> operands) {
            return add(node.op(), operands, node.origin());
        }

        /**
         * Adds a node like {@code node}, which read {@code before}. Types are inferred only when operands have others than
         * before.
         */
        Node copy(Node node, List<Value> before, List<Value> operands) {
            boolean same = true;
            for (int slot = 0; same && slot < before.size(); slot++) {
                same = before.get(slot).type().equals(operands.get(slot).type());
            }
            return same ? add(node.op(), operands, node.results(), node.origin()) : copy(node, operands);
        }

        private Node add(Op op, List<Value> read, List<TensorType> results, Origin origin) {
            Node node = paths.named(new Node(nodes.size(), op, results, origin), read);
            dag.addVertex(node);
            for (int slot = 0; slot < read.size(); slot++) {
                Value v = read.get(slot);
                dag.addEdge(v.node(), node, new Use(slot, v.index()));
            }
            nodes.add(node);
            operands.add(List.copyOf(read));
            return node;
        }

        /** Adds a node and gives its first result. */
        public Value value(Op op, Origin origin, Value... operands) {
            return add(op, List.of(operands), origin).value();
        }

        /** Adds a node beside what is made of the operation that {@code origin} is of, and gives its first result. */
        public Value part(Op op, Origin origin, Value... operands) {
            return value(op, origin.part(op.name()), operands);
        }

        /** Names a result of the graph. @throws IllegalArgumentException when the name is taken */
        public void output(String outputName, Value value) {
            if (outputs.putIfAbsent(outputName, value) != null) {
                throw new IllegalArgumentException("output " + outputName + " is there already");
            }
        }

        /** The nodes added so far, in order. */
        public List<Node> nodes() {
            return Collections.unmodifiableList(nodes);
        }

        /** The operands of a node that was already added. */
        public List<Value> operands(Node node) {
            return operands.get(node.id());
        }

        public Graph build() {
            return new Graph(this);
        }
    }
}
