package heddle.runtime.input;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.type.DType;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.CompileOptions;
import heddle.runtime.CompiledModel;
import heddle.runtime.Heddle;
import heddle.runtime.RuntimeCode;
import heddle.runtime.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Lengths that come with the inputs of a compiled model, and with which it means nothing. */
class ModelInputsTest {
    @TempDir
    Path dir;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "x[0:N div M] | 0 | divided by zero",
                "x * (N % M) | 0 | divided by zero",
                "pad(x, [N div M, 0]) | 0 | divided by zero",
                "x[0:M] | 9 | which has length 8",
                "x[:, new, new] * x[new, :, new] * x[new, new, :] | 3000000 | too large"
            })
    void aModelThatCannotRunWithLengthsSaysWhereAndWhy(String expression, int m, String why) throws IOException {
        String text = "dim N, M\ninput x: f32[N]\ninput m: f32[M]\noutput y = " + expression + "\n";
        CompiledModel model = Heddle.model(Files.writeString(dir.resolve("m.heddle"), text))
                .compile(CompileOptions.defaults().withThreads(1));
        Map<String, Tensor> inputs =
                Map.of("x", Tensor.zeros(DType.F32, m > 1000 ? m : 8), "m", Tensor.zeros(DType.F32, m));
        Diagnostic told = assertThrows(DiagnosticException.class, () -> model.run(inputs))
                .diagnostics()
                .getFirst();
        assertEquals(RuntimeCode.LENGTHS, told.code());
        assertTrue(told.primary().isPresent(), told::message);
        assertTrue(told.notes().getFirst().contains(why), told.notes().getFirst());
    }
}
