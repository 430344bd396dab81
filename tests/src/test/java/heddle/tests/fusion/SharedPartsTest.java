package heddle.tests.fusion;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.Compilation;
import heddle.compiler.Compiler.Fusion;
import heddle.compiler.backend.tornado.DevicePolicy;
import heddle.compiler.backend.tornado.TornadoTarget;
import heddle.compiler.backend.tornado.host.TornadoWriter;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.NdArray;
import heddle.compiler.ir.text.GraphReader;
import heddle.compiler.ir.text.GraphText;
import heddle.compiler.op.GraphCatalogue;
import heddle.compiler.schedule.Plan;
import heddle.compiler.schedule.ScheduleInterpreter;
import heddle.compiler.type.DType;
import heddle.dsl.source.SourceFile;
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
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.SequencedMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Programs that use a part twice at each of 31 levels: written out they would be 2^31 functions long, and everything
 * that looks at them must see each part once.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SharedPartsTest {
    private static final int LEVELS = 31;
    private static final int N = 37;

    private static final String MODEL = """
            dim N
            input q: f32[N, 8]
            input k: f32[N, 8]
            input v: f32[N, 8]
            input w: f32[N, N]
            input n: i64[N]
            let i = iota(N)[:, new], j = iota(N)[new, :]
            let s = q @ transpose(k) / 4
            let x = START
            for l in 0 .. LEVELS { x = STEP }
            output o = END
            """;

    @TempDir
    Path dir;

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            s            | (x * x + x) / 2                            | softmax(x, axis = -1) @ v
            s            | x / 2 + x / 2                              | softmax(where(j <= i, x, -inf), axis = -1) @ v
            s            | where(j <= l, x, x + w)                    | softmax(x, axis = -1) @ v
            w            | (x * x + x) / 2                            | softmax(s + x, axis = -1) @ v
            w            | (x * x + x) / 2                            | softmax(where(x > 0.1, s, -inf), axis = -1) @ v
            w            | (x * x + x) / 2                            | (softmax(s, axis = -1) * x) @ v
            j <= i       | (x and j <= i + l) or (not x and j == l + 9) | softmax(where(x, s, -inf), axis = -1) @ v
            i - j        | min(x * 2 - x, 5) + max(x, -9) - x         | softmax(where(x > 2, s, -inf), axis = -1) @ v
            q @ (transpose(k) @ v) / 16 | (x * x + x) / 2                            | x
            w            | (x * x + x) / 2                            | softmax(x, axis = -1)
            w            | (x + transpose(x)) / 2                     | x
            n            | n[x] - n + x                               | x
            """)
    void areComputedOnce(String start, String step, String end) throws IOException {
        String text = MODEL.replace("START", start)
                .replace("STEP", step)
                .replace("END", end)
                .replace("LEVELS", "" + LEVELS);
        Path file = dir.resolve("shared.heddle");
        Files.writeString(file, text);
        HeddleModel model = Heddle.model(file);
        Compilation compilation = model.compilation(Fusion.FUSED);
        assertEquals(end.contains("@ v") ? 1 : 0, compilation.report().fused().size(), text);
        Graph graph = compilation.graph();
        String listed = GraphText.print(graph);
        assertEquals(listed, GraphText.print(read(listed)), text);
        assertTrue(listed.length() < 100_000, text);
        assertTrue(compilation.explain(Map.of()).fused().size() <= 1, text);
        Plan devices = model.compilation(Fusion.FUSED, new DevicePolicy(TornadoTarget.GPU))
                .plan();
        assertTrue(new TornadoWriter(TornadoTarget.GPU).write(devices).text().length() < 500_000, text);
        compare(text, model, compilation);
    }

    private static Graph read(String listed) {
        return GraphReader.read(new SourceFile("graph", listed), GraphCatalogue.PRIMITIVES);
    }

    private void compare(String text, HeddleModel model, Compilation compilation) {
        SequencedMap<String, Tensor> inputs = inputs();
        Map<String, NdArray> reference = Reference.run(model, Map.of(), inputs);
        Map<String, NdArray> arrays = new LinkedHashMap<>();
        inputs.forEach((name, tensor) -> arrays.put(name, Reference.array(tensor)));
        Map<String, NdArray> interpreted =
                new ScheduleInterpreter(arrays, Map.of(), Map.of("N", (long) N)).run(compilation.schedule());
        JvmOptions options = new JvmOptions(JvmPlatform.target(2), dir.resolve("classes"), "test", warning -> {});
        Tensor generated = JvmProgram.load(compilation.plan(), Map.of(), options)
                .run(inputs)
                .get("o");
        NdArray want = reference.get("o");
        for (int at = 0; at < want.data().length; at++) {
            assertEquals(want.data()[at], interpreted.get("o").data()[at], 1e-4, text);
        }
        Comparison c = Comparison.of(generated, want, Tolerance.of(DType.F32));
        assertTrue(c.within(), () -> text + c.got() + ", not " + c.want());
    }

    private static SequencedMap<String, Tensor> inputs() {
        Random random = new Random(1);
        SequencedMap<String, Tensor> inputs = new LinkedHashMap<>();
        for (String name : new String[] {"q", "k", "v"}) {
            inputs.put(name, Tensor.of(floats(random, N * 8), N, 8));
        }
        inputs.put("w", Tensor.of(floats(random, N * N), N, N));
        inputs.put("n", Tensor.of(IntStream.range(0, N).mapToLong(at -> at % 5).toArray(), N));
        return inputs;
    }

    private static float[] floats(Random random, int count) {
        float[] floats = new float[count];
        for (int at = 0; at < count; at++) {
            floats[at] = random.nextFloat() - 0.3f;
        }
        return floats;
    }
}
