package heddle.bench;

import heddle.cli.page.Inspected;
import heddle.cli.page.Report;
import heddle.cli.page.ReportPage;
import heddle.compiler.Compiler.Fusion;
import heddle.runtime.Heddle;
import heddle.runtime.HeddleModel;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;

/**
 * The inspector's page in headless Chromium without a GPU: how long reports take to open, to unfold a layer, and to draw a frame
 * while a drawing of 20,000 boxes is moved. Needs chromium and chromedriver on the path.
 */
public final class InspectorBenchmark {
    private static final int ROUNDS = 7;

    /** Moves the sight for some frames and gives their times in milliseconds, as the browser shows them. */
    private static final String PAN = """
            const [scale, done] = [arguments[0], arguments[arguments.length - 1]];
            const v = heddle.graphView, times = [];
            v.sight = { scale, x: v.layout.width / 2 - v.drawing.width / 2 / scale, y: v.layout.height / 2 - v.drawing.height / 2 / scale };
            let last = performance.now(), n = 0;
            const step = now => {
                if (n++ > 5) { times.push(now - last); }
                last = now;
                if (times.length === 60) { done(times); return; }
                const way = n % 40 < 20 ? 1 : -1;
                v.sight.y += way * 5 / scale; v.sight.x += way * 3 / scale;
                if (n % 10 === 0) { v.sight.scale *= n % 20 === 0 ? 1.02 : 0.98; }
                v.paintNow();
                requestAnimationFrame(step);
            };
            requestAnimationFrame(step);
            """;

    private final ChromeDriver driver;

    private InspectorBenchmark(ChromeDriver driver) {
        this.driver = driver;
    }

    /** @param args none */
    public static void main(String[] args) throws IOException {
        ChromeOptions options = new ChromeOptions();
        options.addArguments(
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--window-size=1440,900",
                "--enable-precise-memory-info");
        options.setBinary(onPath("chromium"));
        Logger.getLogger("org.openqa.selenium").setLevel(Level.OFF);
        ChromeDriver driver = new ChromeDriver(
                new ChromeDriverService.Builder()
                        .usingDriverExecutable(onPath("chromedriver"))
                        .usingAnyFreePort()
                        .build(),
                options);
        try {
            new InspectorBenchmark(driver).measure();
        } finally {
            driver.quit();
        }
    }

    private static File onPath(String program) {
        return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .map(folder -> new File(folder, program))
                .filter(File::canExecute)
                .findFirst()
                .orElseThrow(() ->
                        new IllegalStateException(program + " is not on the path (Debian: chromium, chromium-driver)"));
    }

    private void measure() throws IOException {
        Path folder = TemporaryFolder.of("heddle-inspector");
        System.out.println("| report | kB | nodes | opens, ms | unfolds a layer, ms | heap, MB |");
        System.out.println("|---|---|---|---|---|---|");
        opening(page(folder, Path.of("examples", "minilm.heddle"), Map.of("B", 1L, "N", 512L)), "layer.0/feed_forward");
        opening(page(folder, decoder(folder, 96), Map.of("B", 1L, "N", 128L)), "layer.0/mix");
        Path large = page(folder, decoder(folder, 360), Map.of("B", 1L, "N", 128L));
        show(large);
        // Every layer by itself, all unfolded, as the model is written.
        run("heddle.graph.runs.clear(); heddle.graph.runOf = heddle.graph.runOf.map((_, i) => i);"
                + " heddle.state.set({open: heddle.graph.scopes.map(s => s.path), pass: 0})");
        System.out.println();
        System.out.println("| boxes | scale | in sight | median frame, ms | slowest, ms |");
        System.out.println("|---|---|---|---|---|");
        double all = number("(heddle.graphView.fitBoxes(heddle.layout.drawn, 1), heddle.graphView.sight.scale)");
        for (double scale : new double[] {all, 0.03, 0.35, 1, 1.6}) {
            frames(scale);
        }
    }

