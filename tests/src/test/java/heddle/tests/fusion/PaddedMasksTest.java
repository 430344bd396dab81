package heddle.tests.fusion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.Compilation;
import heddle.compiler.Compiler.Fusion;
import heddle.compiler.backend.tornado.TornadoTarget;
import heddle.compiler.ir.NdArray;
import heddle.compiler.tile.BlockCount;
import heddle.runtime.Heddle;
import heddle.runtime.HeddleModel;
import heddle.runtime.jvm.JvmOptions;
import heddle.runtime.jvm.JvmPlatform;
import heddle.runtime.jvm.JvmProgram;
import heddle.runtime.tensor.Tensor;
import heddle.runtime.verify.Comparison;
import heddle.runtime.verify.Reference;
import heddle.runtime.verify.Tolerance;
import heddle.tests.tornado.Conformance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Masks and biases that are extended beyond their tensors read nothing there, on both targets. Every tensor is an array of its
 * own length, so that a read past its end fails.
 */
class PaddedMasksTest {
    private static final String ATTENTION = """
            dim B, N, M, S
            input q: f32[B, 8, N, 8]
            input k: f32[B, 8, M, 8]
            input v: f32[B, 8, M, 8]
            let i = iota(N)[:, new], j = iota(M)[new, :]
            let s = q @ transpose(k) / sqrt(8)
            """;
    private static final List<Map<String, Long>> LENGTHS = List.of(
            CorpusFile.lengths("B=1 N=4 M=64 S=60"),
            CorpusFile.lengths("B=2 N=1 M=1 S=1"),
            CorpusFile.lengths("B=1 N=33 M=36 S=34"));
    private static final Map<String, Long> MANY_BLOCKS = CorpusFile.lengths("B=1 N=70 M=300 S=70");

