package heddle.tests.tornado;

import heddle.compiler.backend.tornado.TornadoTarget;
import heddle.compiler.backend.tornado.host.TornadoSource;
import heddle.compiler.backend.tornado.host.TornadoWriter;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.schedule.Plan;
import heddle.runtime.KernelTiming;
import heddle.runtime.Program;
import heddle.runtime.tensor.StoredArray;
import heddle.runtime.tensor.Tensor;
import heddle.runtime.tornado.Elements;
import heddle.tests.tornado.device.DeviceLimits;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/** A plan on the double of a device, with its weights. */
final class DoubleProgram implements Program {
    private final Plan plan;
    private final Map<String, Tensor> weights;
    private final TornadoSource source;
    private final TornadoDouble device;

    DoubleProgram(Plan plan, TornadoTarget limits, Map<String, Tensor> weights) {
        this(plan, limits, weights, 0);
    }

    /** @param ulps that quotients of floats are off by */
    DoubleProgram(Plan plan, TornadoTarget limits, Map<String, Tensor> weights, int ulps) {
        this.plan = plan;
        this.weights = weights;
        this.source = new TornadoWriter(limits).write(plan);
        this.device = TornadoDouble.load(source.className(), source.text(), ulps)
                .on(new DeviceLimits(limits.device().local(), limits.device().groupThreads()));
    }

    @Override
    public String text() {
        return source.text();
    }

    @Override
    public Map<String, Tensor> run(Map<String, Tensor> inputs, Map<String, Long> lengths) {
        try (Arena arena = Arena.ofShared()) {
            Map<String, MemorySegment> outputs = new LinkedHashMap<>();
            plan.outputs().forEach((name, b) -> outputs.put(name, memory(b, lengths, arena)));
            device.run(
                    lengths,
                    written(plan.weights(), weights, lengths, arena),
                    written(plan.inputs(), inputs, lengths, arena),
                    outputs);
            Map<String, Tensor> results = new LinkedHashMap<>();
            plan.outputs().forEach((name, b) -> {
                long[] shape = b.type().shape().evaluate(lengths);
                results.put(name, Elements.read(b.type().dtype(), shape, outputs.get(name)));
            });
            return results;
        }
    }

    @Override
    public Map<String, Tensor> profile(
            Map<String, Tensor> inputs, Map<String, Long> lengths, Consumer<KernelTiming> profile) {
        throw new UnsupportedOperationException("times on the double mean nothing");
    }

    private static Map<String, MemorySegment> written(
            Map<String, Buffer> buffers, Map<String, Tensor> tensors, Map<String, Long> lengths, Arena arena) {
        Map<String, MemorySegment> segments = new LinkedHashMap<>();
        buffers.forEach((name, b) -> {
            MemorySegment segment = memory(b, lengths, arena);
            Elements.write(StoredArray.of(tensors.get(name), b.stored()), segment);
            segments.put(name, segment);
        });
        return segments;
    }

    private static MemorySegment memory(Buffer buffer, Map<String, Long> lengths, Arena arena) {
        long elements = buffer.type().shape().size().evaluate(lengths);
        return arena.allocate(buffer.stored().bytes(elements), Long.BYTES);
    }
}
