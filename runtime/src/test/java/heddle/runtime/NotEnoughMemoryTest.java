package heddle.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import org.junit.jupiter.api.Test;

class NotEnoughMemoryTest {
    private static NotEnoughMemory of(long weights, long intermediates, Map<String, Long> lengths) {
        return new NotEnoughMemory(weights, intermediates, lengths, new OutOfMemoryError("heap"));
    }

    @Test
    void saysWhatIsNeeded() {
        assertEquals("weights take 5.0 GB", of(5_000_000_000L, 0, Map.of()).getMessage());
        assertEquals(
                "weights take 87 MB, intermediate results and outputs take 1.5 GB for {N=512}",
                of(86_500_000, 1_500_000_000, Map.of("N", 512L)).getMessage());
    }

    @Test
    void theHeapHasRoomForAllOfItAmongOldObjects() {
        assertEquals(7, of(5_000_000_000L, 0, Map.of()).heap());
        assertEquals(1, of(1000, 1000, Map.of()).heap());
    }
}
