package heddle.tests.fusion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.tile.BlockCount;
import heddle.runtime.CompileOptions;
import heddle.runtime.Heddle;
import heddle.runtime.HeddleModel;
import heddle.runtime.ModelSource;
import heddle.runtime.Target;
import heddle.runtime.TargetOptions;
import heddle.runtime.tensor.Tensor;
import heddle.runtime.verify.Comparison;
import heddle.runtime.verify.Reference;
import heddle.runtime.verify.Tolerance;
import java.util.Map;
import java.util.SequencedMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** However a mask over positions is spelled, as many blocks are skipped and as many need no mask as where it is spelled plainly. */
class MaskSpellingsTest {
    private static HeddleModel model(String scores, long n) {
        String text = """
                dim N
                input q: f32[1, 2, N, 16]
                input k: f32[1, 2, N, 16]
                input v: f32[1, 2, N, 16]
                let i = iota(N)[:, new], j = iota(N)[new, :]
                let s = q @ transpose(k) / 4.0
                output o = softmax(%s, axis = -1) @ v
                """.formatted(scores);
        return Heddle.model(ModelSource.text("model", text), Map.of("N", n));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "j <= i | where(trilu(ones([N, N])) == 0.0, -inf, s)",
                "j <= i | where(trilu(ones([N, N])) < 0.5, -inf, s)",
                "j <= i | where(cast(trilu(ones([N, N])), bool), s, -inf)",
                "j <= i | where(where(j <= i, 1, 0) != 0, s, -inf)",
                "j <= i | where(trilu(ones([N, N]), k = 1, upper = true) == 1.0, -inf, s)",
                "j <= i | where(transpose(trilu(ones([N, N]), upper = true)) == 1.0, s, -inf)",
                "j <= i | where(sign(i - j) >= 0, s, -inf)",
                "j <= i | s + log(cast(j <= i, f32))",
                "j <= i and i - j < 256 | s + min(where(j <= i, 0.0, -inf), where(i - j < 256, 0.0, -inf))",
                "j <= i and i - j < 256 | where(trilu(trilu(ones([N, N])), k = -255, upper = true) == 1.0, s, -inf)",
                "j <= i and i - j < 256 | where((trilu(ones([N, N])) - trilu(ones([N, N]), k = -256)) == 1.0, s, -inf)",
                "i div 64 == j div 64 | where(floor(cast(i, f32) / 64.0) == floor(cast(j, f32) / 64.0), s, -inf)",
            })
    void blocksAreSkipped(String plain, String scores) {
        BlockCount want = blocks("where(" + plain + ", s, -inf)");
        assertTrue(want.visited() < want.total(), want.toString());
        assertEquals(want, blocks(scores));
        HeddleModel model = model(scores, 300);
        SequencedMap<String, Tensor> inputs = Draw.USUAL.inputs(model, Map.of("N", 300L), 3);
        Tensor result = model.compile(CompileOptions.defaults()
                        .withThreads(1)
                        .withTarget(TargetOptions.defaults().withTarget(Target.JVM)))
                .run(inputs)
                .get("o");
        Comparison c =
                Comparison.of(result, Reference.run(model, Map.of(), inputs).get("o"), new Tolerance(2e-5, 1e-4));
        assertTrue(c.within(), () -> scores + ", seed 3: " + c.got() + ", not " + c.want());
    }

    private static BlockCount blocks(String scores) {
        return model(scores, 2048).explain().fused().getFirst().blocks().orElseThrow();
    }
}
