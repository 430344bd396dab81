package heddle.tests.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names that want to be markup, script or another direction are shown as text, and stay where they are. */
class HostileNamesTest {
    private static final List<String> NAMES = names();

    private static List<String> names() {
        List<String> names = new ArrayList<>(List.of(
                "</script><script>document.title='broken'</script>",
                "<script>document.title='broken'</script>",
                "<img src=x onerror=document.title='broken'>",
                "<svg onload=document.title='broken'>",
                "'><b>bold</b>",
                "\\\"><i>quoted</i>",
                "</bdi></h1><h1>large",
                "</title><script>1</script>",
                "<!-- comment",
                "--><script>1</script>",
                "<![CDATA[ x ]]>",
                "&lt;b&gt;",
                "&#60;script&#62;",
                "javascript:alert(1)",
                "data:text/html,<script>1</script>",
                "{{script}}",
                "{{sections}}",
                "$1$&$`",
                "${alert(1)}",
                "`template`",
                "\u202Eright to left",
                "\u2066isolated",
                "\u200Bwidthless",
                "\u2028line",
                "\u2029paragraph",
                "\u0001start",
                "\u0007bell",
                "\u001b[31mred",
                "\uFEFFmark",
                "\uFFFEnothing",
                "العربية",
                "עברית שלום",
                "漢字と仮名",
                "🧵🪡 threads",
                "e\u0301\u0301\u0301\u0301\u0301 accents",
                "Z\u0351\u0343\u0357a\u0310\u0352l\u0346go",
                "../../etc/passwd",
                "C:\\\\windows",
                "%00%3Cscript%3E",
                "a=b&c=d#/graph?sel=x",
                "__proto__",
                "constructor",
                "toString",
                "hasOwnProperty",
                "null",
                "undefined",
                "x".repeat(10_000),
                "wide ".repeat(2000),
                "<".repeat(500),
                "</style><style>*{display:none}</style>"));
        return names;
    }

    @Test
    void thereAreFiftyNames() {
        assertEquals(50, NAMES.size());
    }

    @Test
    void theyAreTextInTheBrowser(@TempDir Path folder) throws IOException {
        StringBuilder model = new StringBuilder("model Hostile\ndim N\ninput x: f32[N, 4]\nlet start = x\n");
        for (int n = 0; n < NAMES.size(); n++) {
            model.append("let y")
                    .append(n)
                    .append(" = ")
                    .append(n == 0 ? "start" : "y" + (n - 1))
                    .append(" + weight \"");
            model.append(NAMES.get(n).replace("{", "{{").replace("}", "}}")).append("\" : f32[4]  // ");
            model.append(NAMES.get(n)).append('\n');
        }
        model.append("output o = softmax(y49 @ transpose(y49), axis = -1) @ y49\n");
        // In a plain locale, names of files have no characters beyond ASCII.
        boolean hasSlashes = Charset.forName(System.getProperty("sun.jnu.encoding"))
                .newEncoder()
                .canEncode('\u2215');
        Path file = folder.resolve("</script><b>'\" & {{script}}.heddle".replace("/", hasSlashes ? "\u2215" : "_"));
        Files.writeString(file, model);
        Path page = Pages.page(folder, file, Map.of("N", 16L));
        try (Browser browser = Browser.open(1440, 900)) {
            browser.show(page, "?");
            browser.keep("hostile-names");
            assertEquals("Hostile · Heddle", browser.value("document.title"));
            assertEquals(
                    2,
                    browser.number("document.querySelectorAll('script:not([type])').length"),
                    "the starter and the page");
            assertEquals(0, browser.number("document.querySelectorAll('img, iframe, b b, i').length"));
            assertEquals(
                    NAMES.size(),
                    browser.number("heddle.graph.nodes.kind.filter(k => k === 'weight').length"),
                    "weights");
            assertEquals(0, browser.number("Math.max(0, document.documentElement.scrollWidth - innerWidth)"));
            for (String tab : List.of("outline", "passes", "weights", "source")) {
                browser.run("heddle.state.set({tab: {left: '" + tab + "'}})");
                browser.settle();
            }
            browser.run("heddle.state.set({weights: true})");
            browser.run(
                    "for (let n = 0; n < heddle.graph.count; n++) { heddle.select([n], true); heddle.graphView.controls.showTip(n); }");
            browser.press("f");
            browser.run("heddle.search('<script>')");
            assertTrue(browser.number("heddle.matches.length") > 0);
            assertEquals("Hostile · Heddle", browser.value("document.title"));
            assertEquals(List.of(), browser.console());
        }
    }
}
