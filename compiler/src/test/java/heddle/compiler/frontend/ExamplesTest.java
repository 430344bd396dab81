package heddle.compiler.frontend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.ir.Node;
import heddle.compiler.op.Softmax;
import heddle.dsl.format.Formatter;
import heddle.dsl.source.SourceFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExamplesTest {
    @Test
    void miniLmHasTheWeightsOfTheOnnxFile() {
        Model m = Elaborated.file("examples/minilm.heddle");
        assertEquals("MiniLM", m.name());
        assertEquals(List.of("input_ids", "attention_mask"), names(m.inputs()));
        assertEquals(5 + 6 * 16, m.weights().size());
        assertTrue(names(m.weights()).contains("onnx::MatMul_864"), "the last matrix of the last layer");
        assertEquals("f32[B, N, 384]", m.graph().outputs().get("tokens").type().toString());
        assertEquals("f32[B, 384]", m.graph().outputs().get("embedding").type().toString());
    }

    @Test
    void miniLmSaysWhichLayerANodeBelongsTo() {
        Model m = Elaborated.file("examples/minilm.heddle");
        List<Node> softmaxes = m.graph().nodes().stream()
                .filter(n -> n.op() instanceof Softmax)
                .toList();
        assertEquals(6, softmaxes.size());
        Node third = softmaxes.get(2);
        assertEquals("layer.2/self_attention/attention", third.origin().scope());
        assertEquals(
                "softmax(where(real, scores, -inf), axis = -1)",
                third.origin().spans().getFirst().text());
        assertEquals(5, third.origin().spans().size(), "the expression, three calls and the iteration");
    }

    private static List<String> names(List<Model.Declaration> declarations) {
        return declarations.stream().map(Model.Declaration::name).toList();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "examples/minilm.heddle",
                "examples/minilm-packed.heddle",
                "examples/decoder.heddle",
                "examples/gpt.heddle",
                "lib/attention.heddle",
                "lib/encoder.heddle",
                "lib/decoder.heddle"
            })
    void whatShipsIsFormatted(String path) throws IOException {
        String text = Files.readString(Path.of("..", path));
        assertEquals(text, Formatter.format(new SourceFile(path, text)));
    }

    @Test
    void theDecoderGivesScoresForTheNextToken() {
        Model m = Elaborated.file("examples/decoder.heddle");
        assertEquals(1 + 5 * 9 + 1, m.weights().size());
        assertEquals("f32[B, N, 512]", m.graph().outputs().get("logits").type().toString());
    }

    @Test
    void theGptSaysWhatAllItsWeightsBeginWith() {
        Model m = Elaborated.file("examples/gpt.heddle");
        assertEquals(2 + 5 * 16 + 2, m.weights().size());
        assertTrue(m.weights().stream().allMatch(w -> w.initial().isPresent()));
        long elements = m.weights().stream()
                .mapToLong(w -> w.type().shape().size().value())
                .sum();
        assertEquals(1_057_152, elements);
        assertEquals("f32[B, N, 256]", m.graph().outputs().get("logits").type().toString());
        assertEquals("f32[]", m.graph().outputs().get("loss").type().toString());
    }
}
