package heddle.tests.fusion;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import heddle.compiler.Compiler.Fusion;
import heddle.compiler.backend.tornado.DevicePolicy;
import heddle.compiler.backend.tornado.TornadoTarget;
import heddle.compiler.schedule.Plan;
import heddle.runtime.HeddleModel;
import heddle.runtime.tensor.Tensor;
import heddle.runtime.verify.Comparison;
import heddle.runtime.verify.Reference;
import heddle.runtime.verify.Tolerance;
import heddle.tests.TensorArrays;
import heddle.tests.tornado.Conformance;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * All spellings of attention that fuse, on devices of both kinds. The double takes a sample of the files, each on one kind of device;
 * {@code -Dheddle.conformance=all} takes all, as real devices do.
 */
class DeviceCorpusTest {
    private static final List<Map<String, Long>> USUAL =
            Stream.of("B=2 N=5 M=3", "B=1 N=19 M=35").map(CorpusFile::lengths).toList();

    private static final int SAMPLED = 9;

    /** The limits that plans are made for. */
    private enum Device {
        GPU(TornadoTarget.GPU),
        CPU(TornadoTarget.CPU);

        private final TornadoTarget limits;

        Device(TornadoTarget limits) {
            this.limits = limits;
        }
    }

    static List<Arguments> fuses() {
        List<Arguments> runs = new ArrayList<>();
        List<String> all = CorpusFile.names("fuses");
        for (int n = 0; n < all.size(); n++) {
            for (Device device : Device.values()) {
                // By the name, so that a file that is added moves no other one to another device.
                boolean isSampled = n % SAMPLED == 0 && Math.floorMod(all.get(n).hashCode(), 2) == device.ordinal();
                if (Conformance.takesAll() || isSampled) {
                    runs.add(Arguments.of(all.get(n), device));
                }
            }
        }
        return runs;
    }

    static List<Arguments> schedules() {
        List<Arguments> runs = new ArrayList<>();
        for (String name : CorpusFile.names("fuses")) {
            for (Device device : Device.values()) {
                if (Conformance.takesAll() || Math.floorMod(name.hashCode(), 2) == device.ordinal()) {
                    runs.add(Arguments.of(name, device));
                }
            }
        }
        return runs;
    }

    /** The threads of each group, one after another between barriers: no two of them race. */
    @Execution(CONCURRENT)
    @ParameterizedTest
    @MethodSource
    void schedules(String name, Device planned) {
        CorpusFile file = CorpusFile.read(name);
        HeddleModel model = file.model();
        long seed = name.hashCode();
        SequencedMap<String, Tensor> weights = Draw.USUAL.weights(model, Map.of(), seed);
        Plan plan = model.compilation(Fusion.FUSED, new DevicePolicy(planned.limits))
                .plan();
        Map<String, Long> lengths = file.shapes(USUAL).getLast();
        SequencedMap<String, Tensor> inputs = Draw.USUAL.inputs(model, lengths, seed);
        Map<String, Tensor> scheduled = TensorArrays.tensors(
                ScheduledRun.onDevice().run(plan, TensorArrays.of(inputs), TensorArrays.of(weights), lengths));
        file.meaning(Reference.run(model, weights, inputs)).forEach((output, array) -> {
            Tensor result = scheduled.get(output);
            Tolerance tolerance = file.tolerance()
                    .map(t -> new Tolerance(t, t))
                    .orElseGet(() -> Draw.USUAL.tolerance(result.dtype()));
            Comparison c = Comparison.of(result, array, tolerance);
            assertTrue(
                    c.within(),
                    () -> name + " on " + planned + ", lengths " + lengths + ", seed " + seed + ": " + output
                            + Arrays.toString(c.worst()) + " is " + c.got() + ", not " + c.want());
        });
    }

    @Execution(CONCURRENT)
    @ParameterizedTest
    @MethodSource("fuses")
    void computesWhatIsWritten(String name, Device planned) {
        CorpusFile file = CorpusFile.read(name);
        file.device().ifPresent(reason -> assumeFalse(Conformance.isOnRealDevice(), reason));
        HeddleModel model = file.model();
        long seed = name.hashCode();
        SequencedMap<String, Tensor> weights = Draw.USUAL.weights(model, Map.of(), seed);
        Conformance device = Conformance.of(model.declaration().graph(), Fusion.FUSED, planned.limits, weights);
        List<Map<String, Long>> shapes = file.shapes(USUAL);
        for (Map<String, Long> lengths : shapes.subList(Math.max(0, shapes.size() - 2), shapes.size())) {
            Draw draw = lengths.equals(shapes.getLast()) ? Draw.USUAL : Draw.MASKED;
            SequencedMap<String, Tensor> inputs = draw.inputs(model, lengths, seed);
            device.compare(
                    file.meaning(Reference.run(model, weights, inputs)),
                    inputs,
                    lengths,
                    lengths + ", " + draw + ", seed " + seed,
                    (output, type) ->
                            file.tolerance().map(t -> new Tolerance(t, t)).orElseGet(() -> draw.tolerance(type)));
        }
    }
}
