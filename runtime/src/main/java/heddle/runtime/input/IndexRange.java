package heddle.runtime.input;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.op.Input;
import heddle.compiler.op.layout.Expand;
import heddle.compiler.op.layout.Gather;
import heddle.compiler.op.layout.Permute;
import heddle.compiler.op.layout.Reshape;
import heddle.compiler.op.layout.Scatter;
import heddle.compiler.op.layout.ScatterAlong;
import heddle.compiler.op.layout.TakeAlong;
import heddle.compiler.type.Dim;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.RuntimeCode;
import heddle.runtime.tensor.Tensor;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Finds the inputs that a model uses as indices, and their ranges. Kernels clamp an index to its range. But an input
 * with indices out of range is refused here, because that is never what was meant.
 */
public final class IndexRange {
    private final Map<String, Set<Dim>> tables = new TreeMap<>();

    /** The index inputs of a graph. */
    public IndexRange(Graph graph) {
        for (Node node : graph.nodes()) {
            switch (node.op()) {
                case Gather gather ->
                    add(graph, node, graph.operand(node, 0).type().dim(gather.axis()));
                case TakeAlong take ->
                    add(graph, node, graph.operand(node, 0).type().dim(take.axis()));
                case Scatter scatter -> add(graph, node, scatter.size());
                case ScatterAlong scatter -> add(graph, node, scatter.size());
                default -> {}
            }
        }
    }

    /** Notes how many rows a node picks from or puts to, when an input names which: as it is, or under another shape. */
    private void add(Graph graph, Node pick, Dim rows) {
        Node index = graph.operand(pick, 1).node();
        while (index.op() instanceof Reshape || index.op() instanceof Expand || index.op() instanceof Permute) {
            index = graph.operand(index, 0).node();
        }
        if (index.op() instanceof Input input) {
            tables.computeIfAbsent(input.key(), key -> new LinkedHashSet<>()).add(rows);
        }
    }

    /** How many rows the smallest table has that an input indexes; empty for an input that is no index. */
    public Optional<Long> rows(String input, Map<String, Long> lengths) {
        return tables.getOrDefault(input, Set.of()).stream()
                .map(d -> d.evaluate(lengths))
                .min(Comparator.naturalOrder());
    }

    /** @throws DiagnosticException when an index lies outside its table */
    public void check(String input, Tensor tensor, Map<String, Long> lengths) {
        Optional<Long> rows = rows(input, lengths);
        if (rows.isEmpty()) {
            return;
        }
        for (int i = 0; i < tensor.size(); i++) {
            long index = tensor.storage() instanceof long[] a ? a[i] : tensor.ints()[i];
            if (index < 0 || index >= rows.get()) {
                throw new DiagnosticException(Diagnostic.of(
                        RuntimeCode.INPUT_INDEX,
                        "the input " + input + " holds " + index + " at " + Arrays.toString(position(i, tensor.shape()))
                                + ", the table has " + rows.get() + " rows"));
            }
        }
    }

    private static long[] position(int flat, long[] shape) {
        long[] index = new long[shape.length];
        long rest = flat;
        for (int axis = shape.length - 1; axis >= 0; axis--) {
            index[axis] = rest % shape[axis];
            rest /= shape[axis];
        }
        return index;
    }
}
