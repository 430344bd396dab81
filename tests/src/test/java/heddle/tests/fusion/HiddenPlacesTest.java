package heddle.tests.fusion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.Compiler;
import heddle.compiler.Compiler.Fusion;
import heddle.compiler.backend.tornado.DevicePolicy;
import heddle.compiler.backend.tornado.TornadoTarget;
import heddle.compiler.backend.tornado.host.TornadoWriter;
import heddle.compiler.schedule.Plan;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Places of blocks on which conditions depend have a zero added that TornadoVM does not know. Its last phases decide such conditions
 * otherwise, as it compiles lengths in, and it cannot write a branch that is decided so late ({@code docs/tornado.md}).
 */
class HiddenPlacesTest {
    private static final Pattern PLACE = Pattern.compile("int (\\w+From) = (?:\\(int\\) )?\\(?group .*;");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "fuses/mask-concatenated",
                "fuses/mask-padded-behind-mask",
                "fuses/mask-padded-keys",
                "fuses/mask-padded-queries"
            })
    void ofBlocks(String name) {
        for (TornadoTarget target : List.of(TornadoTarget.GPU, TornadoTarget.CPU)) {
            Plan plan = Compiler.compile(
                            TrainedModel.of(CorpusFile.read(name).model()).graph(),
                            Fusion.FUSED,
                            new DevicePolicy(target),
                            Set.of())
                    .plan();
            List<String> places = new TornadoWriter(target)
                    .write(plan)
                    .text()
                    .lines()
                    .map(String::strip)
                    .filter(line -> PLACE.matcher(line).matches())
                    .toList();
            assertTrue(places.size() >= 3, name + " has blocks of queries and keys in " + places.size() + " kernels");
            assertEquals(
                    List.of(),
                    places.stream().filter(line -> !line.endsWith(" + zero;")).toList());
        }
    }
}
