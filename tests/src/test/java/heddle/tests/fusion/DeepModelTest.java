package heddle.tests.fusion;

import static org.junit.jupiter.api.Assertions.assertEquals;

import heddle.compiler.Compilation;
import heddle.compiler.Compiler;
import heddle.compiler.Compiler.Fusion;
import heddle.compiler.frontend.Frontend;
import heddle.dsl.parse.Parser;
import heddle.dsl.source.SourceFile;
import heddle.runtime.SourceReader;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A decoder of 96 layers: every attention is fused, and what is made of a model grows with its layers alone. */
class DeepModelTest {
    private static final String MODEL = """
            import "decoder.heddle"
            dim B, N
            input ids: i64[B, N]
            let x = embed(ids, weight "embedding" : f32[100, 64])
            for l in 0 .. LAYERS { x = decoder_layer(x, iota(N), "layer.{l}", 4, 2, 128) }
            output o = x
            """;

    private record Size(int attentions, int nodes, int kernels, int prepared) {
        static Size of(int layers) {
            SourceFile file = new SourceFile("deep.heddle", MODEL.replace("LAYERS", "" + layers));
            var model = Frontend.elaborate(Parser.parse(file).orThrow(), SourceReader::imported);
            Compilation c = Compiler.compile(model.graph(), Fusion.FUSED);
            assertEquals(List.of(), c.report().declined());
            return new Size(
                    c.report().fused().size(),
                    c.graph().nodes().size(),
                    c.plan().launches().size(),
                    c.plan().prepare().size());
        }

        Size plus(int times, Size more) {
            return new Size(
                    attentions + times * more.attentions,
                    nodes + times * more.nodes,
                    kernels + times * more.kernels,
                    prepared + times * more.prepared);
        }
    }

    @Test
    void growsLinearly() {
        Size two = Size.of(2);
        Size layer = Size.of(3).plus(-1, two);
        assertEquals(1, layer.attentions);
        assertEquals(two.plus(94, layer), Size.of(96));
    }
}
