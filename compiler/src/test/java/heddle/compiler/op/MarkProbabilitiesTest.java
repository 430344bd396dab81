package heddle.compiler.op;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.text.GraphReader;
import heddle.compiler.ir.text.GraphText;
import heddle.compiler.scalar.Annihilating;
import heddle.dsl.source.SourceFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MarkProbabilitiesTest {
    private static Graph graph(String probabilities, String product) {
        return GraphReader.read(
                new SourceFile("test.graph", """
                graph g {
                %%0 = input {name = "s"} : f32[N, N]
                %%1 = input {name = "x"} : f32[N, N]
                %%2 = constant {values = [0.0]} : f32[]
                %%3 = input {name = "c"} : bool[N, N]
                %%4 = softmax(%%0) {axis = 1} : f32[N, N]
                %%5 = %s
                %%6 = %s : f32[N, N]
                output y = %%6
                }
                """.formatted(probabilities, product)), GraphCatalogue.PRIMITIVES);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mul(%1, %4) : f32[N, N]",
                "div(%4, %1) : f32[N, N]",
                "select(%3, %4, %2) : f32[N, N]",
                "permute(%4) {order = [1, 0]} : f32[N, N]",
                "max(%2, %4) : f32[N, N]",
                "sqrt(%4) : f32[N, N]"
            })
    void marksWhatIsZeroForZeros(String probabilities) {
        Graph marked = new MarkProbabilities().run(graph(probabilities, "contract(%5, %1) {equation = \"ab,bc->ac\"}"));
        assertEquals(
                GraphText.print(
                        graph(probabilities, "contract(%5, %1) {equation = \"ab,bc->ac\", annihilating = \"left\"}")),
                GraphText.print(marked));
        assertSame(marked, new MarkProbabilities().run(marked), "once is enough");
    }

    /** Equal probabilities have a difference of zero, but their keys have weight. */
    @Test
    void multipliesTheTermsOfADifferenceOneByOne() {
        Graph marked = new MarkProbabilities()
                .run(graph("sub(%4, %4) : f32[N, N]", "contract(%5, %1) {equation = \"ab,bc->ac\"}"));
        assertEquals(
                2,
                marked.nodes().stream()
                        .filter(n -> n.op() instanceof Contract c && c.zeros() == Annihilating.LEFT)
                        .filter(n -> marked.operand(n, 0).node().op() instanceof Softmax)
                        .count(),
                () -> GraphText.print(marked));
        assertSame(marked, new MarkProbabilities().run(marked), "once is enough");
    }

    @Test
    void marksEitherSide() {
        String permuted = "permute(%4) {order = [1, 0]} : f32[N, N]";
        assertEquals(
                GraphText.print(
                        graph(permuted, "contract(%1, %5) {equation = \"ab,bc->ac\", annihilating = \"right\"}")),
                GraphText.print(
                        new MarkProbabilities().run(graph(permuted, "contract(%1, %5) {equation = \"ab,bc->ac\"}"))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "div(%1, %4) : f32[N, N]",
                "add(%1, %4) : f32[N, N]",
                "select(%3, %4, %1) : f32[N, N]",
                "exp(%4) : f32[N, N]",
                "neg(%1) : f32[N, N]"
            })
    void leavesOtherProducts(String factor) {
        Graph graph = graph(factor, "contract(%5, %1) {equation = \"ab,bc->ac\"}");
        assertSame(graph, new MarkProbabilities().run(graph));
    }
}
