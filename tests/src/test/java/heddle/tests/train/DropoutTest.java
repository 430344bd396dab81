package heddle.tests.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.Compilation;
import heddle.compiler.Compiler;
import heddle.compiler.Compiler.Fusion;
import heddle.compiler.backend.tornado.TornadoTarget;
import heddle.compiler.frontend.Frontend;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.NdArray;
import heddle.compiler.op.Dropout;
import heddle.compiler.op.Input;
import heddle.compiler.op.Interpreter;
import heddle.compiler.pass.SeedDropouts;
import heddle.compiler.scalar.Philox;
import heddle.dsl.parse.Parser;
import heddle.dsl.source.SourceFile;
import heddle.runtime.SourceReader;
import heddle.runtime.jvm.JvmOptions;
import heddle.runtime.jvm.JvmPlatform;
import heddle.runtime.jvm.JvmProgram;
import heddle.runtime.tensor.Tensor;
import heddle.runtime.verify.Comparison;
import heddle.runtime.verify.Reference;
import heddle.runtime.verify.Tolerance;
import heddle.tests.tornado.Conformance;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Dropout in training drops the same elements in the reference and in every form of the kernels. */
class DropoutTest {
    private static final long SEED = 20260726;
    private static final long WORD = 0xFFFFFFFFL;

    private static final String ELEMENTWISE = """
            dim B, N
            input x: f32[B, N, 37]
            input w: f32[37, 19]
            output same = dropout(x, 0.25)
            output other = dropout(x, 0.25) + dropout(x, 0.25)
            output seen_through_views = transpose(dropout(reshape(x * 2.0, [N, B * 37]), 0.5))
            output product = dropout(x, 0.1) @ w
            output epilogue = dropout(x @ w, 0.1) * 2.0
            output scalar = dropout(sum(x), 0.5)
            """;

    private static final String ATTENTION = """
            dim N, M
            input q: f32[2, 3, N, 16]
            input k: f32[2, 3, M, 16]
            input v: f32[2, 3, M, 16]
            let p = dropout(softmax(q @ transpose(k) / sqrt(16), axis = -1), 0.3)
            output y = dropout(p @ v, 0.2)
            """;

    @TempDir
    static Path classes;

    @Test
    void elementsAreTheSameEverywhere() {
        for (long n : new long[] {1, 16, 33}) {
            check(ELEMENTWISE, Map.of("B", 2L, "N", n));
        }
    }

    @Test
    void probabilitiesOfFusedAttentionAreTheSameEverywhere() {
        Compilation compilation = Compiler.compile(training(ATTENTION), Fusion.FUSED);
        assertEquals(
                1, compilation.report().fused().size(), compilation.report().toString());
        check(ATTENTION, Map.of("N", 1L, "M", 1L));
        check(ATTENTION, Map.of("N", 33L, "M", 67L));
    }

    private static void check(String text, Map<String, Long> lengths) {
        Graph graph = training(text);
        Map<String, Tensor> inputs = inputs(graph, lengths, 7);
        String place = "lengths " + lengths + ", seed " + SEED;
        Map<String, NdArray> expected = reference(graph, inputs, lengths);
        for (Fusion fusion : Fusion.values()) {
            Map<String, Tensor> got = run(graph, fusion, 2, inputs, lengths);
            expected.forEach((name, array) -> {
                Comparison c = Comparison.of(got.get(name), array, Tolerance.of(name, graph));
                assertTrue(c.within(), () -> fusion + ", " + name + ", " + place + ": " + c);
                assertEquals(zeros(array), zeros(Reference.array(got.get(name))), name + ", " + place);
            });
        }
        for (TornadoTarget device : new TornadoTarget[] {TornadoTarget.GPU, TornadoTarget.CPU}) {
            Conformance.of(graph, Fusion.FUSED, device, Map.of()).check(inputs, lengths, place);
        }
    }

