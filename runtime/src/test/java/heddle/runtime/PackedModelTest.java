package heddle.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.type.DType;
import heddle.runtime.jvm.JvmPlatform;
import heddle.runtime.jvm.JvmProgram;
import heddle.runtime.tensor.Tensor;
import heddle.runtime.verify.Comparison;
import heddle.runtime.verify.Reference;
import heddle.runtime.verify.Tolerance;
import heddle.runtime.weights.Safetensors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models whose weights have fewer bits in their file: they stay in them, and mean what the reference says. */
class PackedModelTest {
    private static final long SEED = 411;

    @TempDir
    Path dir;

    private HeddleModel model(String text) throws Exception {
        return Heddle.model(Files.writeString(dir.resolve("m.heddle"), text), Map.of());
    }

    private CompileOptions options(String weights) {
        return CompileOptions.defaults().withWeights(weights);
    }

    private static Tensor noise(long... shape) {
        Random random = new Random(SEED);
        Tensor t = Tensor.zeros(DType.F32, shape);
        for (int i = 0; i < t.size(); i++) {
            t.floats()[i] = (float) random.nextGaussian();
        }
        return t;
    }

    private static void check(HeddleModel model, CompileOptions options, long bytes) {
        CompiledModel compiled = model.compile(options);
        assertEquals(bytes, JvmProgram.weightBytes(compiled.compilation().plan()));
        Map<String, Tensor> inputs = Map.of("x", noise(3, 96));
        var expected = Reference.run(model, model.weights(options), inputs);
        compiled.run(inputs).forEach((name, t) -> {
            Comparison c = Comparison.of(t, expected.get(name), Tolerance.of(DType.F32));
            assertTrue(c.within(), "seed " + SEED + ", " + name + ": " + c);
        });
    }

    /** A matrix stays in two bytes an element where the model says f32; the bias is widened. */
    @Test
    void halvesStayHalves() throws Exception {
        HeddleModel model = model("""
                dim M
                input x: f32[M, 96]
                output y = x @ weight "w" : f32[96, 64] + weight "b" : f32[64]
                output z = x @ transpose(weight "v" : f32[64, 96])
                """);
        for (DType type : new DType[] {DType.F16, DType.BF16, DType.F32}) {
            SequencedMap<String, Tensor> weights = new LinkedHashMap<>();
            weights.put("w", noise(96, 64).cast(type));
            weights.put("v", noise(64, 96).cast(type));
            weights.put("b", noise(64).cast(type));
            Path file = dir.resolve(type + ".safetensors");
            Safetensors.write(weights, file);
            check(model, options(file.toString()), 2L * 96 * 64 * type.bytes() + 4 * 64);
        }
    }

    /** Weights that are drawn have the size that products keep, whatever they are held as. */
    @Test
    void randomWeightsAreQuantisedToo() throws Exception {
        for (String held : new String[] {"i8 per column", "i4 per block", "i8 per row", "f16"}) {
            HeddleModel model = model("""
                    dim M
                    input x: f32[M, 96]
                    output y = x @ weight "w" : f32[96, 64] as %s
                    """.formatted(held));
            long bytes = switch (held) {
                case "i8 per column" -> 96 * 64 + 4 * 64;
                case "i8 per row" -> 96 * 64 + 4 * 96;
                // A scale is of 32 columns, and each panel has its own: two in one of 64, one in one of 16.
                case "i4 per block" ->
                    96 * 64 / 2 + 4 * 96 * (JvmPlatform.target(1).lanes() == 16 ? 2 : 4);
                default -> 96 * 64 * 2;
            };
            check(model, options("random"), bytes);
            Tensor y = model.compile(options("random"))
                    .run(Map.of("x", noise(3, 96)))
                    .get("y");
            double squares = 0;
            for (float f : y.floats()) {
                squares += f * f;
            }
            double deviation = Math.sqrt(squares / y.size());
            assertTrue(deviation > 0.6 && deviation < 1.6, held + ": " + deviation);
        }
    }
}
