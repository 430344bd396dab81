package heddle.cli.report;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class CompilerQueueTest {
    @Test
    void kernelsAndVectorsCount() {
        assertTrue(
                CompilerQueue.hasKernels("Current compiles:\nC2 CompilerThread0 99 4 AttentionPlan::run (99 bytes)\n"));
        assertTrue(CompilerQueue.hasKernels("99 3 jdk.incubator.vector.Float512Vector::lanewise (7 bytes)"));
        assertFalse(CompilerQueue.hasKernels("C2 compile queue:\n99 4 java.lang.String::hashCode (60 bytes)\n"));
    }

    @Test
    void thisJvmTells() {
        assertDoesNotThrow(() -> CompilerQueue.hasKernels());
    }
}
