package heddle.compiler.frontend;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Large models are elaborated in little time. */
class SizeTest {
    @Test
    void ninetySixLayersTakeLessThanASecond() throws Exception {
        String deep =
                Files.readString(Path.of("..", "examples", "minilm.heddle")).replace("layers = 6", "layers = 96");
        Elaborated.of(deep);
        long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        Model m = Elaborated.of(deep);
        double seconds = (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start) / 1e9;
        assertTrue(m.graph().nodes().size() > 7000, m.graph().nodes().size() + " nodes");
        assertTrue(seconds < 1, "96 layers take " + seconds + " s of processor time");
    }
}
