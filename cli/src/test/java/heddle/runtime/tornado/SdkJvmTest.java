package heddle.runtime.tornado;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import heddle.dsl.diagnostic.DiagnosticException;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Settings that are handed on to TornadoVM. */
class SdkJvmTest {
    private static final String MEMORY = "tornado.device.memory";

    private static final Optional<TornadoDevice> DEVICE = Optional.of(new TornadoDevice(
            0, 0, "OPENCL", "GPU", "a device", "a platform", 1_000_000, 500_000, 48_000, 8, 256, "1.0"));

    @AfterEach
    void unset() {
        System.clearProperty(MEMORY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"20MB", "4GB", "1000000", "64KB"})
    void aSizeIsHandedOn(String size) {
        System.setProperty(MEMORY, size);
        assertEquals(size, SdkJvm.properties(DEVICE).get(MEMORY));
    }

    @ParameterizedTest
    @ValueSource(strings = {"lots", "", "-1", "4 GB", "1e9", "99999999999999999999"})
    void whatIsNoSizeIsRefused(String size) {
        System.setProperty(MEMORY, size);
        DiagnosticException wrong = assertThrows(DiagnosticException.class, () -> SdkJvm.properties(DEVICE));
        assertEquals(TornadoCode.SETTING, wrong.diagnostics().getFirst().code());
    }
}
