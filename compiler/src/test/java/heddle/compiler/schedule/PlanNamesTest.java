package heddle.compiler.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PlanNamesTest {
    /** What ends with a digit keeps its path, whatever was numbered before. */
    @Test
    void numbersDoNotTakeThePathOfAnother() {
        PlanNames names = new PlanNames();
        assertEquals(
                List.of("x", "x.2", "x2", "x.3", "x2.2"),
                Stream.of("x", "x", "x2", "x", "x2").map(names::kernel).toList());
    }
}
