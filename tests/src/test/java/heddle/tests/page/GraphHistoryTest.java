package heddle.tests.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.cli.page.Inspected;
import heddle.compiler.Compiler.Fusion;
import heddle.compiler.inspect.GraphHistory;
import heddle.compiler.inspect.HistoryNode;
import heddle.compiler.inspect.NodeScope;
import heddle.runtime.Heddle;
import heddle.runtime.HeddleModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A graph through all passes: which nodes are the same, which stand for which, and what is equal. */
class GraphHistoryTest {
    @TempDir
    Path folder;

    private static final String LAYERS = """
            model Layers
            dim N
            input x: f32[N, 8]
            fn twice(y, l) = exp(y) * 2.0
            fn layer(y, l) {
                let a = twice(y, l)
                let b = twice(a, l)
                if l == 2 {
                    return b + 1.0
                }
                return b + y
            }
            let z = x
            for l in 0 .. 4 {
                z = layer(z, l)
            }
            output o = z
            """;

    private Inspected inspected(String model) throws IOException {
        Path file = folder.resolve("model.heddle");
        Files.writeString(file, model);
        return Pages.inspected(file, Map.of());
    }

    @Test
    void eachStageHasTheNodesOfItsGraph() {
        GraphHistory history = Pages.inspected(Pages.MINILM, Pages.SENTENCE).history();
        for (int stage = 0; stage < history.stages().size(); stage++) {
            int now = stage;
            assertEquals(
                    history.stages().get(stage).graph().nodes().size(),
                    history.nodes().stream().filter(n -> n.alive().get(now)).count(),
                    history.stages().get(stage).name());
        }
        for (HistoryNode node : history.nodes()) {
            node.versions()
                    .forEach(v -> v.operands()
                            .forEach(o -> assertTrue(
                                    history.nodes().get(o.node()).alive().get(v.stage()),
                                    "an operand is there when it is read")));
        }
    }

    @Test
    void whatAPassMakesStandsForWhatItWasMadeOf() {
        GraphHistory history = Pages.inspected(Pages.MINILM, Pages.SENTENCE).history();
        List<HistoryNode> attentions = history.nodes().stream()
                .filter(n -> n.op().name().equals("attention"))
                .toList();
        assertEquals(6, attentions.size());
        for (HistoryNode attention : attentions) {
            HistoryNode.Made made = attention.made().orElseThrow();
            assertEquals("fuse-attention", made.rule());
            assertFalse(made.from().isEmpty());
        }
    }

    @Test
    void equalLayersAreEqualAndTheOddOneIsNot() throws IOException {
        List<NodeScope> layers = inspected(LAYERS).tree().scopes().stream()
                .filter(s -> s.path().matches("layer\\.\\d"))
                .toList();
        assertEquals(4, layers.size());
        assertEquals(layers.get(0).id(), layers.get(1).like());
        assertEquals(layers.get(2).id(), layers.get(2).like(), "the third adds one");
        assertEquals(layers.get(0).id(), layers.get(3).like());
    }

    @Test
    void twoCallsOfAFunctionAreTwoScopes() throws IOException {
        List<String> paths = inspected(LAYERS).tree().scopes().stream()
                .map(NodeScope::path)
                .filter(p -> p.startsWith("layer.1"))
                .toList();
        assertEquals(List.of("layer.1", "layer.1/twice", "layer.1/twice#2"), paths);
    }

    @Test
    void rowsFollowTheData() throws IOException {
        Inspected in = inspected(LAYERS);
        TreeSet<Integer> ranks = new TreeSet<>();
        in.tree().scopes().stream()
                .filter(s -> s.path().matches("layer\\.\\d"))
                .forEach(s -> ranks.add(in.ranks().rank(s)));
        assertEquals(4, ranks.size(), "one row below the other");
        assertEquals(ranks.first() + 3, ranks.last());
    }

    @Test
    void theBackwardPassHasAScopeOfItsOwn() throws IOException {
        Path file = folder.resolve("loss.heddle");
        Files.writeString(
                file, "model Loss\ndim N\ninput x: f32[N]\nfn square(y) = y * y\noutput loss = sum(square(x))\n");
        HeddleModel model = Heddle.model(file, Map.of()).withGradients(Optional.of("loss"), List.of("x"));
        Inspected in = Inspected.of(model, model.compilation(Fusion.FUSED), "jvm", Map.of());
        assertTrue(
                in.tree().scopes().stream().anyMatch(s -> s.path().equals("backward")),
                in.tree().scopes().stream().map(NodeScope::path).toList().toString());
    }

    @Test
    void everyKernelOfTheRunHasNodes() {
        Inspected in = Pages.inspected(Pages.MINILM, Pages.SENTENCE);
        in.compilation().schedule().launches().forEach(l -> {
            // A table of blocks is for an attention, and computes no node.
            assertEquals(
                    l.name().matches(".*\\.blocks\\d*"), l.computes().nodes().isEmpty(), l.name());
            l.computes().nodes().forEach(n -> assertTrue(in.history().find(n).isPresent(), l.name()));
        });
    }
}
