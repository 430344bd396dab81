package heddle.compiler.schedule.partition;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Value;
import heddle.compiler.op.layout.Reshape;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Decides how the results of a graph are stored. If a result reshapes a computed value, it uses that value's buffer
 * with the result's type. If it reshapes an input or weight, or a value that is also a result of another shape, it is a
 * copy.
 *
 * @param copied  nodes that need a kernel although they are views
 * @param renamed for each value stored under the shape of a result, that result
 */
public record StoredOutputs(Set<Node> copied, Map<Value, Value> renamed) {
    public static StoredOutputs of(Graph graph) {
        Set<Node> copied = new HashSet<>();
        Map<Value, Value> renamed = new HashMap<>();
        for (Value output : graph.outputs().values()) {
            if (Partition.isGiven(output.node())) {
                continue;
            }
            Value base = reshaped(graph, output);
            boolean hasKernel = !Partition.isGiven(base.node()) && !Partition.isNumber(base.node());
            if (hasKernel && renamed.getOrDefault(base, output).equals(output)) {
                renamed.put(base, output);
            } else {
                copied.add(output.node());
            }
        }
        return new StoredOutputs(copied, renamed);
    }

    /** The value at the start of a chain of reshapes. */
    public static Value reshaped(Graph graph, Value value) {
        Value base = value;
        while (base.node().op() instanceof Reshape) {
            base = graph.operand(base.node(), 0);
        }
        return base;
    }

    /** Whether a view or number is a result that needs a buffer of its own. */
    boolean needsCopy(Node node) {
        return copied.contains(node);
    }
}
