package heddle.tests.fusion;

import static org.junit.jupiter.api.Assertions.assertEquals;

import heddle.runtime.Heddle;
import heddle.runtime.HeddleModel;
import heddle.runtime.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Models may call their lengths what generated code calls something else. */
class GeneratedNamesTest {
    @TempDir
    private Path dir;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "entry",
                "arrays",
                "offsets",
                "lengths",
                "from",
                "to",
                "block",
                "tiles",
                "tilesAt",
                "TILES",
                "F",
                "I",
                "plain",
                "full",
                "jTo",
                "jBlock",
                "i",
                "iFrom",
                "iAt",
                "qTile",
                "accTile",
                "rows",
                "t_q",
                "t_qAt",
                "Math",
                "FloatVector"
            })
    void aLengthMayHaveAnyName(String name) throws IOException {
        Path file = Files.writeString(
                dir.resolve("m.heddle"),
                "dim " + name + "\ninput q: f32[2, " + name + ", 24]\noutput o = softmax(where(iota(" + name
                        + ")[new, :] <= iota(" + name + ")[:, new], q @ transpose(q), -inf)) @ q");
        HeddleModel model = Heddle.model(file);
        Tensor o = model.compile()
                .run(Draw.USUAL.inputs(model, Map.of(name, 37L), 1))
                .get("o");
        assertEquals(2 * 37 * 24, o.size());
    }
}
