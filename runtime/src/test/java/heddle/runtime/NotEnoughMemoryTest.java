package heddle.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.Compiler.Fusion;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NotEnoughMemoryTest {
    private static NotEnoughMemory of(long weights, long intermediates, long inputs, Map<String, Long> lengths) {
        return new NotEnoughMemory(weights, intermediates, inputs, lengths, new OutOfMemoryError("heap"));
    }

    @Test
    void saysWhatIsNeeded() {
        assertEquals("weights take 5.0 GB", of(5_000_000_000L, 0, 0, Map.of()).getMessage());
        assertEquals(
                "weights take 87 MB, intermediate results and outputs take 1.5 GB, inputs take 3 MB for {N=512}",
                of(86_500_000, 1_500_000_000, 3_000_000, Map.of("N", 512L)).getMessage());
    }

    @Test
    void theHeapHasRoomForAllOfItAmongOldObjects() {
        assertEquals(7, of(5_000_000_000L, 0, 0, Map.of()).heap());
        assertEquals(1, of(1000, 1000, 1000, Map.of()).heap());
    }

    @Test
    void aModelWithoutWeightsHasAMessageToo() {
        assertEquals("heap", of(0, 0, 0, Map.of("N", 5L)).getMessage());
        assertFalse(of(0, 0, 0, Map.of()).isKnown());
    }

    @Test
    void aRunNeedsInputsWeightsAndWhatIsBetween() {
        HeddleModel model = Heddle.model(ModelSource.text("m.heddle", """
                dim N
                input x: f32[N, 1000]
                output y = relu(x @ weight "w" : f32[1000, 1000])
                """), Map.of());
        var plan = model.compilation(Fusion.FUSED).plan();
        NotEnoughMemory known = NotEnoughMemory.of(plan, true, Map.of("N", 1_000_000L), new OutOfMemoryError("heap"));
        assertTrue(
                known.getMessage()
                        .matches("weights take [45] MB, intermediate results and outputs take 4.0 GB,"
                                + " inputs take 4.0 GB for \\{N=1000000}"),
                known.getMessage());
        assertEquals(12, known.heap());
        NotEnoughMemory open = NotEnoughMemory.of(plan, true, Map.of(), new OutOfMemoryError("heap"));
        assertTrue(open.getMessage().matches("weights take [45] MB"), open.getMessage());
    }
}
