package heddle.compiler.backend.tornado.host;

import heddle.compiler.scalar.Buffer;
import heddle.compiler.schedule.Plan;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The device memory that the arrays of a plan take, in bytes. All arrays exist from the first run to the last.
 *
 * @param weights       with what is prepared from them, and constants
 * @param inputs        of the model
 * @param outputs       of the model
 * @param intermediates which share arrays
 */
public record DeviceMemory(long weights, long inputs, long outputs, long intermediates) {
    /** The memory of a plan as {@link TornadoWriter} writes it, for some lengths. */
    public static DeviceMemory of(Plan plan, Map<String, Long> lengths) {
        Set<Buffer> inputs = Set.copyOf(plan.inputs().values());
        Set<Buffer> outputs = Set.copyOf(plan.outputs().values());
        Set<Buffer> weights = new HashSet<>(plan.weights().values());
        plan.constants().forEach(c -> weights.add(c.buffer()));
        plan.prepare().forEach(k -> weights.addAll(k.writes()));
        long[] bytes = new long[4];
        for (DeviceArrays.Field field : new DeviceArrays(plan).fields()) {
            Buffer first = field.holds().getFirst();
            int use = weights.contains(first) ? 0 : inputs.contains(first) ? 1 : outputs.contains(first) ? 2 : 3;
            bytes[use] += TornadoSource.Array.of(field).bytes(lengths);
        }
        return new DeviceMemory(bytes[0], bytes[1], bytes[2], bytes[3]);
    }

    /** All of it. */
    public long total() {
        return weights + inputs + outputs + intermediates;
    }
}
