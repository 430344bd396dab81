package heddle.bench;

import heddle.compiler.Compiler.Fusion;
import heddle.compiler.backend.tornado.DevicePolicy;
import heddle.compiler.backend.tornado.TornadoTarget;
import heddle.compiler.backend.tornado.host.TornadoSource;
import heddle.compiler.backend.tornado.host.TornadoWriter;
import heddle.compiler.schedule.Plan;
import heddle.runtime.Heddle;
import heddle.runtime.code.JavaCompilation;
import heddle.runtime.code.SourceUnit;
import heddle.runtime.tornado.TornadoSdk;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What {@link DeviceBenchmark} times, compiled against an SDK.
 *
 * @param limits  of the device
 * @param classes where class files go
 */
record Benchmarked(TornadoSdk sdk, TornadoTarget limits, Path classes) {
    /** Whether all keys are looked at, or those up to the query. */
    static final List<String> MASKS = List.of("Full", "Causal");

    /** The kernel with a work-group for each query row. */
    static final String ROWS = "RowPerGroupAttention";

    /** The class of a plan. */
    static String className(String mask, Fusion fusion) {
        return (fusion == Fusion.FUSED ? "Fused" : "Unfused") + mask;
    }

    /** What is compared under a mask: the fused plan, the unfused one, and the kernel for rows. */
    static List<String> classNames(String mask) {
        return List.of(className(mask, Fusion.FUSED), className(mask, Fusion.UNFUSED), ROWS);
    }

    /** What their instances are made with for {@code n} queries and keys. */
    static Map<String, Long> lengths(String mask, long n) {
        return Map.of("N", n, "causal", mask.equals("Causal") ? 1L : 0L);
    }

    /** Attention in Heddle. */
    TornadoSource add(String mask, Fusion fusion) throws IOException {
        String scores = "q @ transpose(k) / sqrt(64.0)";
        if (mask.equals("Causal")) {
            scores = "where(iota(N)[new, :] <= iota(N)[:, new], " + scores + ", -inf)";
        }
        String name = className(mask, fusion);
        Path model = Files.writeString(classes.resolve(name + ".heddle"), """
                model %s
                dim N
                input q: f32[1, 4, N, 64]
                input k: f32[1, 4, N, 64]
                input v: f32[1, 4, N, 64]
                output o = softmax(%s, axis = -1) @ v
                """.formatted(name, scores));
        Plan plan = Heddle.model(model)
                .compilation(fusion, new DevicePolicy(limits))
                .plan();
        TornadoSource source = new TornadoWriter(limits).write(plan);
        compile(source.className(), source.text());
        return source;
    }

    void addRows() throws IOException {
        try (InputStream in = Benchmarked.class.getResourceAsStream(ROWS + ".java")) {
            compile(ROWS, new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    private void compile(String className, String text) throws IOException {
        List<String> options =
                List.of("-g", "-proc:none", "-classpath", sdk.api().toString());
        for (Map.Entry<String, byte[]> c : JavaCompilation.compile(new SourceUnit(className, text, options))
                .entrySet()) {
            Files.write(classes.resolve(c.getKey() + ".class"), c.getValue());
        }
    }
}
