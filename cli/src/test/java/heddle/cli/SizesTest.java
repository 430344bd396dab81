package heddle.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import heddle.cli.report.Sizes;
import org.junit.jupiter.api.Test;

class SizesTest {
    @Test
    void oneIsNotMany() {
        assertEquals("0 kernels", Sizes.counted(0, "kernel"));
        assertEquals("1 kernel", Sizes.counted(1, "kernel"));
        assertEquals("2 kernels", Sizes.counted(2, "kernel"));
        assertEquals("1 query", Sizes.counted(1, "query", "queries"));
        assertEquals("32 queries", Sizes.counted(32, "query", "queries"));
    }
}
