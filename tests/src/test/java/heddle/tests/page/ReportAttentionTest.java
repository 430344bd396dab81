package heddle.tests.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.cli.page.Inspected;
import heddle.cli.page.Report;
import heddle.compiler.Compiler.Fusion;
import heddle.runtime.Heddle;
import heddle.runtime.HeddleModel;
import heddle.tests.GoldenFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a report says of attentions: their mathematics, and which blocks are computed. */
class ReportAttentionTest {
    private static final Path CORPUS = Path.of("src/test/resources/fusion/fuses");
    private static final Path MATHEMATICS = Path.of("src/test/resources/page/mathematics.txt");

    /** One spelling of each kind of piece that an attention may have. */
    private static final List<String> SPELLINGS = List.of(
            "scale-none",
            "scale-divided-by-root",
            "scale-on-both",
            "scale-after-bias",
            "bias-per-head",
            "bias-two",
            "alibi-causal",
            "cap",
            "cap-before-mask",
            "causal-top-left",
            "causal-and-padding",
            "window-two-sided",
            "window-sink",
            "sink-gpt-oss",
            "weight-where");

    static Report report(Path file, Map<String, Long> lengths) {
        HeddleModel model = Heddle.model(file, lengths);
        return Report.of(Inspected.of(model, model.compilation(Fusion.FUSED), "jvm", model.fixedLengths()), "test");
    }

    @SuppressWarnings("unchecked")
    static <T> T at(Object fields, String key) {
        return (T) ((Map<String, Object>) fields).get(key);
    }

    private static Map<String, Object> fused(Path file, Map<String, Long> lengths) {
        List<Map<String, Object>> fused = at(report(file, lengths).sections().get("attention"), "fused");
        return fused.getFirst();
    }

    @Test
    void mathematicsSaysWhatTheModelSays() throws IOException {
        StringBuilder text = new StringBuilder();
        for (String spelling : SPELLINGS) {
            text.append(spelling).append('\n');
            List<Map<String, Object>> rows = at(fused(CORPUS.resolve(spelling + ".heddle"), Map.of()), "mathematics");
            for (Map<String, Object> row : rows) {
                text.append("  ")
                        .append(row.get("name"))
                        .append(" (")
                        .append(row.get("role"))
                        .append("): ");
                text.append(row.get("words"))
                        .append("\n    ")
                        .append(markup(row.get("math")))
                        .append('\n');
            }
        }
        GoldenFile.check(MATHEMATICS, text.toString());
    }

    /** MathML, its elements without namespaces. */
    private static String markup(Object tree) {
        if (!(tree instanceof List<?> element)) {
            return tree.toString();
        }
        Map<String, String> attributes = new TreeMap<>();
        ((Map<?, ?>) element.get(1)).forEach((k, v) -> attributes.put(k.toString(), v.toString()));
        attributes.remove("aria-label");
        String tag = element.getFirst()
                + attributes.entrySet().stream()
                        .map(e -> " " + e.getKey() + "=\"" + e.getValue() + "\"")
                        .collect(Collectors.joining());
        return element.stream()
                        .skip(2)
                        .map(ReportAttentionTest::markup)
                        .collect(Collectors.joining("", "<" + tag + ">", ""))
                + "</" + element.getFirst() + ">";
    }

