package heddle.tests.tornado;

import static org.junit.jupiter.api.Assertions.assertEquals;

import heddle.compiler.Compiler.Fusion;
import heddle.compiler.attention.ExposeAttention;
import heddle.compiler.backend.tornado.TornadoTarget;
import heddle.runtime.Heddle;
import heddle.runtime.HeddleModel;
import heddle.runtime.tensor.Tensor;
import heddle.tests.fusion.Draw;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every operation besides functions of elements, by models of many outputs, and attention over awkward lengths. */
class OperationConformanceTest {
    private static final long SEED = 41;
    private static final Path MODELS = Path.of("src", "test", "resources", "tornado");

    @ParameterizedTest
    @ValueSource(strings = {"views", "reductions", "rows"})
    void operationsHaveTheirMeaning(String name) {
        HeddleModel model = Heddle.model(MODELS.resolve(name + ".heddle"));
        // Kernels without products are the same on all devices.
        check(model, Fusion.FUSED, TornadoTarget.GPU, Map.of("N", 19L, "M", 37L));
        check(model, Fusion.UNFUSED, TornadoTarget.GPU, Map.of("N", 3L, "M", 5L));
    }

    /** Functions of the language that stand for several operations. */
    @ParameterizedTest
    @ValueSource(strings = {"updates", "windows", "order"})
    void functionsHaveTheirMeaning(String name) {
        HeddleModel model = Heddle.model(Path.of("src", "test", "resources", "fusion", "none", name + ".heddle"));
        check(model, Fusion.FUSED, TornadoTarget.GPU, Map.of("B", 2L, "N", 9L, "M", 5L));
        check(model, Fusion.UNFUSED, TornadoTarget.GPU, Map.of("B", 1L, "N", 1L, "M", 3L));
    }

    @Test
    void productsHaveTheirMeaning() {
        HeddleModel model = Heddle.model(MODELS.resolve("products.heddle"));
        check(model, Fusion.FUSED, TornadoTarget.GPU, Map.of("N", 67L, "M", 33L));
        check(model, Fusion.FUSED, TornadoTarget.CPU, Map.of("N", 67L, "M", 33L));
        check(model, Fusion.UNFUSED, TornadoTarget.CPU, Map.of("N", 1L, "M", 3L));
    }

    @Test
    void namesOfTensorsAreFree() {
        HeddleModel model = Heddle.model(MODELS.resolve("names.heddle"));
        check(model, Fusion.UNFUSED, TornadoTarget.GPU, Map.of("N", 5L, "M", 37L));
    }

    private static void check(HeddleModel model, Fusion fusion, TornadoTarget limits, Map<String, Long> lengths) {
        Conformance.of(model.declaration().graph(), fusion, limits, Draw.USUAL.weights(model, Map.of(), SEED))
                .check(Draw.USUAL.inputs(model, lengths, SEED), lengths, "lengths " + lengths + ", seed " + SEED);
    }

    @ParameterizedTest
    @ValueSource(longs = {5, 80})
    void attentionHasItsMeaning(long features) {
        long values = features == 80 ? 48 : features;
        HeddleModel model = Heddle.model(MODELS.resolve("attention.heddle"), Map.of("D", features, "E", values));
        for (TornadoTarget limits : List.of(TornadoTarget.GPU, TornadoTarget.CPU)) {
            Conformance device = Conformance.of(model.declaration().graph(), Fusion.FUSED, limits, Map.of());
            check(model, device, Draw.USUAL, 1, 1);
            check(model, device, Draw.USUAL, 67, 31);
            check(model, device, Draw.MASKED, 15, 33);
        }
    }

    /** Operands come into local memory in slices; columns of the result that are too many have groups of their own. */
    @ParameterizedTest
    @CsvSource({
        "heads-double, 256, 256",
        "heads, 512, 512",
        "heads, 576, 512",
        "heads, 521, 40",
        "heads, 1024, 1024",
        "heads, 2048, 2048"
    })
    void attentionOfLargeHeadsHasItsMeaning(String name, long features, long values) {
        HeddleModel model = Heddle.model(MODELS.resolve(name + ".heddle"), Map.of("D", features, "E", values));
        for (TornadoTarget limits : List.of(TornadoTarget.GPU, TornadoTarget.CPU)) {
            Conformance device = Conformance.of(model.declaration().graph(), Fusion.FUSED, limits, Map.of());
            check(model, device, Draw.USUAL, 3, 5);
            if (features <= 1024 || Conformance.takesAll()) {
                check(model, device, Draw.MASKED, 17, 33);
            }
        }
    }

    /** The log-sum-exp is the same in all groups that share the columns of a result; one of them stores it. */
    @Test
    void logSumExpOfLargeHeadsHasItsMeaning() {
        HeddleModel model = Heddle.model(MODELS.resolve("self-attention.heddle"), Map.of("D", 1040L));
        ExposeAttention.Exposed exposed =
                ExposeAttention.in(model.compilation(Fusion.FUSED).graph()).orElseThrow();
        Map<String, Tensor> weights = Draw.USUAL.weights(model, Map.of(), SEED);
        Map<String, Long> lengths = Map.of("N", 17L);
        for (TornadoTarget limits : List.of(TornadoTarget.GPU, TornadoTarget.CPU)) {
            Conformance.ofFused(exposed.graph(), limits, weights)
                    .check(Draw.USUAL.inputs(model, lengths, SEED), lengths, lengths + ", seed " + SEED);
        }
    }

    /** Probabilities are computed from the log-sum-exp that the attention of each layer stores. */
    @ParameterizedTest
    @EnumSource(names = {"USUAL", "MASKED"})
    void logSumExpHasItsMeaning(Draw draw) {
        HeddleModel model = Heddle.model(MODELS.resolve("layers.heddle"));
        ExposeAttention.Exposed exposed =
                ExposeAttention.in(model.compilation(Fusion.FUSED).graph()).orElseThrow();
        assertEquals(3, exposed.layers().size());
        Map<String, Tensor> weights = draw.weights(model, Map.of(), SEED);
        for (TornadoTarget limits : List.of(TornadoTarget.GPU, TornadoTarget.CPU)) {
            Conformance device = Conformance.ofFused(exposed.graph(), limits, weights);
            for (long n : new long[] {3, 37}) {
                Map<String, Long> lengths = Map.of("B", 2L, "N", n);
                device.check(draw.inputs(model, lengths, SEED), lengths, draw + " " + lengths + ", seed " + SEED);
            }
        }
    }

    private static void check(HeddleModel model, Conformance device, Draw draw, long queries, long keys) {
        Map<String, Long> lengths = Map.of("N", queries, "M", keys);
        device.check(draw.inputs(model, lengths, SEED), lengths, draw + " " + lengths + ", seed " + SEED);
    }
}
