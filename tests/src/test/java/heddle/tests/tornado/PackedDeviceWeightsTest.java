package heddle.tests.tornado;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.Compiler.Fusion;
import heddle.compiler.backend.tornado.DevicePolicy;
import heddle.compiler.backend.tornado.TornadoTarget;
import heddle.compiler.backend.tornado.host.DeviceMemory;
import heddle.compiler.ir.NdArray;
import heddle.compiler.op.Interpreter;
import heddle.compiler.schedule.Plan;
import heddle.compiler.type.DType;
import heddle.compiler.type.Stored;
import heddle.runtime.CompileOptions;
import heddle.runtime.Heddle;
import heddle.runtime.HeddleModel;
import heddle.runtime.tensor.StoredArray;
import heddle.runtime.tensor.Tensor;
import heddle.tests.TensorArrays;
import heddle.tests.fusion.Draw;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Weights of sixteen, eight and four bits lie on a device as they are, and are converted where kernels read them. */
class PackedDeviceWeightsTest {
    private static final long SEED = 4711;

    @TempDir
    Path folder;

    private HeddleModel model(String text) throws IOException {
        return Heddle.model(Files.writeString(folder.resolve("packed.heddle"), text));
    }

    private static Plan plan(HeddleModel model, TornadoTarget target) {
        return model.compilation(Fusion.FUSED, new DevicePolicy(target)).plan();
    }

    @ParameterizedTest
    @EnumSource(
            value = Stored.class,
            names = {"F16", "BF16", "I8", "I4"})
    void everyPatternOfBits(Stored stored) throws IOException {
        int patterns = 1 << (int) stored.bytes(8);
        HeddleModel model = model("""
                input x: f32[1]
                output y = (weight "w" : f32[2, %d] as %s) * x
                """.formatted(patterns / 2, stored.text()));
        Object held = Tensor.newStorage(stored, patterns);
        for (int i = 0; i < patterns; i++) {
            switch (held) {
                case short[] bits -> bits[i] = (short) i;
                case byte[] bytes -> {
                    boolean isWhole = stored == Stored.I8;
                    bytes[isWhole ? i : i / 2] |= (byte) (isWhole ? i : i << i % 2 * 4);
                }
                default -> throw new AssertionError(held.getClass());
            }
        }
        Tensor w = Tensor.packed(DType.F32, new long[] {2, patterns / 2}, stored, held);
        float[] got = new DoubleProgram(plan(model, TornadoTarget.GPU), TornadoTarget.GPU, Map.of("w", w))
                .run(Map.of("x", Tensor.of(new float[] {1}, 1)), Map.of())
                .get("y")
                .floats();
        float[] expected = StoredArray.widened(held, stored, 0, patterns);
        for (int i = 0; i < patterns; i++) {
            assertEquals(Float.floatToIntBits(expected[i]), Float.floatToIntBits(got[i]), stored + " " + i);
        }
    }

    /** Products, views that are stored, rows that are looked up, and outputs, which are floats again. */
    @ParameterizedTest
    @CsvSource({"as f16", "as bf16", "as i8", "as i8 per column", "as i8 per row", "as i4", "as i4 per block"})
    void allThatReadsThemMeansTheSame(String form) throws IOException {
        HeddleModel model = model("""
                dim N
                input x: f32[N, 96]
                input ids: i64[N]
                let w = weight "w" : f32[96, 64] %1$s
                let t = weight "t" : f32[50, 96] %1$s
                output product = x @ w
                output transposed = relu(x) @ transpose(t)
                output rows = embed(ids %% 50, t)
                output row = t[3]
                output folded = reshape(transpose(t), [4800])[7:96]
                output all = w
                let c = cast(weight "c" : bf16[96, 64], f32)
                output cast = x @ c
                output moved = transpose(c)[3:, :] @ w
                let k = weight "k" : f32[50, 96] as f16
                output attended = softmax(x @ transpose(k), axis = -1) @ t
                """.formatted(form));
        for (TornadoTarget target : new TornadoTarget[] {TornadoTarget.GPU, TornadoTarget.CPU}) {
            for (long n : new long[] {1, 17, 70}) {
                Map<String, Long> lengths = Map.of("N", n);
                Map<String, Tensor> weights =
                        model.weights(CompileOptions.defaults().withWeights("random"));
                Map<String, Tensor> inputs = Draw.USUAL.inputs(model, lengths, SEED);
                Map<String, Tensor> got = new DoubleProgram(plan(model, target), target, weights).run(inputs, lengths);
                Map<String, NdArray> expected = new Interpreter(
                                TensorArrays.of(inputs), TensorArrays.of(weights), lengths)
                        .run(model.declaration().graph());
                expected.forEach((name, array) -> {
                    double[] data = array.data();
                    double most = Arrays.stream(data).map(Math::abs).max().orElse(0);
                    for (int i = 0; i < data.length; i++) {
                        double value = got.get(name).element(i);
                        assertTrue(
                                Math.abs(value - data[i]) <= 2e-6 * (1 + most),
                                name + "[" + i + "] is " + value + ", expected " + data[i] + ", N=" + n + ", seed "
                                        + SEED);
                    }
                });
            }
        }
    }

    @Test
    void theyTakeTheBytesOfTheirFile() throws IOException {
        long[] bytes = new long[3];
        String[] forms = {"", " as bf16", " as i8"};
        for (int i = 0; i < forms.length; i++) {
            HeddleModel model = model("""
                    input x: f32[4, 512]
                    output y = x @ weight "w" : f32[512, 512]%s
                    """.formatted(forms[i]));
            bytes[i] = DeviceMemory.of(plan(model, TornadoTarget.GPU), Map.of()).weights();
        }
        assertEquals(512 * 512 * 4, bytes[0]);
        assertEquals(bytes[0] / 2, bytes[1]);
        assertEquals(bytes[0] / 4, bytes[2]);
    }

    /** Libraries take floats. */
    @Test
    void withLibraryTasksTheyAreFloats() throws IOException {
        HeddleModel model = model("""
                input x: f32[4, 512]
                output y = x @ weight "w" : f32[512, 512] as f16
                """);
        Plan plan = plan(model, TornadoTarget.GPU.withLibraryTasks(true));
        assertEquals(Stored.F32, plan.weights().get("w").stored());
    }
}
