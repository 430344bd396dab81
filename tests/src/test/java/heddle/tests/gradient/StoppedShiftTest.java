package heddle.tests.gradient;

import static org.junit.jupiter.api.Assertions.assertEquals;

import heddle.compiler.Compiler;
import heddle.compiler.Compiler.Fusion;
import heddle.compiler.op.attention.FusedAttention;
import heddle.runtime.Heddle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which softmax with a stopped gradient is one in training: equal values are not enough. */
class StoppedShiftTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "exp(s - stop_gradient(max(s, axis = -1, keepdims = true))) | sum(e, axis = -1, keepdims = true) | 1",
                "exp(s - stop_gradient(max(s, axis = -1, keepdims = true))) | stop_gradient(sum(e, axis = -1, keepdims = true)) | 0",
                "exp(s - stop_gradient(max(s, axis = -1, keepdims = true))) | 1 + sum(e, axis = -1, keepdims = true) | 0",
                "exp(s - max(s, axis = -1, keepdims = true)) | sum(e, axis = -1, keepdims = true) | 1",
                "exp(stop_gradient(s)) | sum(e, axis = -1, keepdims = true) | 1",
            })
    void softmaxes(String exponentials, String sum, int fused) throws IOException {
        Path file = folder.resolve("model.heddle");
        Files.writeString(file, """
                input q : f32[4, 8]
                input k : f32[6, 8]
                input v : f32[6, 8]
                let s = q @ transpose(k)
                let e = %s
                let y = (e / (%s)) @ v
                output loss = sum(y * y)
                output g = grad(sum(y * y), [q, k, v])[0]
                """.formatted(exponentials.strip(), sum.strip()));
        long attentions =
                Compiler.compile(Heddle.model(file).declaration().graph(), Fusion.FUSED).graph().nodes().stream()
                        .filter(n -> n.op() instanceof FusedAttention)
                        .count();
        assertEquals(fused, attentions, exponentials + " / " + sum);
    }
}
