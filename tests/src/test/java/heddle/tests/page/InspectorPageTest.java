package heddle.tests.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;

/** MiniLM's report in a browser: what is drawn, what is linked, and that nothing moves that shall not. */
class InspectorPageTest {
    private static final String ATTENTION =
            "heddle.graph.find('layer.0/self_attention/attention:softmax#1', heddle.stage())";
    private static final String LAYER = "heddle.graph.find('layer.0/', heddle.stage())";
    private static final int FUSE_ATTENTION = 22;

    @TempDir
    static Path folder;

    private static Browser browser;
    private static Path page;

    @BeforeAll
    static void open() throws IOException {
        browser = Browser.open(1440, 900);
        page = Pages.page(folder, Pages.MINILM, Pages.SENTENCE);
    }

    @AfterAll
    static void close() {
        if (browser != null) {
            browser.close();
        }
    }

    @BeforeEach
    void show() {
        browser.show(page, "");
    }

    @AfterEach
    void theConsoleIsEmpty() {
        assertEquals(List.of(), browser.console());
    }

    @Test
    void opensWithOneLayerForSix() {
        browser.keep("minilm-graph");
        assertEquals(6, browser.number("[...heddle.graph.runs.values()][0].length"));
        assertTrue((Boolean) browser.value("heddle.layout.isDrawn[" + ATTENTION + "] === 1"), "the attention is drawn");
        assertEquals(0, browser.number(overlaps()), "boxes that overlap");
        assertTrue(browser.text().contains("6 of 6 attentions fused"), browser.text());
        assertTrue(browser.text().contains("62 kernels"), browser.text());
    }

    @Test
    void whatIsInSightHasItsNameAndNoTextIsTooSmall() {
        for (String scale : List.of("0.31", "0.5", "0.77", "1", "1.6")) {
            List<List<Object>> drawn =
                    browser.run("const v = heddle.graphView, c = v.drawing.context, write = c.fillText;"
                            + " v.zoom(" + scale + " / v.sight.scale); v.sight.y = -30; const drawn = [];"
                            + " c.fillText = function (text, ...at) {"
                            + "   drawn.push([text, parseFloat(/([0-9.]+)px/.exec(c.font)[1]) * v.sight.scale]);"
                            + "   write.call(c, text, ...at); };"
                            + " v.paintNow(); delete c.fillText; return drawn");
            for (String name : List.of("input_ids", "attention_mask", "slice", "norm")) {
                assertTrue(
                        drawn.stream().anyMatch(d -> isName(d.getFirst().toString(), name)),
                        name + " at " + scale + ": " + drawn);
            }
            assertEquals(
                    List.of(),
                    drawn.stream()
                            .filter(d -> ((Number) d.get(1)).doubleValue() < 9.9)
                            .toList(),
                    scale);
        }
    }

    /** A name, cut where it has no room. */
    private static boolean isName(String drawn, String name) {
        return drawn.equals(name)
                || drawn.length() > 3 && drawn.endsWith("…") && name.startsWith(drawn.substring(0, drawn.length() - 1));
    }

    /** Pairs of boxes that meet without one being in the other. */
    private static String overlaps() {
        return "(() => { const l = heddle.layout, d = l.drawn; let n = 0;"
                + " const inside = (a, b) => l.x[a] >= l.x[b] && l.y[a] >= l.y[b]"
                + "   && l.x[a] + l.w[a] <= l.x[b] + l.w[b] && l.y[a] + l.h[a] <= l.y[b] + l.h[b];"
                + " for (const a of d) for (const b of d) if (a < b"
                + "   && l.x[a] < l.x[b] + l.w[b] && l.x[b] < l.x[a] + l.w[a]"
                + "   && l.y[a] < l.y[b] + l.h[b] && l.y[b] < l.y[a] + l.h[a] && !inside(a, b) && !inside(b, a)) n++;"
                + " return n; })()";
    }

    @Test
    void foldingAndUnfoldingGivesTheSamePicture() {
        String before = browser.picture();
        browser.run("heddle.toggle(" + LAYER + ")");
        String folded = browser.picture();
        List<Number> corner = browser.value("[heddle.layout.x[" + LAYER + "], heddle.layout.y[" + LAYER + "],"
                + " heddle.graphView.sight.x, heddle.graphView.sight.y]");
        browser.run("heddle.toggle(" + LAYER + ")");
        List<Number> again = browser.value("[heddle.layout.x[" + LAYER + "], heddle.layout.y[" + LAYER + "],"
                + " heddle.graphView.sight.x, heddle.graphView.sight.y]");
        assertNotEquals(before, folded);
        assertEquals(before, browser.picture());
        assertEquals(
                corner.get(0).doubleValue() - corner.get(2).doubleValue(),
                again.get(0).doubleValue() - again.get(2).doubleValue(),
                1e-6,
                "the corner of the box stays where it is");
        assertEquals(
                corner.get(1).doubleValue() - corner.get(3).doubleValue(),
                again.get(1).doubleValue() - again.get(3).doubleValue(),
                1e-6);
    }

