package heddle.compiler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.Compiler.Fusion;
import heddle.compiler.backend.emit.EqualKernels;
import heddle.compiler.frontend.Elaborated;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.text.GraphReader;
import heddle.compiler.ir.text.GraphText;
import heddle.compiler.op.Contract;
import heddle.compiler.op.GraphCatalogue;
import heddle.compiler.op.attention.FusedAttention;
import heddle.compiler.schedule.Plan;
import heddle.compiler.tile.TileKernel;
import heddle.dsl.source.SourceFile;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nodes and kernels have names that say where they come from, and keep them. */
class StablePathsTest {
    private static final String TWO_LAYERS = """
            dim B, N
            input x: f32[B, N, 8]
            fn linear(x, name) = x @ weight "{name}" : f32[8, 8]
            fn attention(x, l) {
                let q = linear(x, "{l}.q") / sqrt(N)
                let s = q @ transpose(linear(x, "{l}.k"))
                return softmax(s) @ linear(x, "{l}.v") / 2
            }
            let y = x
            for l in 0 .. 2 { y = y + attention(y, l) }
            output y = y
            """;

    private static Compilation compiled(Graph graph, Fusion fusion) {
        return Compiler.compile(graph, fusion);
    }

    private static List<String> kernels(Graph graph, Fusion fusion) {
        return kernels(compiled(graph, fusion).plan());
    }

    private static List<String> kernels(Plan plan) {
        return Stream.concat(plan.prepare().stream(), plan.launches().stream())
                .map(TileKernel::name)
                .sorted()
                .toList();
    }

    private static List<String> paths(Graph graph, Class<?> op) {
        return graph.nodes().stream()
                .filter(n -> op.isInstance(n.op()))
                .map(Node::path)
                .toList();
    }

    /** What stands for a log-sum-exp has its path and its place in the source, and so has what it is made of. */
    @Test
    void aLogSumExpKeepsItsPath() {
        Graph graph = Elaborated.of("""
                input q: f16[4, 8]
                input k: f16[6, 8]
                let s = q @ transpose(k)
                let m = max(s, axis = -1, keepdims = true)
                output lse = m + log(sum(exp(s - m), axis = -1, keepdims = true))
                output y = softmax(s, axis = -1) @ k
                """).graph();
        Node written = graph.outputs().get("lse").node();
        Graph fused = compiled(graph, Fusion.FUSED).graph();
        Node cast = fused.outputs().get("lse").node();
        Node reshape = fused.operand(cast, 0).node();
        assertEquals(
                List.of("cast", "reshape"),
                List.of(cast.op().name(), reshape.op().name()));
        assertEquals(written.path(), cast.path());
        assertEquals(written.path() + ".reshape", reshape.path());
        assertEquals(written.origin().spans(), cast.origin().spans());
        assertEquals(written.origin().spans(), reshape.origin().spans());
    }

    @Test
    void aPathIsScopeOperationAndNumber() {
        Graph graph = Elaborated.of(TWO_LAYERS).graph();
        assertEquals(
                List.of(
                        "attention.0/linear:contract#1",
                        "attention.0/linear:contract#2",
                        "attention.0:contract#1",
                        "attention.0/linear:contract#3",
                        "attention.0:contract#2",
                        "attention.1/linear:contract#1",
                        "attention.1/linear:contract#2",
                        "attention.1:contract#1",
                        "attention.1/linear:contract#3",
                        "attention.1:contract#2"),
                paths(graph, Contract.class));
    }

    @Test
    void aFusedAttentionHasThePathOfItsSoftmax() {
        Graph fused = compiled(Elaborated.of(TWO_LAYERS).graph(), Fusion.FUSED).graph();
        assertEquals(List.of("attention.0:softmax#1", "attention.1:softmax#1"), paths(fused, FusedAttention.class));
    }

