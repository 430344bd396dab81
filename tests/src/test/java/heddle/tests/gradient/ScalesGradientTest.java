package heddle.tests.gradient;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.Compilation;
import heddle.compiler.Compiler;
import heddle.compiler.Compiler.Fusion;
import heddle.compiler.frontend.Frontend;
import heddle.compiler.frontend.Model;
import heddle.compiler.gradient.Differentiate;
import heddle.compiler.ir.NdArray;
import heddle.compiler.op.Interpreter;
import heddle.compiler.schedule.ScheduleInterpreter;
import heddle.compiler.schedule.SchedulePolicy;
import heddle.compiler.type.DType;
import heddle.dsl.parse.Parser;
import heddle.dsl.source.SourceFile;
import heddle.runtime.SourceReader;
import heddle.runtime.tensor.Tensor;
import heddle.runtime.verify.Comparison;
import heddle.runtime.verify.Tolerance;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Gradients by the scales of whole numbers. The graph as written has scales within their weight: no operand leads from the loss to
 * them.
 */
class ScalesGradientTest {
    private static final long SEED = 20281;

    @ParameterizedTest
    @CsvSource({
        "i8 per row, '37'", "i8 per column, '70'", "'i8 per block', '37, 3'",
        "i4 per row, '37'", "i4 per column, '70'", "'i4 per block', '37, 3'"
    })
    void isWhatDifferencesGive(String form, String scales) {
        String table = "(weight \"table\" : f32[37, 70] as " + form + ")";
        Model model = model(
                "input ids : i64[5]",
                "input x : f32[5, 70]",
                "let y = gelu(x @ transpose(" + table + ")) @ " + table,
                "let z = softmax(x @ transpose(" + table + "), axis = -1) @ " + table,
                "let of_all = sum(y * z) + sum(embed(ids, " + table + ") * y)",
                "output loss = of_all",
                "output gradient = grad(of_all, weight \"table.scales\" : f32[" + scales + "])");
        assertEquals(List.of(), model.warnings());
        Random random = new Random(SEED);
        Map<String, NdArray> inputs = Map.of(
                "ids",
                new NdArray(DType.I64, new long[] {5}, new double[] {36, 0, 7, 7, 12}),
                "x",
                floats(random.doubles(5 * 70, -1, 1).toArray(), 5, 70));
        Map<String, NdArray> weights = new HashMap<>();
        weights.put("table", floats(random.ints(37 * 70, -8, 8).asDoubleStream().toArray(), 37, 70));
        long[] shape =
                Arrays.stream(scales.split(", ")).mapToLong(Long::parseLong).toArray();
        int count = (int) Arrays.stream(shape).reduce(1, Math::multiplyExact);
        weights.put("table.scales", floats(random.doubles(count, 0.01, 0.1).toArray(), shape));

        NdArray meant = new Interpreter(inputs, weights, Map.of())
                .run(Differentiate.meaning(model.graph()))
                .get("gradient");
        new CentralDifferences(
                        changed -> new Interpreter(inputs, changed, Map.of())
                                .run(Differentiate.meaning(model.graph()))
                                .get("loss")
                                .data()[0],
                        weights,
                        SEED)
                .check("table.scales", meant, form + ", seed " + SEED);
        for (Fusion fusion : Fusion.values()) {
            Compilation compiled = Compiler.compile(model.graph(), fusion, SchedulePolicy.PROCESSOR, Set.of());
            NdArray ours = new ScheduleInterpreter(inputs, weights, Map.of())
                    .run(compiled.schedule())
                    .get("gradient");
            Comparison c = Comparison.of(Tensor.of(ours.data(), ours.shape()), meant, Tolerance.of(DType.F32));
            assertTrue(c.within(), form + ", " + fusion + ", seed " + SEED + ": " + c);
        }
    }

    private static NdArray floats(double[] data, long... shape) {
        return new NdArray(DType.F32, shape, data);
    }

    private static Model model(String... lines) {
        SourceFile file = new SourceFile("scales.heddle", String.join("\n", lines));
        return Frontend.elaborate(Parser.parse(file).orThrow(), SourceReader::imported);
    }
}