    @Test
    void aClickSelectsTheSameThingEverywhere() {
        browser.clickBox(ATTENTION);
        browser.keep("minilm-attention");
        assertEquals(List.of("layer.0/self_attention/attention:softmax#1"), browser.value("heddle.state.sel"));
        assertTrue(browser.text().contains("Woven from 14 nodes by fuse-attention"), browser.text());
        assertEquals(
                "33",
                browser.value("document.querySelector('.code .row.here .no').textContent"),
                "the line of the softmax");
        browser.run("heddle.selectLine(0, 32)");
        assertNotEquals(List.of("layer.0/self_attention/attention:softmax#1"), browser.value("heddle.state.sel"));
    }

    @Test
    void thePassesShowHowAttentionIsFused() {
        browser.run("heddle.setPass(" + (FUSE_ATTENTION - 1) + ")");
        String before = places(FUSE_ATTENTION);
        browser.press("]");
        browser.keep("minilm-fuse-attention");
        assertEquals(FUSE_ATTENTION, browser.number("heddle.stage()"));
        assertEquals("fuse-attention", browser.value("heddle.graph.stages[heddle.stage()].name"));
        assertEquals(before, places(FUSE_ATTENTION), "nodes of both passes stay where they are");
        assertEquals(
                6,
                browser.number("heddle.graph.nodes.path.filter((_, n) => heddle.graph.change(n, " + FUSE_ATTENTION
                        + ") === '+').length"));
        assertEquals("+", browser.value("heddle.graphView.scene.change(" + ATTENTION + ")"));
        assertEquals(
                List.of("contract", "div", "select", "softmax", "contract"),
                browser.value("heddle.graph.nodes.op.filter((_, n) => !heddle.graph.isPort[n]"
                        + " && heddle.graph.nodes.path[n].startsWith('layer.0/') && heddle.graph.change(n, "
                        + FUSE_ATTENTION + ") === '−')"));
    }

    /** Where the nodes are that are there in a pass and in the one before. */
    private static String places(int stage) {
        return browser.value("JSON.stringify([...heddle.layout.drawn].filter(b => b >= heddle.graph.count"
                + " || (heddle.graph.isAlive(b, " + stage + ") && heddle.graph.isAlive(b, " + (stage - 1) + ")))"
                + ".map(b => [b, heddle.layout.x[b], heddle.layout.y[b]]).sort((a, b) => a[0] - b[0]))");
    }

    @Test
    void allPassesAreReachedByKeys() {
        long last = browser.number("heddle.graph.last");
        for (long n = 0; n < last; n++) {
            browser.press("[");
        }
        assertEquals(0, browser.number("heddle.stage()"));
        assertEquals(535, browser.number("heddle.graph.stages[0].nodes"));
        browser.press(Keys.SHIFT, "]");
        assertTrue(browser.number("heddle.stage()") > 0);
    }

    @Test
    void theSearchKnowsItsKeys() {
        for (String query : List.of(
                "op:attention",
                "family:attention",
                "name:attention",
                "scope:layer.3 op:attention",
                "shape:*,512,384 op:attention",
                "dtype:f32 op:attention",
                "line:33 op:attention",
                "file:minilm.heddle op:attention",
                "kernel:*softmax* op:attention",
                "added:" + FUSE_ATTENTION,
                "pass:fuse-attention",
                "origin:softmax op:attention",
                "is:fused",
                "bytes:>1% op:attention",
                "flops:>100m op:attention",
                "consumers:1 op:attention",
                "-op:contract op:attention")) {
            browser.run("heddle.search('" + query + "')");
            assertTrue(browser.number("heddle.matches.length") > 0, query);
            assertTrue(
                    (Boolean) browser.value("heddle.matches.every(n => heddle.graph.nodes.op[n] === 'attention')"),
                    query);
        }
        browser.run("heddle.search('op:add OR op:attention')");
        assertTrue(browser.number("heddle.matches.length") > 6);
        browser.run("heddle.search('weight:onnx*')");
        assertEquals(36, browser.number("heddle.matches.length"));
        browser.run("heddle.search('removed:" + FUSE_ATTENTION + " op:softmax')");
        assertEquals(6, browser.number("heddle.matches.length"));
        assertEquals(
                List.of("no key opp; did you mean op?"),
                browser.value("(heddle.search('opp:softmax'), heddle.query.errors)"));
    }

    @Test
    void whatNothingMatchesHasSuggestions() {
        browser.press("/");
        browser.press("op:attenton");
        assertTrue(browser.text().contains("Nothing matches op:attenton. 6 nodes with op:attention"), browser.text());
        browser.press(Keys.ESCAPE);
        assertEquals("", browser.value("heddle.state.q"));
    }

    @Test
    void aLinkBringsTheSamePicture() {
        browser.clickBox(ATTENTION);
        browser.run("heddle.search('op:add')");
        browser.press("f");
        browser.await("return heddle.state.at !== null");
        String hash = browser.value("location.hash");
        String picture = browser.picture();
        browser.show(page, hash);
        assertEquals(picture, browser.picture(), hash);
        browser.run("heddle.select([])");
        browser.run("history.back()");
        browser.await("return heddle.state.sel.length === 1");
        browser.show(page, "#/graph?sel=layer.0/self_attention/attention:softmax%231&colour=blue");
        assertTrue(browser.text().contains("Not known, and left out: colour"), browser.text());
    }