    @Test
    void formulasHaveNamesInWords() {
        List<Map<String, Object>> rows = at(fused(CORPUS.resolve("sink-gpt-oss.heddle"), Map.of()), "mathematics");
        for (Map<String, Object> row : rows) {
            List<?> math = at(row, "math");
            assertEquals("math", math.getFirst());
            assertEquals(row.get("words"), ((Map<?, ?>) math.get(1)).get("aria-label"));
        }
        assertEquals(
                List.of("score", "mask", "probability", "output"),
                rows.stream().map(r -> r.get("name")).toList());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "scale-none",
                "causal-top-left",
                "causal-bottom-right",
                "causal-strict",
                "window-one-sided",
                "window-two-sided",
                "window-sink",
                "window-strided",
                "causal-and-padding"
            })
    void blocksAreThoseThatExplainCounts(String spelling) {
        for (long n : new long[] {1, 200, 1000}) {
            Map<String, Long> lengths = Map.of("B", 2L, "N", n, "M", n + 77, "S", n);
            HeddleModel any = Heddle.model(CORPUS.resolve(spelling + ".heddle"), Map.of());
            Map<String, Long> used = new TreeMap<>(lengths);
            used.keySet()
                    .retainAll(any.declaration().lengths().stream()
                            .map(l -> l.name())
                            .toList());
            Map<String, Object> fused = fused(CORPUS.resolve(spelling + ".heddle"), used);
            Map<String, Object> map = at(fused, "map");
            Map<String, Object> blocks = at(fused, "blocks");
            long heads = number(blocks, "total") / (number(map, "rows") * number(map, "columns"));
            long[] counted = counted(map);
            assertEquals(number(blocks, "skipped"), heads * counted[0], spelling + " " + n);
            assertEquals(number(blocks, "full"), heads * counted[1], spelling + " " + n);
            assertEquals(number(blocks, "partial"), heads * counted[2], spelling + " " + n);
            assertEquals(number(blocks, "atRunTime"), heads * counted[3], spelling + " " + n);
        }
    }

    private static long number(Map<String, Object> fields, String key) {
        return ((Number) fields.get(key)).longValue();
    }

    private static long[] counted(Map<String, Object> map) {
        long[] counted = new long[4];
        List<long[]> runs = at(map, "runs");
        for (long[] run : runs) {
            for (int kind = 0; kind < counted.length; kind++) {
                counted[kind] += (run[2] - run[1]) * run[3 + kind];
            }
        }
        return counted;
    }

    @ParameterizedTest
    @CsvSource({"4096,1", "65536,8"})
    void theExampleHasTheBlocksOfItsTriangle(long n, long pool) {
        Map<String, Object> map = at(fused(Path.of("../examples/attention.heddle"), Map.of("B", 1L, "N", n)), "map");
        assertEquals(pool, number(map, "pool"));
        long rows = n / 32;
        assertEquals(rows, number(map, "rows"));
        long[] counted = counted(map);
        // Each block of queries has one block of keys that the diagonal goes through; four blocks of queries end in
        // one.
        assertEquals(rows, counted[2]);
        assertEquals(rows * (n / 128), counted[0] + counted[1] + counted[2]);
        assertEquals(counted[0], counted[1]);
        assertEquals(0, counted[3]);
    }

    @Test
    void keptScoresOfPartialBlocksMakeTheTriangle() {
        Map<String, Object> map =
                at(fused(Path.of("../examples/attention.heddle"), Map.of("B", 1L, "N", 1000L)), "map");
        List<long[]> runs = at(map, "runs");
        long kept = 0;
        for (long[] run : runs) {
            long full = 0;
            for (long column = run[1]; column < run[2]; column++) {
                full += run[4] * length(run[0], number(map, "rowSize")) * length(column, number(map, "columnSize"));
            }
            assertEquals(run[5] > 0, run[7] >= 0);
            kept += run[5] > 0 ? run[7] * (run[2] - run[1]) : full;
        }
        assertEquals(1000 * 1001 / 2, kept);
    }

    /** The indexes in a block, of 1000. */
    private static long length(long block, long size) {
        return Math.min((block + 1) * size, 1000) - block * size;
    }

    @Test
    void unknownLengthsAreSaidToBeAnExample() {
        Map<String, Object> map = at(fused(Path.of("../examples/attention.heddle"), Map.of()), "map");
        Map<String, Long> example = at(map, "example");
        assertFalse(example.isEmpty());
        assertEquals(8, number(map, "columns"));
        Map<String, Object> known =
                at(fused(Path.of("../examples/attention.heddle"), Map.of("B", 1L, "N", 1024L)), "map");
        assertTrue(known.get("example") == null);
    }
}
