package heddle.compiler.frontend;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** A model's graph grows with its layers and with nothing else. */
class SizeTest {
    @Test
    void eachLayerAddsTheSameNodes() throws Exception {
        int six = nodes(6);
        int perLayer = nodes(7) - six;
        assertEquals(six + 90 * perLayer, nodes(96));
    }

    private static int nodes(int layers) throws Exception {
        String model = Files.readString(Path.of("..", "examples", "minilm.heddle"));
        return Elaborated.of(model.replace("layers = 6", "layers = " + layers))
                .graph()
                .nodes()
                .size();
    }
}
