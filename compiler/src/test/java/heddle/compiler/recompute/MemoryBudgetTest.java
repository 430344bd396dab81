package heddle.compiler.recompute;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryBudgetTest {
    @ParameterizedTest
    @CsvSource({"512MB, 512000000", "1.5 GiB, 1610612736", "64kB, 64000", "100B, 100", "2TB, 2000000000000"})
    void sizes(String text, long bytes) {
        assertEquals(bytes, MemoryBudget.parse(text).orElseThrow().bytes(7));
    }

    @Test
    void parts() {
        assertEquals(500, MemoryBudget.parse("0.5").orElseThrow().bytes(1000));
        assertEquals(1000, MemoryBudget.parse("1").orElseThrow().bytes(1000));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "1.5", "-1", "MB", "1XB", "0MB", "1e3", "512iB", "512i", "0.5B"})
    void others(String text) {
        assertEquals(Optional.empty(), MemoryBudget.parse(text), text);
    }

    @ParameterizedTest
    @CsvSource({"0, true", "1.5, true", "NaN, true", "0.5, false", "-1, false", "NaN, false"})
    void areSizesOrParts(double amount, boolean fraction) {
        assertThrows(IllegalArgumentException.class, () -> new MemoryBudget(amount, fraction));
    }
}
