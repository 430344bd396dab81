package heddle.tests.e2e;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.Compilation;
import heddle.compiler.Compiler.Fusion;
import heddle.compiler.ir.NdArray;
import heddle.compiler.schedule.Launch;
import heddle.compiler.schedule.Plan;
import heddle.compiler.schedule.Schedule;
import heddle.compiler.type.DType;
import heddle.runtime.Heddle;
import heddle.runtime.HeddleModel;
import heddle.runtime.jvm.JvmOptions;
import heddle.runtime.jvm.JvmPlatform;
import heddle.runtime.jvm.JvmProgram;
import heddle.runtime.tensor.Tensor;
import heddle.runtime.verify.Comparison;
import heddle.runtime.verify.Reference;
import heddle.runtime.verify.Tolerance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SequencedMap;
import java.util.function.IntPredicate;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Attention under masks that read data computes the same, to the bit, whether it skips blocks by tables or not. */
class MaskedBlocksTest {
    private static final String SOURCE = """
            model Masked
            dim B, N
            let heads = 8, width = 4
            input q: f32[B, heads, N, width]
            input k: f32[B, heads, N, width]
            input v: f32[B, heads, N, width]
            input mask: i64[B, N]
            input document: i64[B, N]
            input allowed: bool[N, N]
            let i = iota(N)[:, new], j = iota(N)[new, :]
            let real = mask[:, new, new, :] == 1
            fn attention(allow) = softmax(where(allow, q @ transpose(k) / 2.0, -inf), axis = -1) @ v
            output padded = attention(real)
            output causal = attention(real and j <= i)
            output documents = attention(document[:, new, :, new] == document[:, new, new, :] and real)
            output pairs = attention(allowed and real)
            """;

    /** Of padding and of documents along keys, for blocks and for steps; of documents along queries; of pairs. */
    private static final int TABLES = 6;

    @TempDir
    Path dir;

    private HeddleModel model;
    private JvmProgram tabled;
    private JvmProgram plain;

    @BeforeEach
    void compile() throws IOException {
        Path file = dir.resolve("masked.heddle");
        Files.writeString(file, SOURCE);
        model = Heddle.model(file);
        Compilation compilation = model.compilation(Fusion.FUSED);
        assertEquals(4, compilation.report().fused().size());
        assertEquals(
                TABLES,
                compilation.plan().launches().stream()
                        .filter(k -> k.name().contains(".blocks"))
                        .count());
        tabled = program(compilation.plan());
        plain = program(withoutTables(compilation.schedule()).plan());
    }

    private JvmProgram program(Plan plan) {
        JvmOptions options = new JvmOptions(JvmPlatform.target(2), dir.resolve("classes"), "test", warning -> {});
        return JvmProgram.load(plan, Map.of(), options);
    }

    private static Schedule withoutTables(Schedule s) {
        List<Launch> launches = s.launches().stream()
                .map(l -> new Launch(l.name(), l.family(), List.of(), l.computes()))
                .toList();
        return new Schedule(
                s.name(),
                s.lengths(),
                s.inputs(),
                s.weights(),
                s.constants(),
                s.outputs(),
                s.policy(),
                s.facts(),
                s.prepare(),
                launches);
    }

    /**
     * Inputs for two batches.
     *
     * @param documents the document that a query and a key belong to
     * @param padding   the keys and values that are not real
     */
    private static SequencedMap<String, Tensor> inputs(
            int n, IntPredicate isReal, IntUnaryOperator documents, float padding) {
        Random random = new Random(n);
        SequencedMap<String, Tensor> inputs = new LinkedHashMap<>();
        for (String name : List.of("q", "k", "v")) {
            float[] data = new float[2 * 8 * n * 4];
            for (int at = 0; at < data.length; at++) {
                boolean real = name.equals("q") || isReal.test(at / (8 * n * 4) * n + at / 4 % n);
                data[at] = real ? (float) random.nextGaussian() : padding;
            }
            inputs.put(name, Tensor.of(data, 2, 8, n, 4));
        }
        long[] mask = IntStream.range(0, 2 * n)
                .mapToLong(at -> isReal.test(at) ? 1 : 0)
                .toArray();
        long[] document = IntStream.range(0, 2 * n)
                .mapToLong(at -> documents.applyAsInt(at % n))
                .toArray();
        boolean[] allowed = new boolean[n * n];
        for (int at = 0; at < allowed.length; at++) {
            allowed[at] = at / n / 32 % 2 == at % n / 128 % 2 || at / n == 5 && random.nextBoolean();
        }
        inputs.put("mask", Tensor.of(mask, 2, n));
        inputs.put("document", Tensor.of(document, 2, n));
        inputs.put("allowed", Tensor.of(allowed, n, n));
        return inputs;
    }

    private void check(String what, int n, IntPredicate isReal) {
        check(what, n, isReal, at -> at / 70);
    }

    private void check(String what, int n, IntPredicate isReal, IntUnaryOperator documents) {
        SequencedMap<String, Tensor> inputs = inputs(n, isReal, documents, Float.NaN);
        Map<String, Tensor> results = tabled.run(inputs);
        plain.run(inputs)
                .forEach((name, expected) -> assertArrayEquals(
                        expected.floats(), results.get(name).floats(), what + ", N = " + n + ": " + name));
        Map<String, NdArray> reference = Reference.run(model, Map.of(), inputs(n, isReal, documents, 0));
        results.forEach((name, result) -> {
            Comparison c = Comparison.of(result, reference.get(name), Tolerance.of(DType.F32));
            assertTrue(c.within(), () -> what + ", N = " + n + ": " + name + " is " + c.got() + ", not " + c.want());
        });
    }

    @Test
    void nothingIsPadded() {
        check("no padding", 1, at -> true);
        check("no padding", 160, at -> true);
    }

    @Test
    void blocksAreEmptyWhereverTheyAre() {
        check("empty in front", 260, at -> at % 260 >= 130);
        check("empty in the middle", 300, at -> at % 300 < 100 || at % 300 >= 257);
        check("empty at the end", 290, at -> at % 290 < 127);
        check("one key", 257, at -> at % 257 == 256);
    }

    @Test
    void batchesArePaddingAllThrough() {
        check("all padding", 140, at -> false);
        check("the second is padding", 140, at -> at < 140);
    }

    @Test
    void documentsEndAnywhere() {
        Random random = new Random(11);
        for (int n : new int[] {1, 9, 127, 133, 263}) {
            for (int longest : new int[] {3, 60}) {
                int[] documents = new int[n];
                int document = 1;
                for (int at = 0; at < n; document++) {
                    int end = Math.min(n, at + 1 + random.nextInt(longest));
                    Arrays.fill(documents, at, end, document);
                    at = end;
                }
                String what = "documents " + Arrays.toString(documents);
                check(what, n, at -> true, at -> documents[at]);
                check(what + " in reverse", n, at -> at % n % 11 != 3, at -> documents[n - 1 - at]);
                check(what + " mixed", n, at -> true, at -> documents[at * 7919 % n]);
            }
        }
    }

    @Test
    void paddingIsScattered() {
        check("every third", 200, at -> at % 3 == 0);
    }
}
