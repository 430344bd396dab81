package heddle.runtime.tornado;

import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.code.ClassCache;
import java.util.List;
import java.util.Optional;

/**
 * What this machine has for the tornado target.
 *
 * @param sdk     that was found
 * @param devices that it names
 * @param problem why there is no SDK or no device
 */
public record TornadoPlatform(Optional<TornadoSdk> sdk, List<TornadoDevice> devices, Optional<Diagnostic> problem) {
    public TornadoPlatform {
        devices = List.copyOf(devices);
    }

    /** Looks; never throws because of what it finds. */
    public static TornadoPlatform look(ClassCache cache) {
        Optional<TornadoSdk> sdk = Optional.empty();
        try {
            sdk = Optional.of(TornadoSdk.find());
            List<TornadoDevice> devices = DeviceProbe.run(sdk.get(), cache);
            return new TornadoPlatform(
                    sdk, devices, devices.isEmpty() ? Optional.of(noDevice(sdk.get())) : Optional.empty());
        } catch (DiagnosticException e) {
            return new TornadoPlatform(
                    sdk, List.of(), Optional.of(e.diagnostics().getFirst()));
        }
    }

    private static Diagnostic noDevice(TornadoSdk sdk) {
        return Diagnostic.of(TornadoCode.DEVICE_MISSING, sdk + " finds no device")
                .hint(
                        sdk.backends().contains("opencl")
                                ? "install the OpenCL driver of the device; `clinfo -l` lists what is there"
                                : "install the driver of the device for " + String.join(" or ", sdk.backends()));
    }
}
