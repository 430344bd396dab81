package heddle.tests.fusion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.Compiler.Fusion;
import heddle.compiler.backend.tornado.DevicePolicy;
import heddle.compiler.backend.tornado.TornadoTarget;
import heddle.compiler.backend.tornado.host.TornadoWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * TornadoVM refuses a kernel with a branch that it decides in its last phases. Lengths are constants to it, so that what
 * conditions of loops and groups say of their counters would let it decide which blocks a mask empties. They must say
 * nothing: the counters are compared with a zero added that it cannot know.
 */
class DeviceConditionsTest {
    private static final Pattern GROUPS = Pattern.compile("if \\(group\\b.*");
    private static final Pattern HIDDEN_GROUPS = Pattern.compile("if \\(group \\+ zero < .*");
    private static final Pattern BLOCKS = Pattern.compile("for \\(int (\\w+From\\w*) = .*");
    private static final Pattern HIDDEN_BLOCKS =
            Pattern.compile("for \\(int (\\w+From\\w*) = zero; \\1 \\+ zero < [^;]*; \\1 \\+= \\d+\\) \\{");

    private int classified;

    @Test
    void countersOfGroupsAndOfClassifiedBlocksStayUnknown() {
        List<String> told = new ArrayList<>();
        for (String name : CorpusFile.names("fuses")) {
            for (TornadoTarget limits : List.of(TornadoTarget.GPU, TornadoTarget.CPU)) {
                conditions(name, limits)
                        .forEach(line -> told.add(name + " " + limits.device().name() + ": " + line));
            }
        }
        assertEquals(List.of(), told);
        assertTrue(classified > 100, () -> "only " + classified + " loops skip blocks");
    }

    /** Those that tell TornadoVM of a counter. */
    private List<String> conditions(String name, TornadoTarget limits) {
        var plan = CorpusFile.read(name)
                .model()
                .compilation(Fusion.FUSED, new DevicePolicy(limits))
                .plan();
        List<String> told = new ArrayList<>();
        String loop = "";
        for (String line : new TornadoWriter(limits)
                .write(plan)
                .text()
                .lines()
                .map(String::strip)
                .toList()) {
            if (GROUPS.matcher(line).matches() && !HIDDEN_GROUPS.matcher(line).matches()) {
                told.add(line);
            } else if (BLOCKS.matcher(line).matches()) {
                loop = line;
            } else if (line.startsWith("boolean full = ")) {
                classified++;
                if (!HIDDEN_BLOCKS.matcher(loop).matches()) {
                    told.add(loop);
                }
            }
        }
        return told;
    }
}
