package heddle.tests.e2e;

import static org.junit.jupiter.api.Assertions.assertNotEquals;

import heddle.compiler.Compiler.Fusion;
import heddle.compiler.target.tornado.TornadoLimits;
import heddle.runtime.Heddle;
import heddle.runtime.HeddleModel;
import heddle.runtime.tensor.Tensor;
import heddle.tests.tornado.Conformance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** MiniLM with its real weights on a device: with all its layers where that is real, with the first one on the double. */
class MiniLmDeviceTest {
    @TempDir
    static Path dir;

    @Test
    void vectorsAreThoseOfTheReference() throws IOException {
        HeddleModel model = Conformance.takesAll() ? MiniLm.model() : oneLayer();
        SequencedMap<String, Tensor> weights = model.weights(MiniLm.options(dir));
        int tokens = Conformance.isReal() ? 16 : 5;
        Map<String, Long> lengths = Map.of("B", 1L, "N", (long) tokens);
        Conformance.of(model.declaration().graph(), Fusion.FUSED, TornadoLimits.CPU, weights)
                .check(MiniLm.inputs(1, tokens, 3), lengths, tokens + " tokens");
    }

    private static HeddleModel oneLayer() throws IOException {
        String all = Files.readString(MiniLm.model().file());
        String one = all.replace("layers = 6", "layers = 1");
        assertNotEquals(all, one, "the example says otherwise how many layers there are");
        return Heddle.model(Files.writeString(dir.resolve("one-layer.heddle"), one));
    }
}
