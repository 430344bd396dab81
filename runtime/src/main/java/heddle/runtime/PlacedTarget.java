package heddle.runtime;

import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.tornado.TornadoCode;
import heddle.runtime.tornado.TornadoDevice;
import heddle.runtime.tornado.TornadoPlatform;
import heddle.runtime.tornado.TornadoSdk;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * The target that was chosen.
 *
 * @param sdk    for the tornado target
 * @param device for the tornado target
 * @param reason why tornado was not chosen, if there was a choice and an SDK exists
 */
public record PlacedTarget(Optional<TornadoSdk> sdk, Optional<TornadoDevice> device, Optional<String> reason) {
    private static final PlacedTarget JVM = new PlacedTarget(Optional.empty(), Optional.empty(), Optional.empty());

    /**
     * Chooses as the options say.
     *
     * @throws DiagnosticException when tornado or library tasks were requested and are not available
     */
    public static PlacedTarget of(CompileOptions options) {
        return of(options.target(), TornadoSdk.isInstalled(), options::rememberedTornadoPlatform);
    }

    /**
     * Chooses.
     *
     * @param installed whether an SDK is there, whatever it is worth
     * @param platform  asked only when it matters: that takes seconds
     * @throws DiagnosticException when tornado or library tasks were requested and are not available
     */
    static PlacedTarget of(TargetOptions options, boolean installed, Supplier<TornadoPlatform> platform) {
        if (options.libraryTasks()) {
            if (options.target() == Target.JVM) {
                throw noLibraries("the jvm target calls no libraries", "leave out --library-tasks or --target jvm");
            }
            return withLibraries(tornado(options, platform.get()));
        }
        return switch (options.target()) {
            case JVM -> JVM;
            case TORNADO -> tornado(options, platform.get());
            case AUTO -> installed ? best(options, platform.get()) : JVM;
        };
    }

    /** TornadoVM hands a stream to NVIDIA's libraries in its CUDA backend alone. */
    private static PlacedTarget withLibraries(PlacedTarget placed) {
        TornadoDevice device = placed.device().orElseThrow();
        if (!device.api().equals("CUDA")) {
            throw noLibraries(
                    "library tasks need a device of TornadoVM's CUDA backend, not " + device,
                    "choose an NVIDIA GPU with --device where `heddle devices` lists one as CUDA, or leave out"
                            + " --library-tasks");
        }
        return new PlacedTarget(placed.sdk().map(TornadoSdk::withCuBlas), placed.device(), placed.reason());
    }

    private static DiagnosticException noLibraries(String message, String hint) {
        return new DiagnosticException(
                Diagnostic.of(TornadoCode.LIBRARY_MISSING, message).hint(hint));
    }

    private static PlacedTarget tornado(TargetOptions options, TornadoPlatform platform) {
        if (platform.problem().isPresent()) {
            throw new DiagnosticException(platform.problem().get());
        }
        TornadoDevice device = options.device()
                .map(id -> named(id, platform.devices()))
                .orElseGet(() -> platform.devices().stream()
                        .max(Comparator.comparing(TornadoDevice::isAccelerator)
                                .thenComparing(
                                        d -> options.libraryTasks() && d.api().equals("CUDA"))
                                .thenComparing(TornadoDevice::isPrecise))
                        .orElseThrow());
        return new PlacedTarget(platform.sdk(), Optional.of(device), Optional.empty());
    }

    private static TornadoDevice named(String id, List<TornadoDevice> devices) {
        return devices.stream()
                .filter(d -> d.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new DiagnosticException(Diagnostic.of(
                                TornadoCode.DEVICE_MISSING, "TornadoVM has no device " + id)
                        .hint("there is "
                                + devices.stream().map(TornadoDevice::toString).collect(Collectors.joining("; ")))));
    }

    /** A device that is more than this machine's processors, which the jvm target uses better; else the JVM. */
    private static PlacedTarget best(TargetOptions options, TornadoPlatform platform) {
        if (platform.problem().isPresent()) {
            return jvm(platform.problem().get().message());
        }
        if (options.device().isPresent() || platform.devices().stream().anyMatch(TornadoDevice::isAccelerator)) {
            return tornado(options, platform);
        }
        return jvm("TornadoVM has no GPU, only " + platform.devices().getFirst());
    }

    private static PlacedTarget jvm(String reason) {
        return new PlacedTarget(Optional.empty(), Optional.empty(), Optional.of(reason));
    }

    /** {@code target tornado on 0:0 CUDA GPU, …}, or {@code target jvm} and why. */
    @Override
    public String toString() {
        return device.map(d -> "target tornado on " + d)
                .orElseGet(() -> "target jvm" + reason.map(r -> " (" + r + ")").orElse(""));
    }
}
