package heddle.tests.tornado;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.Compiler;
import heddle.compiler.Compiler.Fusion;
import heddle.compiler.backend.tornado.DevicePolicy;
import heddle.compiler.backend.tornado.TornadoTarget;
import heddle.compiler.backend.tornado.host.TornadoSource;
import heddle.compiler.backend.tornado.host.TornadoSource.KernelLaunch;
import heddle.compiler.backend.tornado.host.TornadoSource.Task;
import heddle.compiler.backend.tornado.host.TornadoWriter;
import heddle.compiler.frontend.Frontend;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.NdArray;
import heddle.compiler.schedule.Plan;
import heddle.compiler.type.DType;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.parse.Parser;
import heddle.dsl.source.SourceFile;
import heddle.runtime.Heddle;
import heddle.runtime.HeddleModel;
import heddle.runtime.SourceReader;
import heddle.runtime.tornado.DeviceWriter;
import heddle.runtime.tornado.TornadoCode;
import heddle.tests.fusion.ScheduledRun;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Blocks for devices: kernels take no more local memory than there is, and no more code than a method can have. */
class DevicePolicyTest {
    private static final Path MODELS = Path.of("src", "test", "resources", "tornado");

    @ParameterizedTest
    @CsvSource({
        "heads-double, 256, 256",
        "heads, 256, 256",
        "heads, 512, 512",
        "heads, 576, 512",
        "heads, 1024, 1024",
        "heads, 2048, 2048",
        "heads, 2048, 8",
        "heads, 8, 5000",
        "heads-double, 2048, 2048"
    })
    void attentionOfAnyHeadFits(String name, long features, long values) {
        HeddleModel model = model(name, features, values);
        for (TornadoTarget limits : List.of(TornadoTarget.GPU, TornadoTarget.CPU)) {
            for (long bytes : new long[] {limits.device().local(), 16 << 10, 8 << 10}) {
                TornadoTarget less = withLocalBytes(limits, bytes);
                TornadoSource source = new TornadoWriter(less).write(plan(model, less));
                for (Task task : source.tasks()) {
                    long taken = ((KernelLaunch) task.work()).localBytes();
                    assertTrue(taken <= bytes, () -> less + ": " + task.kernel().schedule() + " takes " + taken);
                }
                MemoryCompiler.compile(source.className(), source.text(), System.getProperty("java.class.path"));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"GPU, 64, 32, 32", "GPU, 80, 32, 32", "GPU, 128, 32, 16", "CPU, 64, 64, 32", "CPU, 128, 32, 16"})
    void usualHeadsAreWhole(String kind, long features, int queries, int keys) {
        TornadoTarget limits = kind.equals("GPU") ? TornadoTarget.GPU : TornadoTarget.CPU;
        Plan plan = plan(model("heads", features, features), limits);
        assertEquals(
                Map.of("i", queries, "j", keys),
                plan.launches().getFirst().schedule().blocks());
        String text = new TornadoWriter(limits).write(plan).text();
        assertTrue(!text.contains("Part"), text);
    }

    @Test
    void aGroupWithHardlyAnyMemoryIsRefused() {
        TornadoTarget limits = withLocalBytes(TornadoTarget.GPU, 1 << 10);
        Plan plan = plan(model("heads", 64, 64), limits);
        DiagnosticException e = assertThrows(DiagnosticException.class, () -> DeviceWriter.source(plan, limits));
        assertEquals(TornadoCode.KERNEL_TOO_LARGE, e.diagnostics().getFirst().code());
        assertTrue(e.diagnostics().getFirst().toString().contains("1024 bytes"), e::toString);
    }

    /** Threads that share a row halve their number until one has the sum, so it is a power of two. */
    @ParameterizedTest
    @CsvSource({"96, 1000", "96, 80", "7, 1000", "1, 1000", "1000, 1000"})
    void anyNumberOfThreadsSumsARow(int threads, int length) {
        SourceFile file = new SourceFile("rows.heddle", "input x: f32[4, " + length + "]\noutput y = sum(x, axis = 1)");
        Graph graph = Frontend.elaborate(Parser.parse(file).orThrow(), SourceReader::imported)
                .graph();
        TornadoTarget target = TornadoTarget.of(TornadoTarget.GPU.device().within(16 << 10, threads));
        Plan plan = Compiler.compile(graph, Fusion.FUSED, new DevicePolicy(target), Set.of())
                .plan();
        NdArray x = NdArray.zeros(DType.F32, 4, length).map(none -> 1);
        double[] sums = ScheduledRun.onDevice()
                .run(plan, Map.of("x", x), Map.of(), Map.of())
                .get("y")
                .data();
        assertArrayEquals(new double[] {length, length, length, length}, sums);
    }

    private static HeddleModel model(String name, long features, long values) {
        return Heddle.model(MODELS.resolve(name + ".heddle"), Map.of("D", features, "E", values));
    }

    private static Plan plan(HeddleModel model, TornadoTarget limits) {
        return model.compilation(Fusion.FUSED, new DevicePolicy(limits)).plan();
    }

    private static TornadoTarget withLocalBytes(TornadoTarget limits, long bytes) {
        return TornadoTarget.of(limits.device().within(bytes, limits.device().groupThreads()));
    }
}