    private static long zeros(NdArray array) {
        long zeros = 0;
        for (int i = 0; i < array.data().length; i++) {
            zeros = array.data()[i] == 0 ? 31 * zeros + i + 1 : zeros;
        }
        return zeros;
    }

    private static Graph training(String text) {
        SourceFile file = new SourceFile("dropout.heddle", text);
        Graph graph = Frontend.elaborate(Parser.parse(file).orThrow(), SourceReader::imported)
                .graph();
        return new SeedDropouts().run(graph);
    }

    /** Random tensors, and the key of a seed. */
    private static Map<String, Tensor> inputs(Graph graph, Map<String, Long> lengths, long seed) {
        Random random = new Random(SEED);
        Map<String, Tensor> inputs = new LinkedHashMap<>();
        graph.nodes().forEach(n -> {
            if (n.op() instanceof Input in && !in.key().equals(Dropout.SEED)) {
                long[] shape = in.type().shape().evaluate(lengths);
                float[] elements = new float[(int) Arrays.stream(shape).reduce(1, Math::multiplyExact)];
                for (int i = 0; i < elements.length; i++) {
                    elements[i] = (float) random.nextGaussian();
                }
                inputs.put(in.key(), Tensor.of(elements, shape));
            }
        });
        long[] words = {Philox.lowKey(seed) & WORD, Philox.highKey(seed, Philox.Stream.DROPOUT) & WORD, 0xFFFFFFF0L, 0};
        inputs.put(Dropout.SEED, Tensor.of(words, 4));
        return inputs;
    }

    private static Map<String, NdArray> reference(Graph graph, Map<String, Tensor> inputs, Map<String, Long> lengths) {
        Map<String, NdArray> arrays = new LinkedHashMap<>();
        inputs.forEach((name, t) -> arrays.put(name, Reference.array(t)));
        return new Interpreter(arrays, Map.of(), lengths).run(graph);
    }

    private static Map<String, Tensor> run(
            Graph graph, Fusion fusion, int threads, Map<String, Tensor> inputs, Map<String, Long> lengths) {
        JvmOptions options = new JvmOptions(JvmPlatform.target(threads), classes, "test", warning -> {});
        return JvmProgram.load(Compiler.compile(graph, fusion).plan(), Map.of(), options)
                .run(inputs, lengths);
    }

    @Test
    void dropsAsManyAsItSaysAndKeepsTheSum() {
        Graph graph = training("input x: f32[500, 400]\noutput y = dropout(x, 0.25)");
        Map<String, Tensor> inputs = new LinkedHashMap<>(inputs(graph, Map.of(), 3));
        float[] ones = new float[200_000];
        Arrays.fill(ones, 1);
        inputs.put("x", Tensor.of(ones, 500, 400));
        float[] y = run(graph, Fusion.FUSED, 1, inputs, Map.of()).get("y").floats();
        long dropped = 0;
        for (float element : y) {
            assertTrue(element == 0 || element == (float) (1 / 0.75), "element " + element);
            dropped += element == 0 ? 1 : 0;
        }
        // 200,000 draws of a quarter deviate by 194 on average; this is four times as much.
        assertEquals(50_000, dropped, 780);
        Map<String, Tensor> others = new LinkedHashMap<>(inputs);
        others.put(Dropout.SEED, inputs(graph, Map.of(), 4).get(Dropout.SEED));
        float[] otherSeed =
                run(graph, Fusion.FUSED, 1, others, Map.of()).get("y").floats();
        assertNotEquals(Arrays.hashCode(y), java.util.Arrays.hashCode(otherSeed));
    }

    @Test
    void isAnIdentityWithoutASeed() {
        SourceFile file = new SourceFile("dropout.heddle", ATTENTION);
        Graph graph = Frontend.elaborate(Parser.parse(file).orThrow(), SourceReader::imported)
                .graph();
        Graph compiled = Compiler.compile(graph, Fusion.FUSED).graph();
        assertTrue(compiled.nodes().stream().noneMatch(n -> n.op() instanceof Dropout));
    }
}
