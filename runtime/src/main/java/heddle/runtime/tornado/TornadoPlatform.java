package heddle.runtime.tornado;

import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.code.ClassCache;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The SDK and devices of this machine for the tornado target.
 *
 * @param sdk     that was found
 * @param devices that it names
 * @param problem why there is no SDK or no device
 */
public record TornadoPlatform(Optional<TornadoSdk> sdk, List<TornadoDevice> devices, Optional<Diagnostic> problem) {
    public TornadoPlatform {
        devices = List.copyOf(devices);
    }

    /**
     * Looks; never throws because of what it finds.
     *
     * @param classes keeps the program that asks for devices
     * @param file    where devices are remembered
     */
    public static TornadoPlatform look(ClassCache classes, Path file) {
        return of(sdk -> probe(sdk, classes, file));
    }

    /** The same as was found not long ago, where that can be so still; else looks, which takes seconds. */
    public static TornadoPlatform remembered(ClassCache classes, Path file) {
        return of(sdk -> new RememberedDevices(file).read(sdk).orElseGet(() -> probe(sdk, classes, file)));
    }

    private static List<TornadoDevice> probe(TornadoSdk sdk, ClassCache classes, Path file) {
        List<TornadoDevice> devices = DeviceProbe.run(sdk, classes);
        new RememberedDevices(file).write(sdk, devices);
        return devices;
    }

    private static TornadoPlatform of(Function<TornadoSdk, List<TornadoDevice>> find) {
        Optional<TornadoSdk> sdk = Optional.empty();
        try {
            sdk = Optional.of(TornadoSdk.find());
            List<TornadoDevice> devices = find.apply(sdk.get());
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
