package heddle.compiler.pass;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Pass;
import heddle.compiler.ir.text.GraphReader;
import heddle.compiler.ir.text.GraphText;
import heddle.compiler.op.GraphCatalogue;
import heddle.compiler.op.ModelInvariants;
import heddle.dsl.source.SourceFile;
import java.util.List;
import org.junit.jupiter.api.Assertions;

/** How a pass' test speaks: a graph before, and the graph after or that nothing happens. */
final class GraphTexts {
    private GraphTexts() {}

    /** The graph with these nodes and outputs. */
    static Graph graph(String body) {
        return GraphReader.read(new SourceFile("test.graph", "graph g {\n" + body + "}\n"), GraphCatalogue.PRIMITIVES);
    }

    static void assertBecomes(Pass pass, String before, String after) {
        Graph result = pass.run(graph(before));
        Assertions.assertEquals(GraphText.print(graph(after)), GraphText.print(result));
        Assertions.assertEquals(List.of(), ModelInvariants.VERIFIER.violations(result));
    }

    static void assertDoesNotFire(Pass pass, String before) {
        assertBecomes(pass, before, before);
    }
}
