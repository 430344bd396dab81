package heddle.tests.tornado;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.Compiler.Fusion;
import heddle.compiler.backend.tornado.DevicePolicy;
import heddle.compiler.backend.tornado.TornadoTarget;
import heddle.compiler.backend.tornado.host.TornadoWriter;
import heddle.compiler.schedule.Plan;
import heddle.runtime.Heddle;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * No kernel counts from zero in steps of one: PoCL compiles kernels wrongly now and then that have such a counter
 * ({@code docs/tornado.md}).
 */
class CounterTest {
    private static final Path MODELS = Path.of("src", "test", "resources", "tornado", "golden");

    /** Those of kernels: constants are filled by the host. */
    private static final Pattern LOOP = Pattern.compile("for \\(int (?!.*values\\.length).*");

    /** From zero, or from what TornadoVM does not know to be zero. */
    private static final Pattern CANONICAL = Pattern.compile("for \\(int (\\w+) = (0|zero); .*\\1\\+\\+\\).*");

    @ParameterizedTest
    @ValueSource(
            strings = {"epilogue", "batched-product", "causal-attention", "padding-attention", "grouped-alibi", "total"
            })
    void noneIsCanonical(String name) {
        for (TornadoTarget target : List.of(TornadoTarget.GPU, TornadoTarget.CPU)) {
            Plan plan = Heddle.model(MODELS.resolve(name + ".heddle"))
                    .compilation(Fusion.FUSED, new DevicePolicy(target))
                    .plan();
            List<String> loops = kernels(new TornadoWriter(target).write(plan).text())
                    .map(String::strip)
                    .filter(line -> LOOP.matcher(line).matches())
                    .toList();
            assertTrue(!loops.isEmpty(), name + " has no loop");
            assertEquals(
                    List.of(),
                    loops.stream()
                            .filter(line -> CANONICAL.matcher(line).matches())
                            .toList());
        }
    }

    /** The kernels, and the functions that they call. */
    private static Stream<String> kernels(String text) {
        int end = text.indexOf("private static int length(");
        return text.substring(text.indexOf("(KernelContext context"), end < 0 ? text.length() : end)
                .lines();
    }
}