    private void opening(Path page, String scope) throws IOException {
        double[] opens = new double[ROUNDS];
        double[] unfolds = new double[ROUNDS];
        for (int n = 0; n < ROUNDS; n++) {
            show(page);
            opens[n] = number("performance.now()");
            unfolds[n] = number("(() => { const g = heddle.graph, box = g.find('" + scope + "/', g.last);"
                    + " const start = performance.now(); heddle.toggle(box); heddle.graphView.paintNow();"
                    + " return performance.now() - start })()");
        }
        System.out.printf(
                "| %s | %d | %.0f | %.0f | %.0f | %.0f |%n",
                page.getFileName(),
                Files.size(page) / 1000,
                number("heddle.graph.count"),
                median(opens),
                median(unfolds),
                number("performance.memory.usedJSHeapSize") / 1e6);
    }

    @SuppressWarnings("unchecked")
    private void frames(double scale) {
        List<Number> times = (List<Number>) driver.executeAsyncScript(PAN, scale);
        double[] all = times.stream().mapToDouble(Number::doubleValue).sorted().toArray();
        System.out.printf(
                "| %.0f | %.4f | %.0f | %.1f | %.1f |%n",
                number("heddle.layout.drawn.length"),
                scale,
                number("heddle.graphView.grid.find(heddle.graphView.drawing.sight).length"),
                all[all.length / 2],
                all[all.length - 1]);
    }

    private void show(Path page) {
        driver.get("about:blank");
        driver.get(page.toUri().toString());
        while (!Boolean.TRUE.equals(run("return document.documentElement.dataset.ready === 'true'"))) {
            Thread.onSpinWait();
        }
    }

    private Object run(String script) {
        return driver.executeScript(script);
    }

    private double number(String expression) {
        return ((Number) run("return " + expression)).doubleValue();
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private static Path page(Path folder, Path model, Map<String, Long> lengths) throws IOException {
        HeddleModel declared = Heddle.model(model, lengths);
        Inspected inspected = Inspected.of(declared, declared.compilation(Fusion.FUSED), "jvm", lengths);
        Path page = folder.resolve(model.getFileName() + ".html");
        Files.writeString(page, ReportPage.html(Report.of(inspected, Heddle.version())));
        return page;
    }

    /** A decoder as people write them, of equal layers. */
    private static Path decoder(Path folder, int layers) throws IOException {
        String model = """
                model Decoder
                dim B, N
                let hidden = 256, heads = 4, layers = LAYERS
                input tokens: i64[B, N]
                let i = iota(N)[:, new], j = iota(N)[new, :]
                fn norm(x, name) = layer_norm(x, weight "{name}.w" : f32[hidden], weight "{name}.b" : f32[hidden], eps = 1e-5)
                fn linear(x, name, inputs, outputs) = x @ weight "{name}.w" : f32[inputs, outputs] + weight "{name}.b" : f32[outputs]
                fn heads_of(x) = transpose(split_axis(x, -1, [heads, hidden / heads]), 1, 2)
                fn attention(q, k, v) = softmax(where(j <= i, q @ transpose(k) / sqrt(size(q, -1)), -inf), axis = -1) @ v
                fn mix(x, name) {
                    let q = heads_of(linear(x, "{name}.q", hidden, hidden))
                    let k = heads_of(linear(x, "{name}.k", hidden, hidden))
                    let v = heads_of(linear(x, "{name}.v", hidden, hidden))
                    return linear(merge_axes(transpose(attention(q, k, v), 1, 2), -2, -1), "{name}.o", hidden, hidden)
                }
                fn layer(x, l) {
                    let name = "layer.{l}"
                    let y = x + mix(norm(x, "{name}.n1"), name)
                    return y + linear(gelu(linear(norm(y, "{name}.n2"), "{name}.up", hidden, 4 * hidden)), "{name}.down", 4 * hidden, hidden)
                }
                let x = embed(tokens, weight "embed" : f32[1000, hidden])
                for l in 0 .. layers {
                    x = layer(x, l)
                }
                output y: f32[B, N, hidden] = norm(x, "last")
                """;
        Path file = folder.resolve("decoder-" + layers + ".heddle");
        Files.writeString(file, model.replace("LAYERS", Integer.toString(layers)));
        return file;
    }
}
