package heddle.tests.tornado;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import heddle.compiler.Compiler.Fusion;
import heddle.compiler.backend.tornado.DevicePolicy;
import heddle.compiler.backend.tornado.TornadoTarget;
import heddle.compiler.backend.tornado.host.DeviceMemory;
import heddle.compiler.backend.tornado.host.TornadoSource;
import heddle.compiler.backend.tornado.host.TornadoWriter;
import heddle.compiler.schedule.Plan;
import heddle.runtime.Heddle;
import heddle.runtime.HeddleModel;
import heddle.tests.fusion.Draw;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Products as tasks of cuBLAS: which they are, and that results are the same. */
class LibraryTaskTest {
    private static final long SEED = 43;
    private static final Path MODELS = Path.of("src", "test", "resources", "tornado");
    private static final TornadoTarget LIBRARY = TornadoTarget.GPU.withLibraryTasks(true);

    @BeforeEach
    void needsCuBlas() {
        assumeTrue(TestDevice.callsLibraries(), "the device is not NVIDIA's");
    }

    @ParameterizedTest
    @CsvSource({
        "library, FUSED, 67, 33",
        "library, UNFUSED, 5, 3",
        "library, FUSED, 1, 1",
        "library, FUSED, 0, 3",
        "library, FUSED, 3, 0",
        "products, FUSED, 67, 33",
        "products, UNFUSED, 1, 3",
        "library-alone, FUSED, 7, 0",
        "layer, FUSED, 19, 0",
        "layer, UNFUSED, 3, 0"
    })
    void resultsAreTheSame(String name, Fusion fusion, long n, long m) {
        HeddleModel model = model(name);
        Map<String, Long> lengths = new TreeMap<>(Map.of("N", n, "M", m));
        lengths.keySet().retainAll(plan(name, fusion, LIBRARY).lengths());
        Conformance.of(model.declaration().graph(), fusion, LIBRARY, Draw.USUAL.weights(model, Map.of(), SEED))
                .check(Draw.USUAL.inputs(model, lengths, SEED), lengths, "lengths " + lengths + ", seed " + SEED);
    }

    @Test
    void everyProductIsACallOrSaysWhyNot() {
        Map<String, String> expected = new TreeMap<>();
        List.of("rows", "linear_sums", "broadcast", "mlp_sums", "rounded_sums", "vector", "scalar")
                .forEach(buffer -> expected.put(buffer, "cublasSgemm"));
        List.of("batched", "gram", "heads", "context")
                .forEach(buffer -> expected.put(buffer, "cublasSgemmStridedBatched"));
        expected.put("batches", "no one stride leads from each product of the batch to the next");
        expected.put("part", "an operand does not begin where its array does");
        expected.put("doubles", "it is summed in f64");
        assertEquals(expected, products("library", Fusion.FUSED));
    }

    @Test
    void aLayerIsOfCallsButForAttention() {
        Map<String, String> products = products("layer", Fusion.FUSED);
        assertEquals(6, products.size());
        assertEquals(Set.of("cublasSgemm"), Set.copyOf(products.values()));
        assertEquals(1, tasks("layer", "attention").size());
        TornadoSource.Work work = tasks("layer", "attention").getFirst().work();
        assertTrue(
                work instanceof TornadoSource.KernelLaunch launch
                        && launch.notLibrary().orElse("").contains("cuDNN"),
                work::toString);
    }

    private static List<TornadoSource.Task> tasks(String name, String family) {
        return source(name, Fusion.FUSED, LIBRARY).tasks().stream()
                .filter(t -> t.kernel().family().equals(family))
                .toList();
    }

    @Test
    void nothingIsLeftToLibrariesUnlessAskedFor() {
        TornadoSource source = source("library", Fusion.FUSED, TornadoTarget.GPU);
        assertFalse(source.callsLibraries() || source.text().contains("cublas"), source.text());
    }

    @Test
    void memoryCountsTheSums() {
        Plan plan = plan("layer", Fusion.FUSED, LIBRARY);
        Map<String, Long> lengths = Map.of("N", 100L);
        TornadoSource source = new TornadoWriter(LIBRARY).write(plan);
        assertEquals(source.deviceBytes(lengths), DeviceMemory.of(plan, lengths).total());
        assertTrue(DeviceMemory.of(plan, lengths).total()
                > DeviceMemory.of(plan("layer", Fusion.FUSED, TornadoTarget.GPU), lengths)
                        .total());
    }

    /** For each product, by the buffer it writes, the function that computes it or why there is none. */
    private static Map<String, String> products(String name, Fusion fusion) {
        Map<String, String> found = new TreeMap<>();
        for (TornadoSource.Task task : source(name, fusion, LIBRARY).tasks()) {
            if (task.kernel().family().equals("contraction")) {
                String buffer = task.kernel().writes().getFirst().name();
                found.put(
                        buffer,
                        switch (task.work()) {
                            case TornadoSource.LibraryCall call -> call.function();
                            case TornadoSource.KernelLaunch launch ->
                                launch.notLibrary().orElse("");
                        });
            }
        }
        return found;
    }

    private static TornadoSource source(String name, Fusion fusion, TornadoTarget limits) {
        return new TornadoWriter(limits).write(plan(name, fusion, limits));
    }

    private static Plan plan(String name, Fusion fusion, TornadoTarget limits) {
        return model(name).compilation(fusion, new DevicePolicy(limits)).plan();
    }

    private static HeddleModel model(String name) {
        return Heddle.model(MODELS.resolve(name + ".heddle"));
    }
}
