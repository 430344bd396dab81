package heddle.tests.tornado;

import heddle.compiler.Compiler.Fusion;
import heddle.compiler.backend.tornado.DevicePolicy;
import heddle.compiler.backend.tornado.TornadoTarget;
import heddle.compiler.backend.tornado.host.TornadoSource;
import heddle.compiler.backend.tornado.host.TornadoWriter;
import heddle.compiler.schedule.Plan;
import heddle.runtime.Heddle;
import heddle.tests.GoldenFile;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What is written for small models, so that a change to it is seen; it compiles against the double and the real API. The class around
 * kernels is kept once, for a model whose tasks are cut into graphs.
 */
class GoldenJavaTest {
    private static final Path MODELS = Path.of("src", "test", "resources", "tornado", "golden");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "elementwise",
                "normalisation",
                "epilogue",
                "batched-product",
                "causal-attention",
                "padding-attention",
                "grouped-alibi",
                "embedding",
                "total"
            })
    void isWrittenForGpus(String name) throws IOException {
        check(name, name + "-gpu.java.txt", TornadoTarget.GPU, GoldenJavaTest::kernels);
    }

    @ParameterizedTest
    @ValueSource(strings = {"causal-attention", "epilogue"})
    void isWrittenForProcessors(String name) throws IOException {
        check(name, name + "-cpu.java.txt", TornadoTarget.CPU, GoldenJavaTest::kernels);
    }

    @ParameterizedTest
    @ValueSource(strings = "two-layers")
    void isCutIntoTaskGraphs(String name) throws IOException {
        check(name, name + "-gpu.java.txt", TornadoTarget.GPU.withTasksPerGraph(3), text -> text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"epilogue", "batched-product"})
    void leavesProductsToLibraries(String name) throws IOException {
        check(name, name + "-library.java.txt", TornadoTarget.GPU.withLibraryTasks(true), GoldenJavaTest::tasks);
    }

    /** The kernels, and the functions that they call. */
    private static String kernels(String text) {
        return text.substring(text.lastIndexOf("    /**", text.indexOf("(KernelContext context")), end(text));
    }

    /** The tasks, and the kernels that some of them run. */
    private static String tasks(String text) {
        return text.substring(text.indexOf("    private TaskGraph run"), end(text));
    }

    private static int end(String text) {
        return text.lastIndexOf("\n\n", text.indexOf("private static int length(")) + 1;
    }

    private static void check(String model, String golden, TornadoTarget limits, UnaryOperator<String> part)
            throws IOException {
        Plan plan = Heddle.model(MODELS.resolve(model + ".heddle"))
                .compilation(Fusion.FUSED, new DevicePolicy(limits))
                .plan();
        TornadoSource source = new TornadoWriter(limits).write(plan);
        GoldenFile.check(MODELS.resolve(golden), part.apply(source.text()));
        MemoryCompiler.compile(source.className(), source.text(), System.getProperty("java.class.path"));
        List<Path> jars = Stream.of(
                        TornadoApi.jar(), source.callsLibraries() ? TornadoApi.cublasJar() : Optional.<Path>empty())
                .flatMap(Optional::stream)
                .toList();
        if (jars.size() == (source.callsLibraries() ? 2 : 1)) {
            String real = jars.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
            MemoryCompiler.compile(source.className(), source.text(), real);
        }
    }
}
