package heddle.tests.fusion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.NdArray;
import heddle.compiler.op.Interpreter;
import heddle.dsl.diagnostic.DiagnosticException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Gradients of every model of the corpus, taken after its attention was recognised, against those of the model as written: in
 * double precision, so that a rule which equates values and not gradients shows.
 */
class TrainedCorpusTest {
    private static final List<Map<String, Long>> SHAPES =
            Stream.of("B=1 N=1 M=1", "B=2 N=5 M=3").map(CorpusFile::lengths).toList();

    private static final long SEED = 1;

    static List<String> all() {
        return Stream.of("fuses", "declines", "none")
                .flatMap(part -> CorpusFile.names(part).stream())
                .toList();
    }

    @ParameterizedTest
    @MethodSource("all")
    void gradientsAreThoseOfTheModelAsWritten(String name) {
        CorpusFile file = CorpusFile.read(name);
        TrainedModel model = TrainedModel.of(file.model());
        Graph written = model.written();
        Graph fused;
        try {
            fused = model.recognised();
        } catch (DiagnosticException e) {
            assertEquals("H1301", e.diagnostics().getFirst().code().id(), e.getMessage());
            return;
        }
        boolean isNarrow = model.isNarrow();
        for (Map<String, Long> lengths : file.shapes(SHAPES)) {
            Interpreter interpreter = model.interpreter(lengths, SEED);
            Map<String, NdArray> expected = interpreter.run(written);
            interpreter
                    .run(fused)
                    .forEach((output, got) -> assertSame(
                            expected.get(output),
                            got,
                            isNarrow,
                            name + " " + output + ", lengths " + lengths + ", seed " + SEED));
        }
    }

    /**
     * Numbers of derivatives are rounded to f32. What is computed in sixteen bits is rounded in other places than where the model
     * has them. Where the model as written divides zero by zero, zero is meant.
     */
    private static void assertSame(NdArray expected, NdArray got, boolean isNarrow, String place) {
        double size = 1;
        for (double x : expected.data()) {
            size = Double.isFinite(x) ? Math.max(size, Math.abs(x)) : size;
        }
        for (int i = 0; i < got.data().length; i++) {
            double want = expected.data()[i];
            double have = got.data()[i];
            assertTrue(
                    Double.isNaN(want) || Math.abs(want - have) <= (isNarrow ? 5e-2 : 1e-6) * size,
                    place + ": [" + i + "] is " + have + ", should be " + want);
        }
    }
}
