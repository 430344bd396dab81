package heddle.tests.fusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.Compiler.Fusion;
import heddle.compiler.op.Interpreter;
import heddle.compiler.report.FusionReport;
import heddle.runtime.Heddle;
import heddle.runtime.HeddleModel;
import heddle.tests.TensorArrays;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a remedy says fuses, and means the same. */
class RemediesTest {
    private static final long SEED = 5;

    private static final String START = """
            dim B, N, M
            input q: f32[B, 4, N, 8]
            input k: f32[B, 4, M, 8]
            input v: f32[B, 4, M, 6]
            fn joined(t) = reshape(permute(t, [0, 2, 1, 3]), [B, 1, M, -1])
            let s = q @ transpose(k)
            let mix = weight "mix" : f32[4, 4]
            """;

    @TempDir
    private Path dir;

    static Stream<Arguments> rows() {
        return Stream.of(
                Arguments.of(
                        "softmax(einsum('gh,bhij->bgij', mix, s)) @ v",
                        "softmax(reshape(einsum('gh,bhid->bgihd', mix, q), [B, 4, N, 32]) @ transpose(joined(k))) @ v",
                        "join the queries of all heads"),
                Arguments.of(
                        "einsum('gh,bhij->bgij', mix, softmax(s)) @ v",
                        "einsum('gh,bhige->bgie', mix, reshape(softmax(s) @ joined(v), [B, 4, N, 4, 6]))",
                        "the values of all heads"),
                Arguments.of(
                        "softmax(s - mean(s, axis = -2, keepdims = true), axis = -1) @ v",
                        "softmax((q - mean(q, axis = -2, keepdims = true)) @ transpose(k)) @ v",
                        "that sum of queries"),
                Arguments.of(
                        "(softmax(s) - mean(softmax(s), axis = -2, keepdims = true)) @ v",
                        "softmax(s) @ v - mean(softmax(s) @ v, axis = -2, keepdims = true)",
                        "that sum of the queries' results"));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void whatARemedySaysMeansTheSame(String written, String mended, String remedy) throws IOException {
        HeddleModel before = model(written);
        FusionReport declined = before.compilation(Fusion.FUSED).report();
        assertEquals("fused 0/1 attention", declined.summary(), declined::toString);
        assertTrue(declined.declined().getFirst().remedy().contains(remedy), declined::toString);
        double[] meant = reference(before);
        HeddleModel after = model(mended);
        FusionReport fused = after.compilation(Fusion.FUSED).report();
        assertEquals("fused 1/1 attention", fused.summary(), fused::toString);
        assertArrayEquals(meant, reference(after), 1e-9, "seed " + SEED);
    }

    private HeddleModel model(String result) throws IOException {
        String text = START + "output y = " + result.replace('\'', '"') + "\n";
        return Heddle.model(Files.writeString(dir.resolve("m.heddle"), text));
    }

    private static double[] reference(HeddleModel model) {
        Map<String, Long> lengths = Map.of("B", 2L, "N", 6L, "M", 7L);
        return new Interpreter(
                        TensorArrays.of(Draw.USUAL.inputs(model, lengths, SEED)),
                        TensorArrays.of(Draw.USUAL.weights(model, lengths, SEED)),
                        lengths)
                .run(model.declaration().graph())
                .get("y")
                .data();
    }
}
