package heddle.runtime.input;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.op.Gather;
import heddle.compiler.op.Input;
import heddle.compiler.type.Dim;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.RuntimeCode;
import heddle.runtime.tensor.Tensor;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Finds the inputs that a model uses as indices, and their ranges. Kernels clamp an index to its range. But an input
 * with indices out of range is refused here, because that is never what was meant.
 */
public final class IndexRange {
    private final Map<String, Dim> tables = new TreeMap<>();

    /** The index inputs of a graph. */
    public IndexRange(Graph graph) {
        for (Node node : graph.nodes()) {
            if (node.op() instanceof Gather gather
                    && graph.operand(node, 1).node().op() instanceof Input input) {
                tables.putIfAbsent(input.key(), graph.operand(node, 0).type().dim(gather.axis()));
            }
        }
    }

    /** How many rows the table has that an input indexes; empty for an input that is no index. */
    public Optional<Long> rows(String input, Map<String, Long> lengths) {
        return Optional.ofNullable(tables.get(input)).map(d -> d.evaluate(lengths));
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
