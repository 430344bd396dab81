package heddle.tests.machine;

import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.Compiler.Fusion;
import heddle.compiler.backend.jvm.JvmWriter;
import heddle.compiler.ir.NdArray;
import heddle.compiler.op.Interpreter;
import heddle.compiler.schedule.Plan;
import heddle.compiler.schedule.SchedulePolicy;
import heddle.compiler.schedule.machine.Processor;
import heddle.runtime.Heddle;
import heddle.runtime.HeddleModel;
import heddle.runtime.jvm.JvmOptions;
import heddle.runtime.jvm.JvmProgram;
import heddle.runtime.tensor.Tensor;
import heddle.tests.TensorArrays;
import heddle.tests.fusion.Draw;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Products with weights that are read ahead: of fewer rows than that is worth, of one block of rows, of bands and parts of them. */
class FetchedWeightsTest {
    private static final long SEED = 73;

    @TempDir
    static Path dir;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 47, 48, 49, 191, 193, 389})
    void anyNumberOfRowsMeansTheSame(long rows) throws IOException {
        Path file = Files.writeString(dir.resolve("fetched.heddle"), """
                dim N
                input x: f32[N, 257]
                output y = relu(x @ weight "w" : f32[257, 300])
                """);
        HeddleModel model = Heddle.model(file);
        Processor processor = Processor.of(8, 2);
        Plan plan =
                model.compilation(Fusion.FUSED, SchedulePolicy.of(processor)).plan();
        String java = new JvmWriter(processor).write(plan).text();
        assertTrue(java.contains(" fetch("), java);
        Map<String, Long> lengths = Map.of("N", rows);
        Map<String, Tensor> weights = Draw.USUAL.weights(model, lengths, SEED);
        Map<String, Tensor> inputs = Draw.USUAL.inputs(model, lengths, SEED);
        Tensor got = JvmProgram.load(plan, weights, new JvmOptions(processor, dir, "test", w -> {}))
                .run(inputs, lengths)
                .get("y");
        NdArray expected = new Interpreter(TensorArrays.of(inputs), TensorArrays.of(weights), lengths)
                .run(model.declaration().graph())
                .get("y");
        double[] data = expected.data();
        for (int i = 0; i < data.length; i++) {
            int at = i;
            assertTrue(
                    Math.abs(got.element(i) - data[i]) <= 2e-5 * (1 + Math.abs(data[i])),
                    () -> "y[" + at + "] is " + got.element(at) + ", expected " + data[at] + ", seed " + SEED);
        }
    }
}
