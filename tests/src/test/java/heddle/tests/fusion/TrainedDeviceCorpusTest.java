package heddle.tests.fusion;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import heddle.compiler.Compiler;
import heddle.compiler.Compiler.Fusion;
import heddle.compiler.backend.tornado.DevicePolicy;
import heddle.compiler.backend.tornado.TornadoTarget;
import heddle.compiler.backend.tornado.host.TornadoWriter;
import heddle.compiler.ir.NdArray;
import heddle.compiler.schedule.Plan;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.verify.Comparison;
import heddle.runtime.verify.Tolerance;
import heddle.tests.TensorArrays;
import heddle.tests.tornado.Conformance;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Gradients of the corpus on devices: the threads of every model, and the generated kernels of a sample on the double.
 * {@code -Dheddle.conformance=all} takes all kernels, on devices of both kinds, as real devices do.
 */
class TrainedDeviceCorpusTest {
    private static final List<Map<String, Long>> USUAL =
            Stream.of("B=2 N=5 M=3", "B=1 N=19 M=35").map(CorpusFile::lengths).toList();

    private static final int SAMPLED = 9;

    /** What may have no gradient: a table that attention reads on a device. */
    private static final Set<String> DECLINED = Set.of("H1114");

    /** Of LLVM 18 in PoCL 6.0: "Instruction Combining did not reach a fixpoint after 1 iterations". */
    private static final Set<String> REFUSED =
            Set.of("fuses/cap-clamped on CPU", "fuses/exporter-bloom on CPU", "fuses/exporter-mistral on CPU");

    static List<Arguments> schedules() {
        return runs(1);
    }

    static List<Arguments> kernels() {
        return runs(SAMPLED);
    }

    /** Each of so many files on one kind of device, or all on both. */
    private static List<Arguments> runs(int sampled) {
        List<String> all = CorpusFile.names("fuses");
        List<Arguments> runs = new ArrayList<>();
        for (int n = 0; n < all.size(); n++) {
            // By the name, so that a file that is added moves no other one to another device.
            boolean isGpu = Math.floorMod(all.get(n).hashCode(), 2) == 0;
            for (boolean gpu : new boolean[] {true, false}) {
                if (Conformance.takesAll() || n % sampled == 0 && isGpu == gpu) {
                    runs.add(Arguments.of(all.get(n), gpu ? "GPU" : "CPU"));
                }
            }
        }
        return runs;
    }

    private static TornadoTarget target(String device) {
        return device.equals("GPU") ? TornadoTarget.GPU : TornadoTarget.CPU;
    }

    /** The threads of each group, one after another between barriers: no two of them race. */
    @Execution(CONCURRENT)
    @ParameterizedTest
    @MethodSource
    void schedules(String name, String device) {
        CorpusFile file = CorpusFile.read(name);
        TrainedModel model = TrainedModel.of(file.model());
        Plan plan;
        try {
            plan = Compiler.compile(model.graph(), Fusion.FUSED, new DevicePolicy(target(device)), Set.of())
                    .plan();
        } catch (DiagnosticException e) {
            assertDeclined(name, e);
            return;
        }
        new TornadoWriter(target(device)).write(plan); // Fails when a kernel is too large for a task.
        long seed = name.hashCode();
        Map<String, Long> lengths = file.shapes(USUAL).getLast();
        Map<String, NdArray> computed = ScheduledRun.onDevice()
                .run(
                        plan,
                        TensorArrays.of(model.inputs(lengths, seed)),
                        TensorArrays.of(model.weights(lengths, seed)),
                        lengths);
        Tolerance tolerance = model.isNarrow() ? new Tolerance(5e-2, 5e-2) : new Tolerance(1e-6, 1e-6);
        Map<String, NdArray> expected = model.meaning(lengths, seed);
        TensorArrays.tensors(computed).forEach((output, result) -> {
            Comparison c = Comparison.of(result, expected.get(output), tolerance);
            assertTrue(
                    c.within(),
                    () -> name + " on " + device + ", lengths " + lengths + ", seed " + seed + ": " + output
                            + Arrays.toString(c.worst()) + " is " + c.got() + ", not " + c.want());
        });
    }

    @Execution(CONCURRENT)
    @ParameterizedTest
    @MethodSource
    void kernels(String name, String device) {
        CorpusFile file = CorpusFile.read(name);
        file.device().ifPresent(reason -> assumeFalse(Conformance.isOnRealDevice(), reason));
        assumeFalse(Conformance.isOnRealDevice() && REFUSED.contains(name + " on " + device), "PoCL's LLVM gives up");
        TrainedModel model = TrainedModel.of(file.model());
        long seed = name.hashCode();
        Map<String, Long> first = file.shapes(USUAL).getFirst();
        Conformance conformance;
        try {
            conformance = Conformance.of(model.graph(), Fusion.FUSED, target(device), model.weights(first, seed));
        } catch (DiagnosticException e) {
            assertDeclined(name, e);
            return;
        }
        Tolerance tolerance = model.isNarrow() ? new Tolerance(5e-2, 5e-2) : new Tolerance(1e-4, 1e-3);
        for (Map<String, Long> lengths : file.shapes(USUAL)) {
            conformance.compare(
                    model.meaning(lengths, seed),
                    model.inputs(lengths, seed),
                    lengths,
                    device + ", " + lengths + ", seed " + seed,
                    (output, type) -> tolerance);
        }
    }

    private static void assertDeclined(String name, DiagnosticException e) {
        String code = e.diagnostics().getFirst().code().id();
        assertTrue(DECLINED.contains(code), () -> name + ": " + e.getMessage());
    }
}
