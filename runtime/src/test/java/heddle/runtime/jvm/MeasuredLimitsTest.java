package heddle.runtime.jvm;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class MeasuredLimitsTest {
    @Test
    void compiledCodeDoesMoreThanOneOperationANanosecond() {
        Optional<MeasuredLimits> limits = MeasuredLimits.of(1);
        // On a very busy machine nothing is measured.
        limits.ifPresent(l -> {
            assertTrue(l.gigaflops() >= 1 && l.gigaflops() < 10_000, l.toString());
            assertTrue(l.gigabytes() > 0.1 && l.gigabytes() < 10_000, l.toString());
        });
    }
}
