package heddle.compiler.frontend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.ir.Node;
import heddle.compiler.op.Softmax;
import java.util.List;
import org.junit.jupiter.api.Test;

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
}