    @TempDir
    Path dir;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "behind | s + pad(mask, [0, M - S], value = -inf, axis = -1)",
                "in front | s + pad(mask, [M - S, 0], value = -inf, axis = -1)",
                "concatenated | s + concat([mask, full([N, M - S], -inf)], axis = -1)",
                "twice masked | where(j < S, where(i > 2, s + pad(mask, [0, M - S], axis = -1), -inf), -inf)",
                "sliced again | s + pad(mask[:, 0:S], [0, M - S], value = -inf, axis = -1)",
                "added up | (s + pad(mask, [0, M - S], value = -inf, axis = -1)) + pad(mask, [M - S, 0], value = -inf, axis = -1)",
            })
    void biases(String what, String scores) throws IOException {
        check(what, "input mask: f32[N, S]\noutput o = softmax(" + scores + ", axis = -1) @ v\n");
    }

    /** Masks along keys or queries alone, which are added, are masks too. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "pad(row, [0, M - S], value = -inf, axis = -1)",
                "pad(row[0:1], [0, M - 1], value = -inf, axis = -1)",
                "cast(cast(concat([row, full([M - S], -inf)], axis = -1), f64), f32)",
                "where(pad(row, [0, M - S], axis = -1) > 0.5, 0.0, -inf)",
                "pad(where(row > 0.5, row, -inf), [M - S, 0], value = -inf, axis = -1)",
                "pad(row, [N, 0], value = -inf, axis = -1)[0:N][:, new]",
            })
    void masksAlongOneAxis(String mask) throws IOException {
        check(mask, "input row: f32[S]\noutput o = softmax(s + " + mask + ", axis = -1) @ v\n");
    }

    /** What {@code explain} calls a mask is one by which blocks are skipped. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "pad(full, [0, M - S], value = -inf, axis = -1) | 128 | false",
                "pad(row, [0, M - S], value = -inf, axis = -1) | 128 | false",
                "pad(row, [M - S, 0], value = -inf, axis = -1)[new, :] | 128 | false",
                "concat([row, full([M - S], -inf)], axis = -1) | 128 | false",
                "pad(where(row > 0.0, row, -inf), [0, M - S], value = -inf, axis = -1) | 128 | true",
                "where(pad(row, [0, M - S], axis = -1) > 0.5, 0.0, -inf) | 256 | true",
                "pad(row, [0, M - S], value = -1000.0, axis = -1) | 256 | false",
            })
    void blocksAreSkipped(String added, long visited, boolean readsData) throws IOException {
        Path file = dir.resolve("skipped.heddle");
        String inputs = "input row: f32[S]\ninput full: f32[N, S]\n";
        Files.writeString(file, ATTENTION + inputs + "output o = softmax(s + " + added + ", axis = -1) @ v\n");
        BlockCount blocks = Heddle.model(file)
                .compilation(Fusion.FUSED)
                .explain(CorpusFile.lengths("B=1 N=128 M=1024 S=512"))
                .fused()
                .getFirst()
                .blocks()
                .orElseThrow();
        assertEquals(visited, blocks.visited(), blocks::toString);
        assertEquals(readsData, !blocks.isKnown(), blocks::toString);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pad(mask, [0, M - S], axis = -1)",
                "pad(mask, [M - S, 0], axis = -1, value = 1)",
                "concat([full([N, M - S], 1 == 1), mask], axis = -1)",
                "pad(mask, [0, M - S], axis = -1) and j <= i + (M - N)",
                "not pad(mask, [M - S, 0], axis = -1)",
                "pad(mask, [0, M - S], axis = -1) == (j < 3)",
            })
    void truths(String mask) throws IOException {
        check(mask, "input mask: bool[N, S]\noutput o = softmax(where(" + mask + ", s, -inf), axis = -1) @ v\n");
    }

    /** Tables of blocks, and what is read once for a block. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "pad(number, [0, M - S], axis = -1)[new, :] == 1",
                "pad(number, [0, M - S], axis = -1, value = -1)[new, :] == i % 3",
                "j < pad(number, [0, N - 1], axis = -1)[0:N][:, new]",
                "where(i < S, j < pad(number, [0, N], axis = -1)[0:N][:, new], j <= i)",
            })
    void numbers(String mask) throws IOException {
        check(mask, "input number: i64[S]\noutput o = softmax(where(" + mask + ", s, -inf), axis = -1) @ v\n");
    }

    private void check(String what, String rest) throws IOException {
        Path file = dir.resolve("padded.heddle");
        Files.writeString(file, ATTENTION + rest);
        HeddleModel model = Heddle.model(file);
        Compilation compilation = model.compilation(Fusion.FUSED);
        assertEquals(
                1,
                compilation.report().fused().size(),
                () -> what + compilation.report().declined());
        JvmProgram jvm = JvmProgram.load(
                compilation.plan(),
                Map.of(),
                new JvmOptions(JvmPlatform.target(2), dir.resolve("classes"), "test", warning -> {}));
        Conformance device = Conformance.of(model.declaration().graph(), Fusion.FUSED, TornadoTarget.GPU, Map.of());
        for (Map<String, Long> lengths : LENGTHS) {
            SequencedMap<String, Tensor> inputs = Draw.USUAL.inputs(model, lengths, 7);
            Map<String, NdArray> expected = check(jvm, model, inputs, what + ", " + lengths);
            device.compare(expected, inputs, lengths, what + ", " + lengths, (output, type) -> Tolerance.of(type));
        }
        check(jvm, model, Draw.USUAL.inputs(model, MANY_BLOCKS, 7), what + ", " + MANY_BLOCKS);
    }

    private static Map<String, NdArray> check(
            JvmProgram jvm, HeddleModel model, SequencedMap<String, Tensor> inputs, String place) {
        Map<String, NdArray> expected = Reference.run(model, Map.of(), inputs);
        jvm.run(inputs).forEach((name, result) -> {
            Comparison c = Comparison.of(result, expected.get(name), Tolerance.of(result.dtype()));
            assertTrue(c.within(), () -> place + ": " + c.got() + ", not " + c.want());
        });
        return expected;
    }
}
