package heddle.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.jr.ob.JSON;
import heddle.cli.report.Sizes;
import heddle.compiler.type.DType;
import heddle.runtime.tensor.Npy;
import heddle.runtime.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a report says of memory and time is what the other commands say. */
class MemoryReportTest {
    private static final String MODEL = """
            model Small
            dim N
            input x: f32[N, 8]
            fn attend(x, name) {
                let q = x @ weight "{name}.q" : f32[8, 8]
                return x + softmax(q @ transpose(x) / 2.0, axis = -1) @ x
            }
            let h = x
            for layer in 0 .. 2 {
                h = attend(h, "{layer}")
            }
            output y: f32[N, 8] = h
            output loss = mean(h * h)
            """;

    /** What each layer computes in between can be computed again. */
    private static final String DEEP = """
            model Deep
            dim N
            input x: f32[N, 8]
            fn step(x, name) = x + gelu(x @ weight "{name}.up" : f32[8, 32]) @ weight "{name}.down" : f32[32, 8]
            let h = softmax(x @ transpose(x) / 2.0, axis = -1) @ x
            for layer in 0 .. 5 {
                h = step(h, "{layer}")
            }
            output loss = mean(h * h)
            """;

    @TempDir
    Path dir;

    private Path model;

    @BeforeEach
    void writeModel() throws IOException {
        model = Files.writeString(dir.resolve("small.heddle"), MODEL);
    }

    private Map<String, Object> inspected(String... options) throws IOException {
        List<Object> words = new ArrayList<>(List.of("inspect", model, "--format", "report"));
        words.addAll(List.of(options));
        Ran ran = Ran.command(words.toArray());
        assertEquals(ExitCode.DONE, ran.code(), ran.toString());
        return JSON.std.mapFrom(ran.out());
    }

