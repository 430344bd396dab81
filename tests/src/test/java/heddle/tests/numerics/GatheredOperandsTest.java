package heddle.tests.numerics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import heddle.compiler.Compiler;
import heddle.compiler.Compiler.Fusion;
import heddle.compiler.backend.tornado.TornadoTarget;
import heddle.compiler.frontend.Frontend;
import heddle.compiler.frontend.Model;
import heddle.compiler.ir.NdArray;
import heddle.compiler.op.Interpreter;
import heddle.compiler.schedule.Plan;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.type.DType;
import heddle.dsl.parse.Parser;
import heddle.dsl.source.SourceFile;
import heddle.runtime.SourceReader;
import heddle.runtime.jvm.JvmOptions;
import heddle.runtime.jvm.JvmPlatform;
import heddle.runtime.jvm.JvmProgram;
import heddle.runtime.tensor.Tensor;
import heddle.runtime.verify.Comparison;
import heddle.runtime.verify.Tolerance;
import heddle.tests.TensorArrays;
import heddle.tests.tornado.Conformance;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Products read what is gathered at lines where it lies: the windows of a convolution are not stored. */
class GatheredOperandsTest {
    private static final long SEED = 20289;

    @TempDir
    static Path classes;

    private static Model model(String... lines) {
        SourceFile file = new SourceFile("gathered.heddle", String.join("\n", lines));
        return Frontend.elaborate(Parser.parse(file).orThrow(), SourceReader::imported);
    }

    private static List<String> kernels(Plan plan) {
        return plan.launches().stream().map(TileKernel::name).toList();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "conv(x, w, pads = 1) | pad#1, contract#1",
                "conv(x, w) | contract#1",
                "conv(x, w, pads = [[1, 2], 0], strides = [2, 3], dilations = [1, 2]) | pad#1, contract#1",
                "conv(x, w[:, 0:1], pads = 1, groups = 6) | pad#1, contract#1",
                "conv(abs(x), w[:, :, :, 0:1]) | abs#1, contract#1",
                // At other places than a line, and where something else reads the windows, too.
                "gather(x, iota(5) * iota(5), axis = 3) @ w[0:5, 0, 0, 0:5] | gather#1, contract#1",
            })
    void windowsAreNotStored(String expression, String expected) {
        Model model = model(
                "dim B",
                "input x: f32[B, 6, 19, 23]",
                "let w = weight \"w\" : f32[12, 6, 3, 5]",
                "output y = " + expression);
        Plan plan = Compiler.compile(model.graph(), Fusion.FUSED).plan();
        assertEquals(expected, String.join(", ", kernels(plan)));
        Random random = new Random(SEED);
        Map<String, Tensor> inputs = Map.of("x", noise(random, 2, 6, 19, 23));
        Map<String, Tensor> weights = Map.of("w", noise(random, 12, 6, 3, 5));
        NdArray meant = new Interpreter(TensorArrays.of(inputs), TensorArrays.of(weights), Map.of("B", 2L))
                .run(model.graph())
                .get("y");
        JvmOptions options = new JvmOptions(JvmPlatform.target(2), classes, "test", warning -> {});
        Map<String, Tensor> results = new LinkedHashMap<>();
        results.put("jvm", JvmProgram.load(plan, weights, options).run(inputs).get("y"));
        results.put(
                "device",
                Conformance.of(model.graph(), Fusion.FUSED, TornadoTarget.GPU, weights)
                        .program()
                        .run(inputs, Map.of("B", 2L))
                        .get("y"));
        results.forEach((where, y) -> {
            Comparison c = Comparison.of(y, meant, Tolerance.of(DType.F32));
            assertEquals(true, c.within(), where + ", " + expression + ", seed " + SEED + ": " + c);
        });
    }

    /** What is read by something else as well is stored once, and read from there. */
    @Test
    void windowsThatAreReadOtherwiseAreStored() {
        Plan plan = Compiler.compile(
                        model(
                                        "input x: f32[6, 23]",
                                        "let windows = gather(x, (iota(7) * 2)[:, new] + iota(4)[new, :], axis = 1)",
                                        "output y = windows @ weight \"w\" : f32[4, 5]",
                                        "output z = windows")
                                .graph(),
                        Fusion.FUSED)
                .plan();
        assertEquals(List.of("gather#1", "contract#1"), kernels(plan));
    }

    private static Tensor noise(Random random, long... shape) {
        Tensor t = Tensor.zeros(DType.F32, shape);
        for (int i = 0; i < t.size(); i++) {
            t.floats()[i] = (float) random.nextGaussian();
        }
        return t;
    }
}
