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
 * @param reason why it is not tornado, where that was to be decided and an SDK is there
 */
public record PlacedTarget(Optional<TornadoSdk> sdk, Optional<TornadoDevice> device, Optional<String> reason) {
    private static final PlacedTarget JVM = new PlacedTarget(Optional.empty(), Optional.empty(), Optional.empty());

    /**
     * Chooses.
     *
     * @param installed whether an SDK is there, whatever it is worth
     * @param platform  asked only when it matters: that takes seconds
     * @throws DiagnosticException when tornado was asked for and cannot be had
     */
    static PlacedTarget of(TargetOptions options, boolean installed, Supplier<TornadoPlatform> platform) {
        return switch (options.target()) {
            case JVM -> JVM;
            case TORNADO -> tornado(options, platform.get());
            case AUTO -> installed ? best(options, platform.get()) : JVM;
        };
    }

    private static PlacedTarget tornado(TargetOptions options, TornadoPlatform platform) {
        if (platform.problem().isPresent()) {
            throw new DiagnosticException(platform.problem().get());
        }
        TornadoDevice device = options.device()
                .map(id -> named(id, platform.devices()))
                .orElseGet(() -> platform.devices().stream()
                        .max(Comparator.comparing(TornadoDevice::isAccelerator))
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