    @Test
    void theKeyboardDoesWhatTheMouseDoes() {
        browser.run("heddle.graphView.area.focus()");
        browser.press(Keys.ARROW_DOWN);
        browser.press(Keys.ARROW_DOWN);
        assertEquals(1, browser.number("heddle.state.sel.length"));
        browser.run("heddle.select([" + LAYER + "])");
        browser.press(Keys.ENTER);
        assertTrue((Boolean) browser.value("!heddle.openScopes().has(heddle.graph.scopeOf(" + LAYER + "))"));
        browser.press(Keys.ENTER);
        browser.run("heddle.select([" + ATTENTION + "])");
        browser.press(Keys.BACK_SPACE);
        assertTrue((Boolean) browser.value("heddle.state.sel[0].endsWith('/')"));
        browser.press("t");
        assertEquals("dark", browser.value("document.documentElement.dataset.theme"));
        browser.keep("minilm-dark");
        browser.press("?");
        assertTrue(browser.text().contains("the pass before"), browser.text());
        browser.press(Keys.ESCAPE);
    }

    @Test
    void aScreenReaderHearsWhatIsSelected() {
        browser.run("heddle.state.set({tab: {left: 'outline'}}); heddle.select([" + ATTENTION + "], true)");
        browser.settle();
        String spoken = browser.value(
                "document.querySelector('[role=treeitem][aria-selected=true]').getAttribute('aria-label')");
        assertTrue(spoken.startsWith("attention, fused, f32[1, 512, 384]") && spoken.endsWith("line 33"), spoken);
        assertTrue(((String) browser.value("document.querySelector('[aria-live]').textContent")).contains("selected"));
        browser.run("heddle.setPass(3)");
        assertTrue(((String) browser.value("document.querySelector('[role=slider]').getAttribute('aria-valuetext')"))
                .contains("added"));
    }

    @Test
    void nothingIsCutAtCommonSizes() {
        for (int[] size : new int[][] {{1280, 720}, {1440, 900}, {1920, 1080}}) {
            browser.size(size[0], size[1]);
            browser.show(page, "");
            browser.press("f");
            assertEquals(
                    0,
                    browser.number("Math.max(0, document.documentElement.scrollWidth - innerWidth)"),
                    size[0] + " wide");
            assertTrue(
                    (Boolean) browser.value("(() => { const v = heddle.graphView, l = heddle.layout, d = v.drawing;"
                            + " return l.drawn.every(b => (l.x[b] - v.sight.x) * v.sight.scale >= 0"
                            + " && (l.y[b] - v.sight.y) * v.sight.scale >= 0"
                            + " && (l.x[b] + l.w[b] - v.sight.x) * v.sight.scale <= d.width"
                            + " && (l.y[b] + l.h[b] - v.sight.y) * v.sight.scale <= d.height) })()"),
                    "fit shows everything at " + size[0]);
        }
        browser.size(1440, 900);
    }

    @Test
    void theVerdictIsThereWithoutScript() throws IOException {
        try (Browser plain = Browser.open(1280, 720)) {
            plain.withoutScript();
            plain.open(page);
            String text = plain.text();
            assertTrue(text.contains("6 of 6 attentions fused"), text);
            assertTrue(text.contains("62 kernels, 332 unfused; peak 5.5 MB, 27.5 MB unfused"), text);
            assertTrue(text.contains("layer.5/self_attention/attention:softmax#1"), text);
        }
    }

    @Test
    void paperGetsTheVerdictAndTheFoldedGraph() {
        browser.run("dispatchEvent(new Event('beforeprint'))");
        String print = browser.value("document.querySelector('.print').textContent");
        assertTrue(print.contains("6 of 6 attentions fused, 0 declined"), print);
        assertTrue(print.contains("layer ×6"), print);
        assertTrue(print.contains("and 22 more"), "40 of 62 kernels: " + print);
        assertTrue(print.contains("heddle inspect ../examples/minilm.heddle -D B=1 -D N=512 -o report.html"), print);
        browser.run("dispatchEvent(new Event('afterprint'))");
        assertEquals("", browser.value("document.querySelector('.print').textContent"));
    }

    @Test
    void nothingIsAskedOfANetwork() throws IOException {
        assertEquals(0, browser.number("performance.getEntriesByType('resource').length"));
        String html = Files.readString(page);
        String policy =
                html.substring(html.indexOf("content=\"") + 9, html.indexOf('"', html.indexOf("content=\"") + 9));
        assertTrue(policy.startsWith("default-src 'none'"), policy);
        assertTrue(!policy.contains("unsafe") && !policy.contains("blob:"), policy);
        assertTrue(Files.size(page) < 500_000, Files.size(page) + " bytes");
    }
}
