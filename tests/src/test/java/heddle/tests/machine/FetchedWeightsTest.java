package heddle.tests.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.Compiler.Fusion;
import heddle.compiler.backend.jvm.JvmWriter;
import heddle.compiler.ir.NdArray;
import heddle.compiler.op.Interpreter;
import heddle.compiler.schedule.Plan;
import heddle.compiler.schedule.SchedulePolicy;
import heddle.compiler.schedule.machine.Processor;
import heddle.compiler.type.DType;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Products with weights that are read ahead, or prefetched: of fewer rows than that is worth, of one block of rows, of bands and parts of them. */
class FetchedWeightsTest {
    private static final long SEED = 73;

    @TempDir
    static Path dir;

    private static final List<String> TYPES = List.of("f32", "bf16");

    /** Processors that prefetch and one that does not, numbers of rows, types of weights. */
    static Stream<Arguments> cases() {
        return Stream.of(
                        Processor.of(16, 2),
                        Processor.of(8, 2),
                        Processor.of(8, 2).prefetching(true),
                        Processor.of(16, 2).prefetching(true))
                .flatMap(p -> TYPES.stream()
                        .filter(type -> type.equals("f32") || p.lanes() == 16)
                        .flatMap(type -> LongStream.of(1, 2, 3, 6, 7, 24, 25, 47, 48, 49, 191, 193, 389)
                                .mapToObj(rows -> Arguments.of(p, type, rows))));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void anyNumberOfRowsMeansTheSame(Processor processor, String type, long rows) throws IOException {
        Path file = Files.writeString(
                dir.resolve("fetched.heddle"), """
                dim N
                input x: f32[N, 257]
                output y = relu(x @ weight "w" : f32[257, 600]%s)
                """.formatted(type.equals("f32") ? "" : " as " + type));
        HeddleModel model = Heddle.model(file);
        Plan plan =
                model.compilation(Fusion.FUSED, SchedulePolicy.of(processor)).plan();
        String java = new JvmWriter(processor).write(plan).text();
        assertEquals(type.equals("f32") && processor.lanes() == 16, java.contains(" fetch("), java);
        assertEquals(processor.prefetches(), java.contains(" prefetching("), java);
        Map<String, Long> lengths = Map.of("N", rows);
        Map<String, Tensor> weights = new HashMap<>(Draw.USUAL.weights(model, lengths, SEED));
        weights.computeIfPresent(
                "w", (name, w) -> DType.named(type).map(w::cast).orElseThrow().cast(DType.F32));
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
