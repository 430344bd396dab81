package heddle.tests.fusion;

import heddle.compiler.ir.NdArray;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.schedule.Plan;
import heddle.compiler.scheduled.ProcessorScheduler;
import heddle.compiler.scheduled.ScheduledInterpreter;
import heddle.compiler.scheduled.ScheduledKernel;
import heddle.compiler.scheduled.group.DeviceScheduler;
import heddle.compiler.tile.TileKernel;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Runs the scheduled kernels of a plan, as no writer has touched them.
 *
 * @param scheduler applies schedules
 */
public record ScheduledRun(Function<TileKernel, ScheduledKernel> scheduler) {
    /** On a processor. @param lanes floats in a vector */
    public static ScheduledRun onProcessor(int lanes) {
        return new ScheduledRun(kernel -> ProcessorScheduler.schedule(kernel, lanes));
    }

    /** By the threads of a device, which must not race. */
    public static ScheduledRun onDevice() {
        return new ScheduledRun(DeviceScheduler::schedule);
    }

    public SequencedMap<String, NdArray> run(
            Plan plan, Map<String, NdArray> inputs, Map<String, NdArray> weights, Map<String, Long> lengths) {
        Map<Buffer, double[]> memory = new HashMap<>();
        plan.inputs().forEach((name, b) -> memory.put(b, inputs.get(name).data()));
        plan.weights().forEach((name, b) -> memory.put(b, weights.get(name).data()));
        plan.constants()
                .forEach(c -> memory.put(
                        c.buffer(),
                        c.values().stream().mapToDouble(Double::doubleValue).toArray()));
        List<TileKernel> kernels =
                Stream.concat(plan.prepare().stream(), plan.launches().stream()).toList();
        for (TileKernel kernel : kernels) {
            kernel.writes().forEach(b -> memory.computeIfAbsent(b, x -> zeros(x, lengths)));
            ScheduledInterpreter.run(scheduler.apply(kernel), memory::get, lengths);
        }
        SequencedMap<String, NdArray> outputs = new LinkedHashMap<>();
        plan.outputs()
                .forEach((name, b) -> outputs.put(
                        name,
                        new NdArray(
                                b.type().dtype(),
                                b.type().shape().evaluate(lengths),
                                memory.computeIfAbsent(b, x -> zeros(x, lengths)))));
        return outputs;
    }

    private static double[] zeros(Buffer buffer, Map<String, Long> lengths) {
        return NdArray.zeros(buffer.type().dtype(), buffer.type().shape().evaluate(lengths))
                .data();
    }
}
