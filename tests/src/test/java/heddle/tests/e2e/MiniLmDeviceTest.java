package heddle.tests.e2e;

import heddle.compiler.Compiler.Fusion;
import heddle.compiler.backend.tornado.TornadoTarget;
import heddle.runtime.HeddleModel;
import heddle.runtime.tensor.Tensor;
import heddle.tests.tornado.Conformance;
import java.nio.file.Path;
import java.util.Map;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** MiniLM with its real weights on a device. */
class MiniLmDeviceTest {
    @TempDir
    static Path dir;

    @Test
    void vectorsAreThoseOfTheReference() {
        HeddleModel model = MiniLm.model();
        SequencedMap<String, Tensor> weights = model.weights(MiniLm.options(dir));
        int tokens = Conformance.isReal() ? 16 : 5;
        Map<String, Long> lengths = Map.of("B", 1L, "N", (long) tokens);
        Conformance.of(model.declaration().graph(), Fusion.FUSED, TornadoTarget.CPU, weights)
                .check(MiniLm.inputs(1, tokens, 3), lengths, tokens + " tokens");
    }
}
