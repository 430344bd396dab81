package heddle.tests.fusion;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import heddle.compiler.Compiler;
import heddle.compiler.Compiler.Fusion;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.NdArray;
import heddle.compiler.ir.text.GraphReader;
import heddle.compiler.ir.text.GraphText;
import heddle.compiler.layout.FoldLayout;
import heddle.compiler.op.GraphCatalogue;
import heddle.compiler.op.attention.AttentionDefinition;
import heddle.compiler.op.attention.FusedAttention;
import heddle.dsl.source.SourceFile;
import heddle.tests.gradient.BackwardGraph;
import heddle.tests.gradient.CentralDifferences;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The gradients of every attention of the corpus, by each tensor of floats that it reads, against central differences. */
class CorpusGradientTest {
    private static final List<Map<String, Long>> SHAPES = Stream.of("B=1 N=1 M=1", "B=2 N=5 M=3", "B=1 N=4 M=7")
            .map(CorpusFile::lengths)
            .toList();

    /** Those whose queries are read at indexes that are computed, or at every second one. */
    private static final Set<String> DECLINED = Set.of("difference-of-heads", "layout-scores-picked");

    private static int directions;
    private static int kinks;

    static List<String> fuses() {
        return CorpusFile.names("fuses");
    }

    @AfterAll
    static void hasFewKinks() {
        assertTrue(kinks <= 0.05 * directions, kinks + " of " + directions + " directions met a kink");
    }

    @Execution(CONCURRENT)
    @ParameterizedTest
    @MethodSource("fuses")
    void gradients(String name) {
        CorpusFile file = CorpusFile.read(name);
        for (FusedAttention attention : attentions(file)) {
            BackwardGraph backward;
            try {
                backward = BackwardGraph.of(attention);
            } catch (IllegalArgumentException e) {
                assertTrue(DECLINED.contains(name.replace("fuses/", "")), name + ": " + e.getMessage());
                continue;
            }
            assertReadsBack(backward.graph());
            if (attention.definition().term() != 0) {
                continue; // The shift beside the term is stopped here, and not in the forward: AttentionGradientTest.
            }
            for (Map<String, Long> lengths : file.shapes(SHAPES)) {
                check(name, backward, lengths);
            }
        }
    }

    /** What the products read are tensors of the graph, layout not yet folded. */
    private static List<FusedAttention> attentions(CorpusFile file) {
        Graph graph = Compiler.compile(file.model().declaration().graph(), Fusion.FUSED)
                .passes()
                .before(FoldLayout.NAME)
                .orElseThrow();
        List<FusedAttention> attentions = new ArrayList<>();
        graph.nodes().forEach(n -> {
            if (n.op() instanceof FusedAttention a) {
                attentions.add(a);
            }
        });
        return attentions;
    }

    private static void assertReadsBack(Graph graph) {
        String text = GraphText.print(graph);
        Graph again = GraphReader.read(new SourceFile("backward.graph", text), GraphCatalogue.PRIMITIVES);
        assertTrue(text.equals(GraphText.print(again)), text);
    }

    private static void check(String name, BackwardGraph backward, Map<String, Long> lengths) {
        long seed = name.hashCode();
        Map<String, NdArray> inputs = backward.draw(lengths, 1, seed);
        Map<String, NdArray> outputs = backward.folded().run(inputs, lengths);
        CentralDifferences differences = new CentralDifferences(x -> backward.loss(x, lengths), inputs, seed);
        AttentionDefinition a = backward.op().definition();
        String place = name + ", lengths " + lengths + ", seed " + seed + ", score " + a.score() + "\n"
                + GraphText.print(backward.graph());
        for (int slot : backward.differentiated()) {
            differences.check("x" + slot, outputs.get("grad" + slot), place);
        }
        directions += differences.directions();
        kinks += differences.kinks();
    }
}
