package heddle.compiler.ir.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.ir.AttributeText;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.op.GraphCatalogue;
import heddle.compiler.op.ModelInvariants;
import heddle.compiler.op.RandomGraph;
import heddle.dsl.source.SourceFile;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

public class GraphTextTest {
    private static final String EVERYTHING = """
            graph tiny {
              %0 = input {name = "x"} : f32[B, N, 4]  // input#1 tiny.heddle:2:7
              %1 = weight {name = "a\\"b\\\\\\u0007"} : f32[4, 6]
              %2 = constant {values = [0.1]} : f32[]  // layer.0:number#1
              %3 = constant {values = [-inf, nan, 1.0E-5]} : f64[3]
              %4 = constant {values = [1, 0]} : bool[2]
              %5 = length {dim = B*((N + 1) div 2) - (N div 2) - 2*(N div 3)} : f32[]
              %6 = iota {length = (N + 1) div 2} : i64[(N + 1) div 2]
              %7 = contract(%0, %1) {equation = "bnk,km->bnm"} : f32[B, N, 6]  // layer.0/linear:contract#1 tiny.heddle:12:5
              %8 = mul(%7, %2) : f32[B, N, 6]
              %9 = reduce_max(%8) {axes = [1, 2], keep_dims = false} : f32[B]
              %10 = slice(%7) {starts = [0, N - 1, 5], lengths = [B, 1, 3], steps = [1, 1, -2]} : f32[B, 1, 3]
              %11 = pad(%9) {low = [0], high = [2], value = -inf} : f32[B + 2]
              %12 = cast(%11) : bf16[B + 2]
              output y = %12
              output "a name" = %10
            }
            """;

    public static Graph read(String text) {
        return GraphReader.read(new SourceFile("test.graph", text), GraphCatalogue.PRIMITIVES);
    }

    @Test
    void whatIsReadPrintsTheSame() {
        assertEquals(EVERYTHING, GraphText.print(read(EVERYTHING)));
    }

    @Test
    void commentsBetweenLinesAreSkippedAndNodesRenumbered() {
        Graph g = read("""
                // a comment
                graph "my graph" { // one more
                  // and one more
                  %7 = iota {length = 3} : i64[3]
                  output y = %7
                }
                // the last
                """);
        assertEquals("""
                graph "my graph" {
                  %0 = iota {length = 3} : i64[3]
                  output y = %0
                }
                """, GraphText.print(g));
    }

    @Test
    void nodesWithAScopeAloneAreNumbered() {
        Graph g = read("""
                graph g {
                  %0 = iota {length = 3} : i64[3]  // layer.0/f
                  %1 = iota {length = 4} : i64[4]  // layer.0/f a.heddle:3:1
                  %2 = iota {length = 5} : i64[5]  // iota#7
                }
                """);
        assertEquals(
                List.of("layer.0/f:iota#1", "layer.0/f:iota#2", "iota#7"),
                g.nodes().stream().map(Node::path).toList());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void randomGraphsComeBackAsTheyWere(long seed) {
        Graph graph = RandomGraph.of(seed, 60);
        String text = GraphText.print(graph);
        Graph back = read(text);
        assertEquals(text, GraphText.print(back), "seed " + seed);
        assertEquals(List.of(), ModelInvariants.VERIFIER.violations(back), "seed " + seed);
        for (int i = 0; i < graph.nodes().size(); i++) {
            assertEquals(graph.nodes().get(i).op(), back.nodes().get(i).op(), "seed " + seed);
        }
        assertTrue(graph.nodes().size() > 30, "seed " + seed + " gave a small graph");
        assertEquals(
                RandomGraph.run(graph, seed).keySet(),
                RandomGraph.run(back, seed).keySet());
    }

    @Test
    void stringsAreEscaped() {
        assertEquals("\"a\\\"\\\\\\n\\t\\r\\u0000é\"", AttributeText.quoted("a\"\\\n\t\r\0é"));
        assertEquals(
                "{a = [1, 2.5], b = true}", AttributeText.of(new TreeMap<>(Map.of("a", List.of(1L, 2.5), "b", true))));
    }
}
