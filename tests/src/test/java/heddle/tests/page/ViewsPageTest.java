package heddle.tests.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.cli.compare.ComparedReport;
import heddle.cli.compare.Comparison;
import heddle.cli.compare.ComparisonPage;
import heddle.cli.compare.Limit;
import heddle.cli.page.ReportPage;
import heddle.cli.page.WordsSection;
import heddle.runtime.CompileOptions;
import heddle.runtime.Heddle;
import heddle.runtime.HeddleModel;
import heddle.runtime.attend.Journey;
import heddle.runtime.attend.Observation;
import heddle.runtime.attend.Observer;
import heddle.runtime.text.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The views beside the graph, in a browser: what they show, and that a selection is one in all of them. */
class ViewsPageTest {
    private static final String ATTENTION = "layer.0/self_attention/attention:softmax#1";

    @TempDir
    static Path folder;

    private static Browser browser;
    private static Path minilm;
    private static Path causal;

    @BeforeAll
    static void open() throws IOException {
        browser = Browser.open(1440, 900);
        minilm = Pages.page(folder, Pages.MINILM, Pages.SENTENCE);
        causal = Pages.page(folder, Pages.ATTENTION, Map.of("B", 1L, "N", 4096L));
    }

    @AfterAll
    static void close() {
        if (browser != null) {
            browser.close();
        }
    }

    @AfterEach
    void theConsoleIsEmpty() {
        assertEquals(List.of(), browser.console());
    }

    private void show(Path page, String hash) {
        browser.show(page, hash);
        browser.settle();
    }

    @Test
    void theBlocksOfAttentionAreThoseOfExplain() {
        show(causal, "#/attention");
        browser.await("return document.getElementById('app').textContent.includes('15,872')");
        browser.keep("attention-blocks");
        String text = browser.text();
        assertTrue(text.contains("1,024") && text.contains("51.6 % visited"), text);
        assertTrue(browser.number("document.querySelectorAll('math').length") >= 3, "mathematics is MathML");
        assertTrue((Boolean)
                browser.value("[...document.querySelectorAll('math')].every(m => m.getAttribute('aria-label'))"));
    }

    @Test
    void codeLinksAllThreeColumns() {
        show(minilm, "#/code?sel=" + ATTENTION.replace("#", "%23"));
        browser.await("return document.getElementById('app').textContent.includes('blockMax')");
        browser.keep("code");
        String text = browser.text();
        assertTrue(text.contains("return softmax(where(real, scores, -inf)"), text);
        assertTrue(text.contains("layer_0_self_attention_attention_softmax_1"), "the Java of the kernel");
        assertTrue(browser.number("document.querySelectorAll('svg.ribbons path').length") > 5, "ribbons");
        browser.run("[...document.querySelectorAll('.code-bar button')].find(b => b.textContent === 'mask').click()");
        browser.settle();
        assertTrue(browser.number("document.querySelectorAll('svg.ribbons path.hot').length") > 0, "the mask is lit");
        assertTrue(browser.text().contains("attention_mask[:, new, new, :] == 1"), browser.text());
    }

    @Test
    void memoryAndTimeShowBothPeaks() {
        show(minilm, "#/memory?sel=" + ATTENTION.replace("#", "%23"));
        browser.await("return [...document.querySelectorAll('.memory-view [role=img]')]"
                + ".some(e => e.getAttribute('aria-label').includes('27.5 MB'))");
        browser.keep("memory");
        String text = browser.text();
        assertTrue(text.contains("peak 5.5 MB 27.5 MB unfused"), text);
        assertTrue(text.contains("62 kernels"), text);
        assertTrue(text.contains("--report"), "how to get times");
    }

    @Test
    void aSelectionIsTheSameInAllViews() {
        show(minilm, "");
        browser.run("heddle.state.set({view: 'memory'})");
        browser.settle();
        browser.run("heddle.select([heddle.graph.find('" + ATTENTION + "', heddle.graph.last)])");
        for (String view : List.of("graph", "attention", "code", "memory")) {
            browser.run("heddle.state.set({view: '" + view + "'})");
            browser.settle();
            assertEquals(List.of(ATTENTION), browser.value("heddle.state.sel"), view);
        }
        browser.press("1");
        assertEquals("graph", browser.value("heddle.state.view"));
        browser.press("4");
        assertEquals("memory", browser.value("heddle.state.view"));
    }

    @Test
    void viewsWithoutDataSayHowToGetIt() {
        show(minilm, "#/words");
        assertTrue(browser.text().contains("heddle attend"), browser.text());
        browser.run("heddle.state.set({view: 'compare'})");
        browser.settle();
        assertTrue(browser.text().contains("heddle diff before.json"), browser.text());
    }

