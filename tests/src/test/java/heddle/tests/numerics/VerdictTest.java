package heddle.tests.numerics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.Compiler.Fusion;
import heddle.runtime.CompileOptions;
import heddle.runtime.CompiledModel;
import heddle.runtime.Heddle;
import heddle.runtime.HeddleModel;
import heddle.runtime.Target;
import heddle.runtime.input.RandomInputs;
import heddle.runtime.tensor.Tensor;
import heddle.runtime.verify.Judgement;
import heddle.runtime.verify.Tolerance;
import heddle.runtime.verify.Verdict;
import heddle.runtime.verify.Verification;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Models that the types they are written in leave inexact, and mistakes in their kernels, which are wrong all the same. */
class VerdictTest {
    @TempDir
    Path dir;

    /** A model, what its kernels are judged as, and changes of its text that stand for mistakes in a kernel. */
    private enum IllConditioned {
        MASKED_BY_TEN_THOUSAND("""
                input mask: f32[2, 48]
                let s = q @ transpose(k) / sqrt(8.0) + (1.0 - mask)[:, new, :] * -10000.0
                output y = softmax(s, axis = -1) @ v
                """, "sqrt(8.0)", "sqrt(9.0)", "@ v", "@ (v * 1.05)"),
        TWO_LEAST_FLOATS("""
                input mask: f32[2, 48]
                let least = -3.4028234663852886e38
                let masked = q @ transpose(k) + (1.0 - mask)[:, new, :] * least
                let s = masked + where(iota(48) < 5, least, 0.0)[:, new]
                output y = softmax(s, axis = -1) @ v
                """, "< 5", "< 6", "@ v", "@ (v * 1.01)"),
        HALF("""
                let s = (cast(q, f16) * 4.0) @ transpose(cast(k, f16) * 4.0)
                output y = softmax(s, axis = -1) @ cast(v, f16)
                """, "cast(k", "cast(-k", "cast(v", "cast(v + 0.25"),
        WRITTEN_OUT("""
                let s = where(iota(48)[new, :] < 5 * iota(48)[:, new], q @ transpose(k), -inf)
                let e = exp(s)
                output y = (e / sum(e, axis = -1, keepdims = true)) @ v
                """, "< 5 *", "<= 5 *", "exp(s)", "exp(s * 1.01)"),
        BUCKETS("""
                let far = abs(iota(48)[new, :] - iota(48)[:, new])
                let large = 8 + cast(log(cast(max(far, 1), f32) / 8.0) / (log(4.0) * 2.0) * 8.0, i64)
                let bias = embed(where(far < 8, far, min(large, 15)), weight "table" : f32[16, 1])[..., 0]
                output y = softmax(q @ transpose(k) + bias, axis = -1) @ v
                """, "q @ transpose(k) + bias", "q @ transpose(k) - bias", "min(large, 15)", "min(large, 12)");

        private static final String START = """
                input q: f32[2, 48, 8]
                input k: f32[2, 48, 8]
                input v: f32[2, 48, 8]
                """;

        private final String text;
        private final String[] mistakes;

        IllConditioned(String text, String... mistakes) {
            this.text = text;
            this.mistakes = mistakes;
        }

        String model() {
            return START + text;
        }

        List<String> mistaken() {
            return List.of(model().replace(mistakes[0], mistakes[1]), model().replace(mistakes[2], mistakes[3]));
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatTheTypesLeaveInexactIsNotWrong(IllConditioned model) throws IOException {
        Judged fused = judge(model.model(), model.model(), Fusion.FUSED);
        Judged unfused = judge(model.model(), model.model(), Fusion.UNFUSED);
        assertEquals(0, fused.judgement.wrong() + unfused.judgement.wrong(), fused + " " + unfused);
        assertTrue(fused.judgement.beyond() + unfused.judgement.beyond() > 0, "it is exact enough");
    }

    @ParameterizedTest
    @EnumSource
    void aWrongKernelIsWrongAllTheSame(IllConditioned model) throws IOException {
        for (String mistaken : model.mistaken()) {
            Judged judged = judge(model.model(), mistaken, Fusion.FUSED);
            assertEquals(Verdict.WRONG, judged.judgement.verdict(), mistaken + judged);
        }
    }

    /** T5's buckets of distances: at 16 and 32 the logarithms are exact multiples, and the kernel and the reference see it. */
    @Test
    void aFunctionOfANumberIsExactInTheReference() throws IOException {
        String model = IllConditioned.BUCKETS.model().replace("(log(4.0) * 2.0)", "log(16.0)");
        for (Fusion fusion : Fusion.values()) {
            Judged judged = judge(model, model, fusion);
            assertEquals(Verdict.AS_WRITTEN, judged.judgement.verdict(), fusion + judged.toString());
        }
    }

    @Test
    void whatIsExactIsAsWritten() throws IOException {
        String model = IllConditioned.START + "output y = softmax(q @ transpose(k), axis = -1) @ v";
        for (Fusion fusion : Fusion.values()) {
            Judged judged = judge(model, model, fusion);
            assertEquals(Verdict.AS_WRITTEN, judged.judgement.verdict(), judged.toString());
        }
    }

    /** The scores are far from any kink, and their sum cancels nothing: a thousandth is wrong. */
    @Test
    void whatIsExactExcusesLittle() throws IOException {
        String model = IllConditioned.START + "output y = softmax(q @ transpose(k), axis = -1) @ v";
        Judged judged = judge(model, model.replace("@ v", "@ v * 1.001"), Fusion.FUSED);
        assertEquals(Verdict.WRONG, judged.judgement.verdict(), judged.toString());
    }

    /** A NaN that is given spreads as the page on numerics says, not as it is written. */
    @Test
    void notANumberMeansWhatThePageSays() throws IOException {
        String model = IllConditioned.START + """
                let seen = iota(48)[new, :] > 0
                output y = softmax(where(seen, q @ transpose(k), -inf) + 0.0 * k[..., 0][:, new, :], axis = -1) @ v
                """;
        Judged judged = judge(model, model, Fusion.FUSED, Map.of("k", 0));
        assertEquals(Verdict.AS_TYPED, judged.judgement.verdict(), judged.toString());
    }

    private record Judged(Judgement judgement) {}

    private Judged judge(String written, String compiled, Fusion fusion) throws IOException {
        return judge(written, compiled, fusion, Map.of());
    }

    /** @param none the element of an input that is not a number */
    private Judged judge(String written, String compiled, Fusion fusion, Map<String, Integer> none) throws IOException {
        HeddleModel model = model("written", written);
        CompileOptions options =
                CompileOptions.defaults().withThreads(2).withWeights("random").withFusion(fusion);
        options = options.withTarget(options.target().withTarget(Target.JVM));
        SequencedMap<String, Tensor> weights = model.weights(options);
        Map<String, Tensor> inputs = new LinkedHashMap<>(
                RandomInputs.of(model, Map.of()).draw(List.copyOf(model.inputs().keySet()), 1));
        inputs.computeIfPresent("mask", (name, t) -> Tensor.of(new float[t.size()], t.shape()));
        none.forEach((name, element) -> inputs.get(name).floats()[element] = Float.NaN);
        CompiledModel kernels = model("compiled", compiled).compile(weights, options);
        Tolerance tolerance = Tolerance.of("y", model.declaration().graph());
        return new Judged(new Verification(model, weights, inputs)
                .judge("y", kernels.run(inputs).get("y"), tolerance, kernels.compilation()));
    }

    private HeddleModel model(String name, String text) throws IOException {
        return Heddle.model(Files.writeString(dir.resolve(name + ".heddle"), text));
    }
}
