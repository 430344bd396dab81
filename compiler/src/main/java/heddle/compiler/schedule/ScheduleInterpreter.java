package heddle.compiler.schedule;

import heddle.compiler.ir.NdArray;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.Rounding;
import heddle.compiler.tile.BlockChoice;
import heddle.compiler.tile.TileInterpreter;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/**
 * Runs the tile programs of a schedule. So lowering can be checked without a target, and a target kernel by kernel.
 *
 * @param inputs   by name
 * @param weights  by name
 * @param lengths  the bound symbols
 * @param rounding how exactly it computes
 * @param choice   of the blocks of every loop
 */
public record ScheduleInterpreter(
        Map<String, NdArray> inputs,
        Map<String, NdArray> weights,
        Map<String, Long> lengths,
        Rounding rounding,
        BlockChoice choice) {
    /** Runs them in double precision, each loop in one block. */
    public ScheduleInterpreter(Map<String, NdArray> inputs, Map<String, NdArray> weights, Map<String, Long> lengths) {
        this(inputs, weights, lengths, Rounding.REAL, BlockChoice.WHOLE);
    }

    /** The outputs, in order. */
    public SequencedMap<String, NdArray> run(Schedule schedule) {
        Map<Buffer, double[]> memory = memory(schedule);
        SequencedMap<String, NdArray> outputs = new LinkedHashMap<>();
        schedule.outputs().forEach((name, b) -> memory.computeIfAbsent(b, this::zeros));
        for (Launch launch : schedule.all()) {
            launch.outputs().forEach(b -> memory.computeIfAbsent(b, this::zeros));
            new TileInterpreter(memory::get, lengths, rounding, choice).run(launch.program());
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