    /** One layer's probabilities are rounded, which no factor is: that attention is lost, and nothing else. */
    @Test
    void compareShowsTheOneAttentionThatIsLost() throws IOException {
        String model = Files.readString(Pages.MINILM);
        String changed = model.replace("fn attention(q, k, v) {", "fn attention(q, k, v, l) {")
                .replace("attention(q, k, v))", "attention(q, k, v, l))")
                .replace(
                        "    return softmax(where(real, scores, -inf), axis = -1) @ v\n",
                        "    let p = softmax(where(real, scores, -inf), axis = -1)\n"
                                + "    return if l == 3 then round(p * 255.0) @ v / 255.0 else p @ v\n");
        assertFalse(model.equals(changed));
        Path other = folder.resolve("changed.heddle");
        Files.writeString(other, changed);
        Comparison comparison = Comparison.of(
                ComparedReport.of("A", Pages.report(Pages.MINILM, Pages.SENTENCE)),
                ComparedReport.of("B", Pages.report(other, Pages.SENTENCE)));
        Path page = folder.resolve("diff.html");
        Files.writeString(
                page,
                ReportPage.html(ComparisonPage.of(comparison, comparison.check(Limit.parse("unfused,kernels:+1")))));
        show(page, "");
        browser.keep("compare");
        String text = browser.text();
        assertEquals("compare", browser.value("heddle.state.view"));
        assertTrue(text.contains("1 attention is no longer fused"), text);
        assertTrue(text.contains("layer.3/self_attention/attention"), text);
        assertTrue(text.contains("5 layers equal"), text);
        assertTrue(text.contains("the probabilities are changed by more than a factor"), text);
    }

    /** Without lengths there is no peak to limit, and the command would be refused. */
    @Test
    void theProposedCommandHasLimitsThatCanBeAsked() throws IOException {
        assertTrue(proposed(Map.of("B", 1L, "N", 64L)).contains("--fail-on unfused,kernels,peak:+5% "));
        assertTrue(proposed(Map.of()).contains("--fail-on unfused,kernels A"));
    }

    private String proposed(Map<String, Long> lengths) throws IOException {
        Comparison comparison = Comparison.of(
                ComparedReport.of("A", Pages.report(Pages.ATTENTION, lengths)),
                ComparedReport.of("B", Pages.report(Pages.ATTENTION, lengths)));
        Path page = folder.resolve("proposed" + lengths.size() + ".html");
        Files.writeString(
                page, ReportPage.html(ComparisonPage.of(comparison, comparison.check(Limit.parse("unfused")))));
        show(page, "");
        return browser.text();
    }

    @Test
    void wordsOfADecoderLookBackAlone() throws IOException {
        Path model = Path.of("..", "examples", "gpt.heddle");
        HeddleModel gpt = Heddle.model(model, Map.of());
        CompileOptions options = CompileOptions.defaults().withWeights("random");
        Observation seen;
        try (Tokenizer tokenizer = gpt.tokenizer(options)) {
            seen = new Observer(gpt, options).observe("a bank", tokenizer);
        }
        assertEquals(List.of("a", "␣", "b", "a", "n", "k"), seen.tokens());
        float[][] head = seen.layers().getFirst().probabilities()[0];
        for (int i = 0; i < head.length; i++) {
            for (int j = i + 1; j < head.length; j++) {
                assertEquals(0, head[i][j], "token " + i + " looks at " + j + ", which comes later");
            }
        }
        Map<String, Object> words = WordsSection.of(seen, 2, Journey.of(seen, 2, List.of()), List.of());
        Path page = folder.resolve("words.html");
        Files.writeString(page, ReportPage.html(Pages.report(model, Map.of()).startingWith("words", words)));
        show(page, "");
        browser.await("return document.getElementById('app').textContent.includes('a bank')");
        browser.keep("words");
        assertEquals("words", browser.value("heddle.state.view"));
        assertEquals(5 * 4, browser.number("document.querySelectorAll('.heads figure').length"));
        browser.run("document.querySelectorAll('.token')[5].click()");
        browser.settle();
        assertEquals("k", browser.value("document.querySelector('.token[aria-pressed=true]').textContent"));
    }

    @Test
    void darkAndSmallViewsAreNotCut() {
        for (String view : List.of("graph", "attention", "code", "memory")) {
            browser.size(1280, 720);
            show(minilm, "#/" + view + "?theme=dark");
            browser.keep("dark-" + view);
            assertEquals(0, browser.number("Math.max(0, document.documentElement.scrollWidth - innerWidth)"), view);
            assertEquals(0, browser.number("Math.max(0, document.documentElement.scrollHeight - innerHeight)"), view);
        }
        browser.size(1440, 900);
    }
}
