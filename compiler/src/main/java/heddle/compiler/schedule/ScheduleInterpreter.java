package heddle.compiler.schedule;

import heddle.compiler.ir.NdArray;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.tile.family.FamilyInterpreter;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/**
 * Runs a schedule by plain loops in double precision. So lowering can be checked without a target, and a target kernel
 * by kernel.
 *
 * @param inputs  by name
 * @param weights by name
 * @param lengths the bound symbols
 */
public record ScheduleInterpreter(
        Map<String, NdArray> inputs, Map<String, NdArray> weights, Map<String, Long> lengths) {
    /** The outputs, in order. */
    public SequencedMap<String, NdArray> run(Schedule schedule) {
        Map<Buffer, double[]> memory = memory(schedule);
        FamilyInterpreter interpreter = new FamilyInterpreter(memory, lengths);
        SequencedMap<String, NdArray> outputs = new LinkedHashMap<>();
        schedule.outputs().forEach((name, b) -> memory.computeIfAbsent(b, this::zeros));
        for (Launch launch : schedule.all()) {
            launch.outputs().forEach(b -> memory.computeIfAbsent(b, this::zeros));
            interpreter.run(launch.family());
        }
        schedule.outputs()
                .forEach((name, b) -> outputs.put(
                        name, new NdArray(b.type().dtype(), b.type().shape().evaluate(lengths), memory.get(b))));
        return outputs;
    }

    private Map<Buffer, double[]> memory(Schedule schedule) {
        Map<Buffer, double[]> memory = new HashMap<>();
        schedule.inputs().forEach((name, b) -> memory.put(b, inputs.get(name).data()));
        schedule.weights().forEach((name, b) -> memory.put(b, weights.get(name).data()));
        schedule.constants()
                .forEach(c -> memory.put(
                        c.buffer(),
                        c.values().stream().mapToDouble(Double::doubleValue).toArray()));
        return memory;
    }

    private double[] zeros(Buffer buffer) {
        return NdArray.zeros(buffer.type().dtype(), buffer.type().shape().evaluate(lengths))
                .data();
    }
}
