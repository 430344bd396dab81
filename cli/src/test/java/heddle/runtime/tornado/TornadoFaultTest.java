package heddle.runtime.tornado;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.Compiler.Fusion;
import heddle.compiler.schedule.Plan;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.Heddle;
import heddle.runtime.code.ClassCache;
import heddle.runtime.tensor.Tensor;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Workers that fail, in real processes: an SDK of nothing, and generated code that does as a test says. */
class TornadoFaultTest {
    private static final String MODEL = "dim N\ninput x: f32[N]\noutput y = x * weight \"w\" : f32[1]\n";
    private static final Map<String, Tensor> INPUTS = Map.of("x", Tensor.of(new float[] {1, 2, 3}, 3));
    private static final Map<String, Tensor> WEIGHTS = Map.of("w", Tensor.of(new float[] {2}, 1));

    @TempDir
    Path dir;

    private final List<String> warnings = new ArrayList<>();
    private final Set<Long> before = children();
    private Plan plan;
    private TornadoSdk sdk;

    @BeforeEach
    void makeSdk() throws IOException {
        sdk = SdkLayout.read(SdkDirectory.make(dir.resolve("sdk"), "5.2.0-jdk25"));
        plan = Heddle.model(Files.writeString(dir.resolve("model.heddle"), MODEL))
                .compilation(Fusion.FUSED)
                .plan();
    }

