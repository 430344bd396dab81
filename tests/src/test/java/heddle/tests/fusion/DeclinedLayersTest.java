package heddle.tests.fusion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.Compilation;
import heddle.compiler.Compiler;
import heddle.compiler.Compiler.Fusion;
import heddle.compiler.frontend.Frontend;
import heddle.compiler.report.FusionReport;
import heddle.dsl.parse.Parser;
import heddle.dsl.source.SourceFile;
import heddle.runtime.SourceReader;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Deep residual models whose attention is not fused: each layer is reported, and the search for reasons goes through
 * the model once, though the ways through it double with every layer.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DeclinedLayersTest {
    private static final int LAYERS = 96;

    private static final String START = """
            dim B, N
            fn heads(x, name) = transpose(split_axis(x @ weight "{name}" : f32[64, 64], -1, [4, 16]), 1, 2)
            input tokens: f32[B, N, 64]
            let x = tokens
            """;

    private static final String LAYER = """
            let n# = layer_norm(x)
            let s# = heads(n#, "q#") @ transpose(heads(n#, "k#")) / 4
            let p# = PROBABILITIES
            x = x + merge_axes(transpose(p# @ heads(n#, "v#"), 1, 2), -2, -1) @ weight "o#" : f32[64, 64]
            x = x + gelu(layer_norm(x) @ weight "up#" : f32[64, 128]) @ weight "down#" : f32[128, 64]
            """;

    private static String model(String probabilities, String end) {
        String layer = LAYER.replace("PROBABILITIES", probabilities) + end;
        return IntStream.range(0, LAYERS)
                .mapToObj(l -> layer.replace("#", "" + l))
                .collect(Collectors.joining("\n", START, "\noutput o = x\n"));
    }

    private static FusionReport report(String source) {
        SourceFile file = new SourceFile("deep.heddle", source);
        var model = Frontend.elaborate(Parser.parse(file).orThrow(), SourceReader::imported);
        Compilation c = Compiler.compile(model.graph(), Fusion.FUSED);
        assertEquals(c.report().declined(), c.explain(Map.of()).declined());
        return c.report();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            einsum("bhij,hg->bgij", softmax(s#, axis = -1), weight "m#" : f32[4, 4]) | several heads
            softmax(einsum("bhij,hg->bgij", s#, weight "m#" : f32[4, 4]), axis = -1) | several heads
            softmax(softmax(s#, axis = -1), axis = -1)                               | softmax of a softmax
            relu(s#)                                                                 | where attention has its softmax
            """)
    void isReportedLayerByLayer(String probabilities, String reason) {
        assertEachIsDeclined(report(model(probabilities, "")), reason);
    }

    @Test
    void isReportedForOutputs() {
        String model = model("softmax(s#, axis = -1)", "output probabilities# = p#");
        assertEachIsDeclined(report(model), "are an output of the model");
    }

    /** Scores that are passed on from layer to layer are sums of ever more products. */
    @Test
    void isReportedForScoresThatArePassedOn() {
        FusionReport report = report("""
                dim B, N
                input q: f32[B, 4, N, 16]
                input k: f32[B, 4, N, 16]
                let s = q @ transpose(k)
                let x = q
                for l in 0 .. LAYERS {
                    x = softmax(s, axis = -1) @ x
                    s = s + x @ transpose(k)
                }
                output o = x
                output last = s
                """.replace("LAYERS", "" + LAYERS));
        assertEquals(LAYERS, report.total());
    }

    private static void assertEachIsDeclined(FusionReport report, String reason) {
        assertEquals(0, report.fused().size());
        assertEquals(LAYERS, report.declined().size());
        report.declined().forEach(d -> assertTrue(d.reason().contains(reason), d::reason));
    }
}
