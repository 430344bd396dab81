package heddle.tests;

import org.junit.jupiter.api.Test;

class XTest {
    @Test
    void x() {
        jdk.incubator.vector.FloatVector.zero(jdk.incubator.vector.FloatVector.SPECIES_PREFERRED);
    }
}
