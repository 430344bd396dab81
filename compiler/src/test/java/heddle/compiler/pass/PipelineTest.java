package heddle.compiler.pass;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.InvalidGraph;
import heddle.compiler.ir.NdArray;
import heddle.compiler.ir.Origin;
import heddle.compiler.ir.Pass;
import heddle.compiler.ir.text.GraphText;
import heddle.compiler.op.Input;
import heddle.compiler.op.RandomGraph;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.TensorType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PipelineTest {
    private static final Pipeline SIMPLE = new Pipeline(List.of(
            new RemoveIdentities(), new FoldConstants(), new EliminateCommonSubexpressions(), new EliminateDeadCode()));

    private static final int GRAPHS = 150;

    @Test
    void simplePassesKeepTheMeaningOfRandomGraphs() {
        Pipeline exact = SIMPLE.without(Set.of("fold-constants"));
        for (long seed = 0; seed < GRAPHS; seed++) {
            Graph graph = RandomGraph.of(seed, 40);
            assertSame(graph, exact.run(graph).graph(), seed, 0);
            // Folding rounds to the type of each constant, bf16 at the coarsest, where the interpreter keeps a double.
            assertSame(graph, SIMPLE.run(graph).graph(), seed, 0x1p-6);
        }
    }

    @Test
    void boundGraphsMeanTheSame() {
        Map<String, Dim> lengths = new HashMap<>();
        RandomGraph.lengths().forEach((name, length) -> lengths.put(name, Dim.of(length)));
        for (long seed = 0; seed < GRAPHS; seed++) {
            Graph graph = RandomGraph.of(seed, 40);
            Graph bound =
                    new Pipeline(List.of(new BindLengths(lengths))).run(graph).graph();
            assertSame(graph, bound, seed, 0);
            assertTrue(bound.nodes().stream().allMatch(n -> n.type().shape().isKnown()), "seed " + seed);
        }
    }

    private static void assertSame(Graph before, Graph after, long seed, double relative) {
        Map<String, NdArray> expected = RandomGraph.run(before, seed);
        Map<String, NdArray> actual = RandomGraph.run(after, seed);
        assertEquals(expected.keySet(), actual.keySet(), "seed " + seed);
        expected.forEach((name, array) -> {
            String where = "seed " + seed + " " + name;
            assertEquals(array.type(), actual.get(name).type(), where);
            double[] x = array.data();
            double[] y = actual.get(name).data();
            for (int i = 0; i < x.length; i++) {
                if (Double.compare(x[i], y[i]) != 0) {
                    assertEquals(x[i], y[i], relative * Math.max(1, Math.abs(x[i])), where + " element " + i);
                }
            }
        });
    }

    @Test
    void simplePassesAreDoneAfterOneRound() {
        for (long seed = 0; seed < GRAPHS; seed++) {
            Graph once = SIMPLE.run(RandomGraph.of(seed, 40)).graph();
            assertTrue(SIMPLE.run(once).graph().nodes().size() <= once.nodes().size(), "seed " + seed);
        }
    }

    @Test
    void stepsAreNamedAndCanBeLeftOutAndLookedAt() {
        Graph graph = GraphTexts.graph("""
                %0 = length {dim = 4} : f32[]
                %1 = length {dim = 5} : f32[]
                output y = %1
                """);
        Pipeline.Result result = SIMPLE.run(graph);
        assertEquals(
                SIMPLE.names(), result.steps().stream().map(Pipeline.Step::pass).toList());
        assertEquals(2, result.after("fold-constants").orElseThrow().nodes().size());
        assertEquals(1, result.graph().nodes().size());
        assertEquals(Optional.empty(), result.after("fuse"));

        Pipeline shorter = SIMPLE.without(Set.of("fold-constants"));
        assertEquals(3, shorter.names().size());
        assertEquals("""
                graph g {
                  %0 = length {dim = 5} : f32[]
                  output y = %0
                }
                """, GraphText.print(shorter.run(graph).graph()));
    }

    @Test
    void passesThatRunMoreThanOnceAreNumbered() {
        Pipeline twice = new Pipeline(List.of(new FoldConstants(), new EliminateDeadCode(), new FoldConstants()));
        assertEquals(List.of("fold-constants#1", "eliminate-dead-code", "fold-constants#2"), twice.names());
        Graph graph = GraphTexts.graph("""
                %0 = length {dim = 4} : f32[]
                %1 = length {dim = 5} : f32[]
                output y = %1
                """);
        Pipeline.Result result = twice.run(graph);
        assertEquals(2, result.after("fold-constants#1").orElseThrow().nodes().size());
        assertEquals(1, result.after("fold-constants").orElseThrow().nodes().size(), "the last of that name");
        assertEquals(1, result.before("fold-constants#2").orElseThrow().nodes().size());
        assertEquals(Optional.empty(), result.after("fold-constants#3"));
        assertEquals(
                List.of("eliminate-dead-code"),
                twice.without(Set.of("fold-constants")).names());
    }

    @Test
    void aPassThatBreaksAnInvariantIsNamed() {
        Pass broken = new Pass() {
            @Override
            public String name() {
                return "double-inputs";
            }

            @Override
            public Graph run(Graph graph) {
                Graph.Builder out = new Graph.Builder("g");
                Input x = new Input("x", TensorType.scalar(DType.F32));
                out.output("y", out.value(x, Origin.NONE));
                out.output("z", out.value(x, Origin.NONE));
                return out.build();
            }
        };
        Pipeline pipeline = new Pipeline(List.of(broken));
        InvalidGraph e = assertThrows(InvalidGraph.class, () -> pipeline.run(new Graph.Builder("g").build()));
        assertEquals(
                "after double-inputs the graph g is not valid:\n  an input stands once: input x stands twice",
                e.getMessage());
    }
}