    @AfterEach
    void nothingIsLeft() throws IOException {
        Workers.end();
        Set<Long> left = children();
        left.removeAll(before);
        assertEquals(Set.of(), left, "processes are left");
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            String own = "heddle-worker-" + ProcessHandle.current().pid() + "-";
            assertEquals(
                    List.of(),
                    files.filter(f -> f.getFileName().toString().startsWith(own))
                            .toList(),
                    "files are left");
        }
    }

    private static Set<Long> children() {
        return ProcessHandle.current().children().map(ProcessHandle::pid).collect(Collectors.toSet());
    }

    @Test
    void runsAndReusesTheWorker() {
        TornadoProgram program = program("");
        assertArrayEquals(new float[] {2, 4, 6}, y(program, INPUTS));
        Set<Long> workers = children();
        assertArrayEquals(
                new float[] {8}, y(program, Map.of("x", Tensor.of(new float[] {4}, 1))), "lengths may change");
        assertArrayEquals(new float[] {2, 4, 6}, y(program(""), INPUTS));
        assertEquals(workers, children());
    }

    @Test
    void namesTheKernelInWhichTheDriverCrashes() {
        Diagnostic said = problem(program("Runtime.getRuntime().halt(134);"));
        assertEquals(TornadoCode.WORKER_DIED, said.code());
        assertEquals("the driver crashed in the kernel attention_1", said.message());
        assertTrue(said.notes().toString().contains("model.heddle:4:9"), said.toString());
    }

    @Test
    void aCrashThatDoesNotComeBackNamesAllThatMayBeToBlame() throws IOException {
        Path mark = dir.resolve("mark");
        Diagnostic said = problem(
                program("if (new java.io.File(\"" + mark + "\").createNewFile()) Runtime.getRuntime().halt(139);"));
        assertEquals("the driver crashed in one of the kernels map_0, attention_1", said.message());
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void aWorkerThatIsKilledIsNoDriverThatCrashed() {
        Diagnostic said = problem(program("new ProcessBuilder(\"kill\", \"-9\", "
                + "String.valueOf(ProcessHandle.current().pid())).start(); Thread.sleep(60_000);"));
        assertEquals(TornadoCode.WORKER_DIED, said.code());
        assertEquals("the worker was killed in one of the kernels map_0, attention_1", said.message());
        assertTrue(said.notes().toString().contains("memory was short"), said.toString());
    }

    @Test
    void endsARunAtItsTimeLimit() {
        Diagnostic said = problem(program("while (n > 0) Thread.sleep(1000);", cache(), Duration.ofMillis(300)));
        assertEquals(TornadoCode.TIME_LIMIT, said.code());
        assertTrue(said.message().contains("the kernel attention_1"), said.message());
        assertTrue(said.hint().orElseThrow().contains("--time-limit"), said.toString());
    }

    @Test
    void saysWhenTheDeviceHasTooLittleMemory() {
        Diagnostic said =
                problem(program("if (n > 0) throw new TornadoOutOfMemoryException(\"Unable to allocate 9 bytes\");"));
        assertEquals(TornadoCode.DEVICE_MEMORY, said.code());
        assertTrue(said.notes().toString().contains("{N=3}"), said.toString());
    }

    @Test
    void aKernelWithMoreCodeThanAMethodHoldsIsNoBug() {
        DiagnosticException e =
                assertThrows(DiagnosticException.class, () -> program("Thread.yield();".repeat(30_000)));
        assertEquals(TornadoCode.KERNEL_TOO_LARGE, e.diagnostics().getFirst().code());
    }

    @Test
    void aKernelThatDoesNotCompileIsABugWithItsSource() {
        TornadoProgram program =
                program("if (n > 0) throw new TornadoBailoutRuntimeException(\"[Error] build failed\");");
        KernelRejected e = assertThrows(KernelRejected.class, () -> y(program, INPUTS));
        assertTrue(e.getMessage().contains("the kernel attention_1"), e.getMessage());
        assertTrue(e.getMessage().contains("TornadoBailoutRuntimeException: [Error] build failed"), e.getMessage());
        assertTrue(e.source().contains("class Scripted"), e.source());
    }

    @Test
    void aLibraryThatIsNotThereIsNoBug() {
        Diagnostic said = problem(
                program("if (n > 0) throw new RuntimeException(\"[ERROR] Unable to load libtornado-cublas.\");"));
        assertEquals(TornadoCode.LIBRARY_MISSING, said.code());
        assertTrue(said.message().contains("libtornado-cublas"), said.toString());
    }

    /** Some drivers say that a kernel did not run and nothing throws. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "[TornadoVM-OCL-JNI] ERROR : clEnqueueNDRangeKernel -> Returned: -54",
                "\\t[TornadoVM-PTX-JNI] ERROR : cuLaunchKernel -> Returned: 1",
                "[TornadoVM-CUDA-JNI] ERROR : cuLaunchKernel -> Returned: 719 (CUDA_ERROR_LAUNCH_FAILED)"
            })
    void anErrorThatIsOnlyPrintedIsOne(String line) {
        TornadoProgram program = program(printing(line));
        KernelRejected e = assertThrows(KernelRejected.class, () -> y(program, INPUTS));
        assertTrue(e.getMessage().contains(line.strip().replace("\\t", "")), e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[TornadoVM-OCL-JNI] ERROR : clCreateBuffer -> Returned: -61",
                "[TornadoVM-OCL-JNI] ERROR : clEnqueueWriteBuffer -> Returned: -4",
                "[TornadoVM-OCL-JNI] ERROR : clEnqueueWriteBuffer -> Returned: -5",
                "\\t[TornadoVM-PTX-JNI] ERROR : cuMemAlloc -> Returned: 2",
                "[TornadoVM-CUDA-JNI] ERROR : cuMemAlloc -> Returned: 2 (CUDA_ERROR_OUT_OF_MEMORY)"
            })
    void memoryThatADriverOnlyPrintsToBeShortIsShort(String line) {
        assertEquals(TornadoCode.DEVICE_MEMORY, problem(program(printing(line))).code());
    }

    /** Too few resources are too little memory only where memory is made or written to. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "[TornadoVM-OCL-JNI] ERROR : clEnqueueNDRangeKernel -> Returned: -5",
                "[TornadoVM-OCL-JNI] ERROR : clEnqueueReadBuffer -> Returned: -5",
                "\\t[TornadoVM-PTX-JNI] ERROR : cuLaunchKernel -> Returned: 701",
                "[TornadoVM-CUDA-JNI] ERROR : cuLaunchKernel -> Returned: 701 (CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES)"
            })
    void aKernelThatADeviceGivesUpIsNamed(String line) {
        Diagnostic said = problem(program(printing(line)));
        assertEquals(TornadoCode.KERNEL_RESOURCES, said.code());
        assertEquals("the device gave up the kernel attention_1: out of resources", said.message());
        assertTrue(said.notes().toString().contains("model.heddle:4:9"), said.toString());
        assertTrue(said.notes().toString().contains("registers or local memory"), said.toString());
        assertTrue(said.notes().contains(line.replace("\\t", "")), said.toString());
    }

    /** What a driver prints of a kernel is seen at the end of the run, when others have run after it. */
    @Test
    void anErrorIsThatOfTheKernelWhichRanThen() {
        String line = "[TornadoVM-OCL-JNI] ERROR : clEnqueueNDRangeKernel -> Returned: -5";
        Diagnostic said = problem(TornadoProgram.load(
                plan,
                ScriptedProgram.ofBoth(printing(line), ""),
                WEIGHTS,
                new TornadoOptions(sdk, Optional.empty(), cache(), Duration.ofMinutes(1))));
        assertEquals("the device gave up the kernel map_0: out of resources", said.message());
        assertFalse(said.toString().contains(WorkerMain.GRAPH), said.toString());
    }

    /** TornadoVM asks NVML for the power that a device takes, which some do not say. */
    @Test
    void aReadingOfPowerThatFailsIsNoError() {
        TornadoProgram program = program(printing("[TornadoVM-OCL-NVML-JNI] ERROR : nvmlInit -> Returned: 18"));
        assertArrayEquals(new float[] {2, 4, 6}, y(program, INPUTS));
    }

    private static String printing(String line) {
        return "System.out.println(\"" + line + "\");";
    }

    @Test
    void aRunThatFailsLeavesNothingInItsWorker() throws IOException {
        TornadoProgram program = program("if (n == 3) throw new IllegalStateException(\"no\");");
        assertThrows(KernelRejected.class, () -> y(program, INPUTS));
        assertEquals(List.of(), programs());
        assertArrayEquals(new float[] {8}, y(program, Map.of("x", Tensor.of(new float[] {4}, 1))));
        assertEquals(1, programs().size());
    }

    @Test
    void anInstanceThatCannotBeMadeLeavesNothingInItsWorker() throws IOException {
        TornadoProgram program = TornadoProgram.load(
                plan,
                tasks -> new DeviceCode("Absent", "class Other {}", List.of()),
                WEIGHTS,
                new TornadoOptions(sdk, Optional.empty(), cache(), Duration.ofMinutes(1)));
        assertThrows(KernelRejected.class, () -> y(program, INPUTS));
        assertEquals(List.of(), programs());
    }

    /** The directories of instances in the workers of this process. */
    private static List<Path> programs() throws IOException {
        String own = "heddle-worker-" + ProcessHandle.current().pid() + "-";
        try (Stream<Path> files = Files.walk(Path.of(System.getProperty("java.io.tmpdir")), 2)) {
            return files.filter(f -> f.getFileName().toString().startsWith("program-")
                            && f.getParent().getFileName().toString().startsWith(own))
                    .toList();
        }
    }

    /** As when the caller is killed before its worker has started. */
    @Test
    void aWorkerWithoutACallerDeletesItsDirectory() throws IOException {
        Path directory = Files.createDirectory(dir.resolve("worker"));
        Files.createFile(directory.resolve("output"));
        String[] arguments = {directory.toString(), directory.resolve("socket").toString()};
        assertThrows(IOException.class, () -> WorkerMain.main(arguments));
        assertFalse(Files.exists(directory));
    }

    /** The worker has Heddle's runtime on its class path, and nothing that the runtime needs. */
    @Test
    void aWorkerWhoseCallerIsKilledDeletesItsDirectory() throws Exception {
        Path temporary = Files.createDirectory(dir.resolve("temporary"));
        Process caller = start(temporary, Waiter.class);
        try (BufferedReader said = caller.inputReader()) {
            assertEquals("ready", said.readLine());
            List<ProcessHandle> workers = caller.children().toList();
            assertEquals(1, workers.size());
            caller.destroyForcibly().waitFor();
            workers.getFirst().onExit().get(1, TimeUnit.MINUTES);
            assertEquals(List.of(), own(temporary));
        } finally {
            caller.destroyForcibly();
        }
    }

    /** Starts a worker in a process of its own, and waits. */
    static final class Waiter {
        private Waiter() {}

        public static void main(String[] args) throws Exception {
            Worker.start(SdkLayout.read(Path.of(args[0])), Optional.empty());
            System.out.println("ready");
            Thread.sleep(Duration.ofMinutes(5));
        }
    }

    private Process start(Path temporary, Class<?> main) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Djava.io.tmpdir=" + temporary,
                        "-cp",
                        System.getProperty("java.class.path"),
                        main.getName(),
                        sdk.home().toString())
                .redirectErrorStream(true)
                .start();
    }

    private static List<Path> own(Path temporary) throws IOException {
        try (Stream<Path> files = Files.list(temporary)) {
            return files.filter(f -> f.getFileName().toString().startsWith("heddle-"))
                    .toList();
        }
    }

    @Test
    void aDirectoryThatIsNoGoodForAWorkerIsNamed() throws Exception {
        Path far = Files.createDirectory(dir.resolve("a".repeat(120))); // Names of sockets are short.
        String said = output(start(far, Starter.class));
        assertTrue(said.startsWith("H1105") && said.contains(far.toString()), said);
        assertEquals(List.of(), own(far));
    }

    private static String output(Process process) throws Exception {
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return said;
    }

    /** Starts a worker in a process of its own. */
    static final class Starter {
        private Starter() {}

        public static void main(String[] args) {
            try {
                Worker.start(SdkLayout.read(Path.of(args[0])), Optional.empty()).close();
            } catch (DiagnosticException e) {
                System.out.println(e.diagnostics().getFirst().code().id() + " " + e.diagnostics());
            }
        }
    }

    /** A disk that is full is seen before memory is used that has no place on it. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void sharedFilesHaveTheirRoom() throws Exception {
        Path file = dir.resolve("shared");
        assertEquals(3 << 20, MappedFile.create(file, 3 << 20).byteSize());
        Process stat = new ProcessBuilder("stat", "-c", "%b", file.toString()).start();
        long blocks = Long.parseLong(output(stat).strip());
        assertTrue(blocks * 512 >= 3 << 20, blocks + " blocks");
    }

    @Test
    void whatIsPrintedDoesNotDisturb() {
        TornadoProgram program = program("for (int i = 0; i < 20000; i++) System.out.println(\"a driver says \" + i);");
        assertArrayEquals(new float[] {2, 4, 6}, y(program, INPUTS));
    }

    @Test
    void aWorkerThatDoesNotStartSaysWhy() throws IOException {
        Files.writeString(dir.resolve("sdk/tornado-argfile.template"), """
                -Djava.library.path=${TORNADOVM_HOME}/lib
                --add-modules tornado.runtime
                """);
        sdk = SdkLayout.read(sdk.home());
        Diagnostic said = problem(program(""));
        assertEquals(TornadoCode.WORKER_START, said.code());
        assertTrue(said.notes().toString().contains("tornado.runtime"), said.toString());
    }

    @Test
    void runsWithoutACacheAndSaysSo() throws IOException {
        Path inTheWay = Files.writeString(dir.resolve("cache"), "");
        ClassCache cache = new ClassCache(inTheWay, "1", warnings::add);
        assertArrayEquals(new float[] {2, 4, 6}, y(program("", cache, Duration.ofMinutes(1)), INPUTS));
        assertEquals(1, warnings.size(), warnings.toString());
    }

    private ClassCache cache() {
        return new ClassCache(dir.resolve("classes"), "1", warnings::add);
    }

    private TornadoProgram program(String statement) {
        return program(statement, cache(), Duration.ofMinutes(1));
    }

    private TornadoProgram program(String statement, ClassCache cache, Duration limit) {
        return TornadoProgram.load(
                plan, ScriptedProgram.of(statement), WEIGHTS, new TornadoOptions(sdk, Optional.empty(), cache, limit));
    }

    private static float[] y(TornadoProgram program, Map<String, Tensor> inputs) {
        long n = inputs.get("x").size();
        return program.run(inputs, Map.of("N", n)).get("y").floats();
    }

    private static Diagnostic problem(TornadoProgram program) {
        return assertThrows(DiagnosticException.class, () -> y(program, INPUTS))
                .diagnostics()
                .getFirst();
    }
}
