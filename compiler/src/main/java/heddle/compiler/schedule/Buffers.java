package heddle.compiler.schedule;

import heddle.compiler.index.IndexSimplifier;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Cast;
import heddle.compiler.op.Input;
import heddle.compiler.op.Weight;
import heddle.compiler.op.layout.View;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.schedule.partition.Partition;
import heddle.compiler.schedule.partition.StoredOutputs;
import heddle.compiler.type.DType;
import heddle.compiler.type.Stored;
import heddle.compiler.type.TensorType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The buffer of each stored value. A reshape of a stored value is the same buffer. */
final class Buffers {
    private final Graph graph;
    private final Partition partition;
    private final boolean keepsPacked;
    private final boolean widensOutputs;
    private final StoredOutputs outputs;
    private final PlanNames names = new PlanNames();
    private final Map<Value, Buffer> buffers = new HashMap<>();
    private final Map<Value, String> outputNames = new HashMap<>();

    /**
     * @param keepsPacked   whether matrices of weights stay as they are held in their file
     * @param widensOutputs whether they do not where they are outputs
     */
    Buffers(Graph graph, Partition partition, boolean keepsPacked, boolean widensOutputs) {
        this.graph = graph;
        this.keepsPacked = keepsPacked;
        this.widensOutputs = widensOutputs;
        this.partition = partition;
        this.outputs = StoredOutputs.of(graph);
        graph.outputs().forEach((name, value) -> outputNames.putIfAbsent(value, name));
        for (Node node : graph.nodes()) {
            if (partition.isStored(node)) {
                for (int i = 0; i < node.results().size(); i++) {
                    Value value = new Value(node, i);
                    TensorType type =
                            outputs.renamed().getOrDefault(value, value).type();
                    buffers.put(value, new Buffer(names.identifier(name(value)), type, stored(value)));
                }
            }
        }
    }

    /**
     * What holds a value. Matrices of sixteen-bit and of quantised weights stay packed, and so do views and widening casts of
     * them, whose values are the same. A weight of fewer axes, such as a bias, is small, and read once for many other
     * elements. A view of {@code i4} is held as {@code i8}: threads that fill its rows may not share a byte.
     */
    private Stored stored(Value value) {
        Stored usual = Stored.of(value.type().dtype());
        boolean isWidened = widensOutputs && outputName(value).isPresent();
        return keepsPacked && !isWidened && usual == Stored.F32 ? packed(value).orElse(usual) : usual;
    }

    private Optional<Stored> packed(Value value) {
        if (value.node().op() instanceof Weight w) {
            Stored held = w.held().stored();
            return held.isPacked() && value.type().rank() > 1 ? Optional.of(held) : Optional.empty();
        }
        boolean isSame = value.node().op() instanceof View
                || value.node().op() instanceof Cast && value.type().dtype() == DType.F32;
        return isSame
                ? packed(graph.operand(value.node(), 0)).map(s -> s == Stored.I4 ? Stored.I8 : s)
                : Optional.empty();
    }

    private String name(Value value) {
        return switch (value.node().op()) {
            case Input input -> input.key();
            case Weight weight -> weight.key();
            default -> outputName(value).orElse(value.node().path());
        };
    }

    private Optional<String> outputName(Value value) {
        Value stored = outputs.renamed().getOrDefault(value, value);
        return Optional.ofNullable(outputNames.get(stored));
    }

    /** The buffer that {@code value} lies in. */
    Optional<Buffer> of(Value value) {
        Buffer own = buffers.get(value);
        return own != null ? Optional.of(own) : Optional.ofNullable(buffers.get(StoredOutputs.reshaped(graph, value)));
    }

    /** A stored value's element. */
    Optional<ScalarExpr> element(Value value, List<ScalarExpr> index) {
        return of(value)
                .map(buffer -> new ScalarExpr.Element(
                        buffer, IndexSimplifier.address(value.type().shape(), index)));
    }

    /** A name for a buffer that no value has. */
    String unique(String name) {
        return names.identifier(name);
    }
}
