package heddle.tests.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;

import heddle.compiler.Compiler.Fusion;
import heddle.compiler.schedule.MemoryPlan;
import heddle.compiler.schedule.Plan;
import heddle.runtime.Heddle;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Fused attention needs memory for its inputs and its output, and for nothing else. */
class AttentionMemoryTest {
    @Test
    void longSequencesNeedNoScores() {
        Plan plan = Heddle.model(Path.of("../examples/attention.heddle"))
                .compilation(Fusion.FUSED)
                .plan();
        MemoryPlan memory = MemoryPlan.of(plan, Map.of("B", 1L, "N", 32768L));
        long output = 8L * 32768 * 64 * Float.BYTES;
        assertEquals(output, memory.peakBytes());
        assertEquals(Map.of(), memory.places(), "nothing is stored on the way");
    }
}
