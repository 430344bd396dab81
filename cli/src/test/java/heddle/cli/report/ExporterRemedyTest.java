package heddle.cli.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.report.FusionReport;
import heddle.runtime.Heddle;
import heddle.runtime.ModelSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The words by which remedies are found are those that the compiler says. */
class ExporterRemedyTest {
    private static final String START = "dim B, N\ninput q: f32[B, N, 8]\n";

    private static String model(ExporterRemedy remedy) {
        return switch (remedy) {
            case PROBABILITIES_ARE_OUTPUTS ->
                START + "let p = softmax(q @ transpose(q), axis = -1)\noutput also = p\noutput o = p @ q\n";
            case PROBABILITIES_ARE_READ ->
                START + "let p = softmax(q @ transpose(q), axis = -1)\noutput s = sum(p * p)\noutput o = p @ q\n";
            case ONE_KEY -> START + "input k: f32[B, 1, 8]\noutput o = softmax(q @ transpose(k), axis = -1) @ k\n";
            case PROBABILITIES_ARE_CHANGED ->
                START + "output o = clip(softmax(q @ transpose(q), axis = -1), 0.1, 0.9) @ q\n";
            case PRODUCT_OF_INTEGERS ->
                START + "input i: i64[B, N, 8]\noutput o = softmax(cast(i @ transpose(i), f32), axis = -1) @ q\n";
            case ANOTHER_AXIS -> START + "output o = softmax(q @ transpose(q), axis = -2) @ q\n";
            case PARTS_OF_KEYS ->
                "input q: f32[2, 64, 8]\noutput o = softmax(q @ transpose(q), axis = -1)[:, :, 0:32] @ q[:, 0:32]\n";
        };
    }

    @ParameterizedTest
    @EnumSource
    void isFoundForWhatTheCompilerSays(ExporterRemedy remedy) {
        List<FusionReport.Declined> declined = Heddle.model(ModelSource.text("m.heddle", model(remedy)), Map.of())
                .explain()
                .declined();
        assertEquals(1, declined.size());
        Optional<String> found = ExporterRemedy.of(declined.getFirst());
        assertEquals(Optional.of(remedy.text()), found, declined.getFirst().reason());
    }

    @Test
    void namesThatDifferInNumbersAreOne() {
        assertEquals(
                List.of("/layer.{0..2}/Softmax", "/layer.0/MatMul_{1..2}", "/head.*/Add", "/pool"),
                OnnxOrigin.together(List.of(
                        "/layer.0/Softmax",
                        "/layer.0/MatMul_1",
                        "/layer.1/Softmax",
                        "/head.3/Add",
                        "/head.9/Add",
                        "/layer.0/MatMul_2",
                        "/layer.2/Softmax",
                        "/pool",
                        "/pool")));
        assertTrue(OnnxOrigin.together(List.of()).isEmpty());
    }
}