    private Ran run(Object... options) {
        List<Object> words = new ArrayList<>(
                List.of("run", model, "-D", "N=32", "--input", "x=random", "--weights", "random", "--target", "jvm"));
        words.addAll(List.of(options));
        Ran ran = Ran.command(words.toArray());
        assertEquals(ExitCode.DONE, ran.code(), ran.toString());
        return ran;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Object value, String... keys) {
        Map<String, Object> at = (Map<String, Object>) value;
        for (String key : keys) {
            at = (Map<String, Object>) at.get(key);
        }
        return at;
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> list(Map<String, Object> map, String key) {
        return (List<Map<String, Object>>) map.get(key);
    }

    private static long number(Map<String, Object> map, String key) {
        return ((Number) map.get(key)).longValue();
    }

    private static long sum(List<Map<String, Object>> all, String key) {
        return all.stream().mapToLong(m -> number(m, key)).sum();
    }

    @Test
    void arraysAndOutputsMakeUpThePeaksOfTheLastLine() throws IOException {
        Map<String, Object> report = inspected("-D", "N=32");
        long peak = number(map(report, "head", "work"), "peak");
        long unfused = number(map(report, "head", "unfused"), "peak");
        for (var planned : Map.of("plan", peak, "plan-unfused", unfused).entrySet()) {
            Map<String, Object> plan = map(report, planned.getKey());
            assertEquals(planned.getValue(), sum(list(plan, "arrays"), "bytes") + sum(list(plan, "outputs"), "bytes"));
        }
        assertTrue(peak < unfused, report.get("head").toString());
        String line = "peak " + Sizes.text(peak) + " (unfused " + Sizes.text(unfused) + ")";
        assertTrue(run().out().contains(line), line);
    }

    @Test
    void placesOverlapOnlyWhereLivesDoNotMeet() throws IOException {
        Map<String, Object> report = inspected("-D", "N=32");
        for (String section : List.of("plan", "plan-unfused")) {
            Map<String, Object> plan = map(report, section);
            List<Map<String, Object>> arrays = list(plan, "arrays");
            List<Map<String, Object>> placed = list(plan, "buffers").stream()
                    .filter(b -> b.containsKey("array"))
                    .toList();
            assertTrue(placed.size() > 1, section);
            for (Map<String, Object> a : placed) {
                assertEquals("value", a.get("kind"));
                long end = number(a, "offset") + number(a, "bytes");
                assertTrue(end <= number(arrays.get((int) number(a, "array")), "bytes"), a.toString());
                for (Map<String, Object> b : placed) {
                    boolean apart = a == b
                            || number(a, "array") != number(b, "array")
                            || end <= number(b, "offset")
                            || number(b, "offset") + number(b, "bytes") <= number(a, "offset")
                            || number(a, "last") < number(b, "first")
                            || number(b, "last") < number(a, "first");
                    assertTrue(apart, section + ": " + a + " and " + b);
                }
            }
        }
    }

    @Test
    void costsOfKernelsAddUpToThoseOfTheVerdict() throws IOException {
        Map<String, Object> report = inspected("-D", "N=32");
        List<Map<String, Object>> all = list(map(report, "plan"), "kernels");
        List<Map<String, Object>> fused =
                all.stream().filter(k -> k.get("once").equals(false)).toList();
        assertEquals(number(map(report, "plan"), "prepared"), all.size() - fused.size());
        for (String cost : List.of("flops", "bytes")) {
            assertEquals(number(map(report, "head", "work"), cost), sum(fused, cost));
            assertEquals(
                    number(map(report, "head", "unfused"), cost),
                    sum(list(map(report, "plan-unfused"), "kernels"), cost));
        }
    }

    @Test
    void buffersNameTheNodesThatFillThem() throws IOException {
        Map<String, Object> report = inspected("-D", "N=32");
        Map<String, Object> nodes = map(report, "graph", "nodes");
        List<?> paths = (List<?>) nodes.get("path");
        List<?> ops = (List<?>) nodes.get("op");
        for (Map<String, Object> b : list(map(report, "plan"), "buffers")) {
            int node = (int) number(b, "node");
            if (b.get("kind").equals("input") || b.get("kind").equals("weight")) {
                assertEquals(b.get("kind"), ops.get(node), b.toString());
            } else if (b.get("kind").equals("value")) {
                String path = paths.get(node).toString().replaceAll("[^A-Za-z0-9]+", "_");
                assertEquals(b.get("name"), path);
            }
        }
        Map<String, Object> loss = list(map(report, "plan"), "buffers").stream()
                .filter(b -> b.get("name").equals("loss"))
                .findFirst()
                .orElseThrow();
        assertEquals("output", loss.get("kind"));
        List<Map<String, Object>> outputs = list(map(report, "graph"), "outputs");
        List<?> reads = (List<?>) outputs.get(1).get("reads");
        assertEquals(number(loss, "node"), ((Number) reads.getLast()).longValue());
    }

    @Test
    void whatDependsOnOpenLengthsIsAFormula() throws IOException {
        Map<String, Object> report = inspected();
        Map<String, Object> plan = map(report, "plan");
        assertEquals(List.of("N"), map(report, "head").get("open"));
        assertEquals(List.of(), plan.get("arrays"));
        assertFalse(map(report, "head", "work").containsKey("peak"));
        List<Map<String, Object>> buffers = list(plan, "buffers");
        assertTrue(buffers.stream().noneMatch(b -> b.containsKey("array")), buffers.toString());
        assertEquals("32*N", list(plan, "outputs").getFirst().get("bytes"));
    }

    @Test
    void aBudgetSaysWhatIsKept() throws IOException {
        Files.writeString(model, DEEP);
        List<String> options = List.of("-D", "N=32", "--grad", "loss", "--memory-budget", "0.6");
        Map<String, Object> report = inspected(options.toArray(String[]::new));
        Map<String, Object> plan = map(report, "plan");
        List<?> kept = (List<?>) plan.get("kept");
        List<?> keptBytes = (List<?>) plan.get("keptBytes");
        assertEquals(kept.size(), keptBytes.size());
        assertFalse(kept.contains(-1), kept.toString());
        assertEquals(((List<?>) plan.get("recomputed")).size(), ((List<?>) plan.get("recomputedBytes")).size());
        long peak = number(plan, "budgetPeak");
        assertTrue(peak < number(plan, "wholePeak"), plan.toString());
        List<?> curve = (List<?>) plan.get("curve");
        assertTrue(curve.stream().anyMatch(p -> ((Number) ((List<?>) p).getFirst()).longValue() == peak));
        List<Object> words = new ArrayList<>(List.of("explain", model));
        words.addAll(options);
        Ran explained = Ran.command(words.toArray());
        long all = keptBytes.stream().mapToLong(b -> ((Number) b).longValue()).sum();
        String line = "Memory for gradients: " + Sizes.text(peak) + ", without a budget "
                + Sizes.text(number(plan, "wholePeak"));
        assertTrue(explained.out().contains(line), explained.toString());
        line = "Kept for the backward pass: " + kept.size() + " values, " + Sizes.text(all);
        assertTrue(explained.out().contains(line), line + explained);
    }

    @Test
    void aRunWritesAReportWithTimes() throws IOException {
        Path data = dir.resolve("run.json");
        Path page = dir.resolve("run.html");
        Ran ran = run("--report", data);
        assertTrue(ran.out().contains("timed run") && ran.out().contains(data.toString()), ran.out());
        assertTrue(ran.out().stripTrailing().lines().toList().getLast().contains("peak"), ran.out());
        Map<String, Object> report = JSON.std.mapFrom(Files.readString(data));
        assertEquals(Map.of("N", 32), map(report, "head").get("lengths"));
        Map<String, Object> profile = map(report, "profile");
        assertEquals(number(profile, "nanos"), number(map(report, "head"), "nanos"));
        assertTrue(number(profile, "runs") >= 1 && number(profile, "threads") >= 1, profile.toString());
        for (Map<String, Object> k : list(map(report, "plan"), "kernels")) {
            assertEquals(k.get("once").equals(false), k.containsKey("time"), k.toString());
        }
        if (profile.containsKey("limits")) {
            Map<String, Object> limits = map(profile, "limits");
            assertEquals("measured", limits.get("how"));
            assertTrue(((Number) limits.get("gigaflops")).doubleValue() > 0, limits.toString());
        }
        run("--report", page);
        String html = Files.readString(page);
        assertTrue(html.contains("id=\"profile\"") && html.contains("id=\"plan-unfused\""));
        Ran both = Ran.command("run", model, "-D", "N=2", "--input", "x=random", "--report", page, "--trace", page);
        assertEquals(ExitCode.USAGE, both.code(), both.toString());
        assertTrue(both.err().contains("--trace and --report both write"), both.err());
    }

    @Test
    void aTraceKeepsTheRulesOfItsFormat() throws IOException {
        Path file = dir.resolve("trace.json");
        run("--trace", file);
        List<Map<String, Object>> events = list(JSON.std.mapFrom(Files.readString(file)), "traceEvents");
        List<Map<String, Object>> spans =
                events.stream().filter(e -> e.get("ph").equals("X")).toList();
        List<Map<String, Object>> names =
                events.stream().filter(e -> e.get("name").equals("thread_name")).toList();
        for (Map<String, Object> e : events) {
            assertTrue(e.containsKey("name") && e.containsKey("pid") && e.containsKey("tid"), e.toString());
            assertTrue(List.of("X", "M").contains(e.get("ph")), e.toString());
        }
        for (Map<String, Object> e : spans) {
            assertTrue(start(e) >= 0 && end(e) >= start(e), e.toString());
            assertEquals(
                    1,
                    names.stream()
                            .filter(n -> n.get("tid").equals(e.get("tid")))
                            .count(),
                    e.toString());
        }
        assertEquals("kernels", map(names.getFirst(), "args").get("name"));
        // Events of one track do not overlap, and a scope is around the kernels in it.
        Stream<Object> tracks = spans.stream().map(e -> e.get("tid")).distinct();
        tracks.forEach(track -> {
            List<Map<String, Object>> own =
                    spans.stream().filter(e -> e.get("tid").equals(track)).toList();
            for (int n = 1; n < own.size(); n++) {
                assertTrue(end(own.get(n - 1)) <= start(own.get(n)) + 1e-3, own.toString());
            }
        });
        Map<String, Object> scope = spans.stream()
                .filter(e ->
                        e.get("cat").equals("scope") && e.get("name").toString().endsWith("0"))
                .findFirst()
                .orElseThrow();
        List<Map<String, Object>> inside = spans.stream()
                .filter(e -> !e.get("cat").equals("scope"))
                .filter(e -> e.get("name").toString().startsWith(scope.get("name") + ":"))
                .toList();
        assertFalse(inside.isEmpty(), spans.toString());
        inside.forEach(
                e -> assertTrue(start(e) >= start(scope) - 1e-3 && end(e) <= end(scope) + 1e-3, e + " in " + scope));
    }

    private static double start(Map<String, Object> event) {
        return ((Number) event.get("ts")).doubleValue();
    }

    private static double end(Map<String, Object> event) {
        return start(event) + ((Number) event.get("dur")).doubleValue();
    }

    /** Inputs say the lengths of a run, so that a budget needs no -D. */
    @Test
    void aBudgetHoldsForTheLengthsOfTheInputs() throws IOException {
        Path model = Files.writeString(dir.resolve("budget.heddle"), """
                dim N
                input x: f32[N, 8]
                let w = weight "w" : f32[8, 8]
                output loss: f32 = mean(exp(tanh(exp(x @ w) @ w)))
                """);
        Path x = dir.resolve("x.npy");
        Npy.write(Tensor.zeros(DType.F32, 64, 8), x);
        Ran ran = Ran.command(
                "run", model, "--weights", "random", "--input", "x=" + x, "--grad", "--memory-budget", "0.9");
        assertEquals(ExitCode.DONE, ran.code(), ran.toString());
        Ran open = Ran.command("explain", model, "--grad", "--memory-budget", "0.9");
        assertTrue(open.err().contains("H1304"), open.toString());
    }
}
