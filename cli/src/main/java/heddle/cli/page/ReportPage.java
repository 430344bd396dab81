package heddle.cli.page;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;

/**
 * Writes a report as one HTML file that needs nothing else: style, script and data are in it, and its policy permits that script
 * and that style alone. What models, weights and files are called is in it as data only, never as markup.
 */
public final class ReportPage {
    /** The script's modules, those that others import first. The page has them as one script, without imports and exports. */
    public static final List<String> MODULES = List.of(
            "format.js",
            "dom.js",
            "report.js",
            "state.js",
            "search.js",
            "layout.js",
            "routes.js",
            "theme.js",
            "pen.js",
            "box-pen.js",
            "draw.js",
            "grid.js",
            "minimap.js",
            "canvas-controls.js",
            "source-panel.js",
            "facts.js",
            "node-panel.js",
            "decisions-panel.js",
            "outline.js",
            "pass-strip.js",
            "scene.js",
            "graph-view.js",
            "words-view.js",
            "memory-data.js",
            "roofline.js",
            "buffers-chart.js",
            "kernel-table.js",
            "heat-table.js",
            "gradients-panel.js",
            "memory-view.js",
            "code-column.js",
            "code-ribbons.js",
            "block-map.js",
            "attention-view.js",
            "code-view.js",
            "empty-view.js",
            "compare-graph.js",
            "compare-view.js",
            "frame.js",
            "print.js",
            "keys.js",
            "app.js",
            "main.js");

    /** Unpacks the script and runs it. A browser that cannot shows what stands in the page without it. */
    private static final String STARTER = """
            if (typeof DecompressionStream === 'function') {
                const packed = Uint8Array.from(atob(document.getElementById('code').textContent), c => c.charCodeAt(0));
                const text = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
                new Response(text).text().then(code => {
                    const script = document.createElement('script');
                    script.textContent = code;
                    document.body.append(script);
                });
            }
            """;

    /** The id of the element that holds the page's own script. */
    public static final String CODE = "code";

    private static final Pattern PART = Pattern.compile("\\{\\{([a-z]+)}}");
    private static final Pattern IMPORT = Pattern.compile("(?ms)^import .*?;\\n");
    private static final Pattern EXPORT = Pattern.compile("(?m)^export (?=(async )?(function|const|class|let))");

    private ReportPage() {}

    /** The whole page. */
    public static String html(Report report) {
        String style = style();
        String script = script();
        Map<String, String> parts = Map.of(
                "policy", policy(style, STARTER, script),
                "title", StaticVerdict.escaped(report.head().get("model") + " · Heddle"),
                "style", style,
                "verdict", StaticVerdict.html(report),
                "sections", sections(report),
                "code", packed(script),
                "starter", STARTER);
        // All at once: a part may have the sign of another in it.
        return PART.matcher(resource("page.html")).replaceAll(m -> Matcher.quoteReplacement(parts.get(m.group(1))));
    }

    /** The style. */
    public static String style() {
        return resource("page.css");
    }

    /** How many characters the script takes in the page. */
    public static int packedLength() {
        return packed(script()).length();
    }

    /** The modules as one script. */
    public static String script() {
        return "'use strict';\n(() => {\n"
                + MODULES.stream().map(ReportPage::module).collect(Collectors.joining("\n"))
                + "\n})();\n";
    }

    private static String module(String name) {
        return EXPORT.matcher(IMPORT.matcher(resource(name)).replaceAll("")).replaceAll("");
    }

    /** What the page may run and how it may look: this style and these scripts, and nothing else. */
    private static String policy(String style, String... scripts) {
        String hashes =
                Arrays.stream(scripts).map(s -> "'sha256-" + hash(s) + "'").collect(Collectors.joining(" "));
        return "default-src 'none'; script-src " + hashes + "; style-src 'sha256-" + hash(style)
                + "'; img-src data:; base-uri 'none'; form-action 'none'";
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** The head as it is, all others packed: the page reads them when a view needs them. */
    private static String sections(Report report) {
        StringBuilder html = new StringBuilder();
        for (Map.Entry<String, Object> section : report.sections().entrySet()) {
            String text = Report.text(section.getValue());
            boolean head = section.getKey().equals(Report.HEAD);
            html.append("<script type=\"application/")
                    .append(head ? "json" : "gzip;base64")
                    .append("\" id=\"")
                    .append(section.getKey())
                    .append("\">")
                    .append(head ? harmless(text) : packed(text))
                    .append("</script>\n");
        }
        return html.toString();
    }

    /** JSON that ends no script element. */
    static String harmless(String json) {
        return json.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029");
    }

    private static String packed(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Base64.getEncoder().encodeToString(bytes.toByteArray());
    }

    private static String resource(String name) {
        try (InputStream in = ReportPage.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the page has no part " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
