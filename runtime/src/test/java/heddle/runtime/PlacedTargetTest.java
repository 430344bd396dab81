package heddle.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.tornado.TornadoCode;
import heddle.runtime.tornado.TornadoDevice;
import heddle.runtime.tornado.TornadoPlatform;
import heddle.runtime.tornado.TornadoSdk;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PlacedTargetTest {
    private static final TornadoSdk SDK = new TornadoSdk(
            Path.of("sdk"), "5.2.0-jdk25", 25, List.of("opencl"), Path.of("api.jar"), Optional.empty(), List.of());
    private static final TornadoDevice CPU = device(0, "CPU");
    private static final TornadoDevice GPU = device(1, "GPU");

    private static final TornadoDevice NVIDIA = device(2, "CUDA", "GPU");

    private static TornadoDevice device(int number, String type) {
        return device(number, "OPENCL", type);
    }

    private static TornadoDevice device(int number, String api, String type) {
        return new TornadoDevice(
                0, number, api, type, "thing " + number, "vendor", 1 << 30, 1 << 28, 1 << 15, 8, 256, "");
    }

    private static TornadoPlatform platform(TornadoDevice... devices) {
        return new TornadoPlatform(Optional.of(SDK), List.of(devices), Optional.empty());
    }

    private static PlacedTarget place(Target target, TornadoPlatform platform) {
        return PlacedTarget.of(TargetOptions.defaults().withTarget(target), true, () -> platform);
    }

    @Test
    void takesTheGpuWhereThereIsOne() {
        assertEquals(Optional.of(GPU), place(Target.TORNADO, platform(CPU, GPU)).device());
        assertEquals(Optional.of(GPU), place(Target.AUTO, platform(CPU, GPU)).device());
        assertEquals(
                "target tornado on 0:1 OpenCL GPU, thing 1",
                place(Target.AUTO, platform(CPU, GPU)).toString());
    }

    /** TornadoVM lists one GPU once for each backend. */
    @Test
    void takesABackendWhoseFunctionsAreExact() {
        TornadoDevice ptx = device(3, "PTX", "GPU");
        assertEquals(
                Optional.of(GPU), place(Target.TORNADO, platform(CPU, ptx, GPU)).device());
        assertEquals(Optional.of(ptx), place(Target.TORNADO, platform(CPU, ptx)).device());
        assertEquals(
                Optional.of(NVIDIA),
                place(Target.AUTO, platform(ptx, NVIDIA, GPU)).device());
    }

    @Test
    void leavesProcessorsToTheJvmTargetUnlessAsked() {
        assertEquals(
                "target jvm (TornadoVM has no GPU, only 0:0 OpenCL CPU, thing 0)",
                place(Target.AUTO, platform(CPU)).toString());
        assertEquals(Optional.of(CPU), place(Target.TORNADO, platform(CPU)).device());
    }

    @Test
    void takesTheDeviceThatIsNamed() {
        TargetOptions named = TargetOptions.defaults().withDevice("0:0");
        assertEquals(
                Optional.of(CPU),
                PlacedTarget.of(named, true, () -> platform(CPU, GPU)).device());
        DiagnosticException e = assertThrows(
                DiagnosticException.class,
                () -> PlacedTarget.of(named.withDevice("4:2"), true, () -> platform(CPU, GPU)));
        assertEquals(TornadoCode.DEVICE_MISSING, e.diagnostics().getFirst().code());
    }

    @Test
    void anSdkThatCannotBeUsedIsAnErrorWhenAskedForAndAReasonOtherwise() {
        Diagnostic problem = Diagnostic.of(TornadoCode.SDK_JAVA, "it is for JDK 21");
        TornadoPlatform broken = new TornadoPlatform(Optional.empty(), List.of(), Optional.of(problem));
        assertEquals("target jvm (it is for JDK 21)", place(Target.AUTO, broken).toString());
        assertThrows(DiagnosticException.class, () -> place(Target.TORNADO, broken));
    }

    /** @throws DiagnosticException always, with what is missing */
    private static Diagnostic missing(TargetOptions options, TornadoPlatform platform) {
        DiagnosticException e = assertThrows(
                DiagnosticException.class, () -> PlacedTarget.of(options.withLibraryTasks(true), true, () -> platform));
        assertEquals(TornadoCode.LIBRARY_MISSING, e.diagnostics().getFirst().code());
        return e.diagnostics().getFirst();
    }

    @Test
    void libraryTasksSayWhatTheyMiss() {
        TargetOptions auto = TargetOptions.defaults();
        TargetOptions named = auto.withTarget(Target.TORNADO).withDevice("0:1");
        assertTrue(missing(named, platform(CPU, GPU, NVIDIA)).message().contains("not 0:1 OpenCL GPU"));
        assertTrue(missing(auto, platform(CPU)).message().contains("CUDA backend"));
        assertTrue(
                missing(auto.withTarget(Target.JVM), platform(NVIDIA)).message().contains("the jvm target"));
        // The one that can, though another is first; the SDK of this test holds nothing.
        assertTrue(missing(auto, platform(CPU, GPU, NVIDIA)).message().contains("no tornado-cublas jar"));
        Diagnostic problem = Diagnostic.of(TornadoCode.SDK_MISSING, "there is none");
        TornadoPlatform none = new TornadoPlatform(Optional.empty(), List.of(), Optional.of(problem));
        DiagnosticException e = assertThrows(
                DiagnosticException.class, () -> PlacedTarget.of(auto.withLibraryTasks(true), false, () -> none));
        assertEquals(TornadoCode.SDK_MISSING, e.diagnostics().getFirst().code());
    }

    @Test
    void everyTargetIsComparedWithLibrariesWhereThereAreSome() {
        CompileOptions options = CompileOptions.defaults();
        TargetOptions asked = options.target().withLibraryTasks(true);
        List<TargetOptions> targets = options.withTarget(asked).everyTarget();
        assertEquals(
                List.of(Target.JVM, Target.TORNADO),
                targets.stream().map(TargetOptions::target).toList());
        assertEquals(
                List.of(false, true),
                targets.stream().map(TargetOptions::libraryTasks).toList());
        assertTrue(options.withTarget(asked.withTarget(Target.JVM))
                .everyTarget()
                .getFirst()
                .libraryTasks());
    }

    @Test
    void looksAtNoDevicesWhereNobodyAsks() {
        TargetOptions auto = TargetOptions.defaults();
        assertEquals(
                "target jvm",
                PlacedTarget.of(auto, false, () -> {
                            throw new AssertionError();
                        })
                        .toString());
        PlacedTarget jvm = PlacedTarget.of(auto.withTarget(Target.JVM), true, () -> {
            throw new AssertionError();
        });
        assertTrue(jvm.device().isEmpty());
    }
}