    @Test
    void aWrittenSoftmaxGivesThePathOfItsDivision() {
        String source = TWO_LAYERS.replace(
                "return softmax(s)",
                "let e = exp(s - max(s, axis = -1, keepdims = true))\n"
                        + "return (e / sum(e, axis = -1, keepdims = true))");
        Graph fused = compiled(Elaborated.of(source).graph(), Fusion.FUSED).graph();
        assertEquals(List.of("attention.0:div#2", "attention.1:div#2"), paths(fused, FusedAttention.class));
    }

    @ParameterizedTest
    @ValueSource(strings = {"examples/minilm.heddle", "examples/decoder.heddle", "examples/attention.heddle"})
    void pathsDoNotDependOnWhatIsKnownOfLengths(String file) {
        Graph open = Elaborated.file(file).graph();
        for (long length : new long[] {2, 7}) {
            Graph known = Elaborated.file(file, Map.of("B", 3L, "N", length)).graph();
            assertEquals(kernels(open, Fusion.FUSED), kernels(known, Fusion.FUSED));
            assertEquals(kernels(open, Fusion.UNFUSED), kernels(known, Fusion.UNFUSED));
        }
    }

    @Test
    void numbersMadeOfLengthsDoNotCountAmongOthers() {
        String source = "dim N\ninput x: f32[N]\noutput y = x / (1 / sqrt(N)) / 2";
        Graph open = Elaborated.of(source).graph();
        Graph known = Elaborated.of(source.replace("dim N", "let N = 9")).graph();
        assertEquals(
                open.outputs().get("y").node().path(),
                known.outputs().get("y").node().path());
    }

    @ParameterizedTest
    @ValueSource(strings = {"examples/minilm.heddle", "examples/decoder.heddle"})
    void eachNodeAndKernelHasAnother(String file) {
        Compilation compilation = compiled(Elaborated.file(file).graph(), Fusion.FUSED);
        compilation.passes().steps().forEach(step -> {
            List<String> paths = step.graph().nodes().stream().map(Node::path).toList();
            assertEquals(paths.size(), new HashSet<>(paths).size(), step.pass());
        });
        List<String> kernels = kernels(compilation.plan());
        assertEquals(kernels.size(), new HashSet<>(kernels).size());
    }

    @Test
    void textKeepsPaths() {
        Graph graph = compiled(Elaborated.file("examples/minilm.heddle").graph(), Fusion.UNFUSED)
                .graph();
        Graph back = GraphReader.read(new SourceFile("test.graph", GraphText.print(graph)), GraphCatalogue.PRIMITIVES);
        assertEquals(
                graph.nodes().stream().map(Node::path).toList(),
                back.nodes().stream().map(Node::path).toList());
    }

    @Test
    void equalKernelsOfLayersAreOneGroup() {
        Plan plan = compiled(Elaborated.of(TWO_LAYERS).graph(), Fusion.FUSED).plan();
        EqualKernels equal = EqualKernels.of(plan);
        assertEquals("attention.*:softmax#1", equal.group("attention.1:softmax#1"));
        assertEquals("attention.*/linear:contract#*", equal.group("attention.0/linear:contract#2"));
        assertEquals("no kernel", equal.group("no kernel"));
        assertTrue(
                kernels(plan).contains("attention.0/linear:contract#2"),
                kernels(plan).toString());
    }

    @Test
    void layersOfTwoKindsThatTakeTurnsAreTwoGroups() {
        String text = """
                dim N
                input x: f32[N, 8]
                input w: f32[8, 8]
                let y = x
                for layer in 0 .. 4 {
                    if layer % 2 == 0 {
                        y = y @ w
                    } else {
                        y = sigmoid(y @ w)
                    }
                }
                output z = y
                """;
        Plan plan = compiled(Elaborated.of(text).graph(), Fusion.FUSED).plan();
        EqualKernels equal = EqualKernels.of(plan);
        assertEquals(4, kernels(plan).size());
        assertEquals(2, kernels(plan).stream().map(equal::group).distinct().count());
    }
}
