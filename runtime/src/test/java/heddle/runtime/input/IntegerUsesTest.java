package heddle.runtime.input;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.runtime.Heddle;
import heddle.runtime.HeddleModel;
import heddle.runtime.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IntegerUsesTest {
    private static final Map<String, Long> LENGTHS = Map.of("N", 40L);

    @TempDir
    Path dir;

    private IntegerRange range(String key, String... lines) throws IOException {
        HeddleModel model = model(lines);
        var declared = model.declaration();
        var type = model.inputs().containsKey(key)
                ? model.inputs().get(key)
                : declared.weights().getFirst().type();
        return IntegerUses.range(declared.graph(), LENGTHS, key, type);
    }

    private HeddleModel model(String... lines) throws IOException {
        return Heddle.model(Files.writeString(dir.resolve("m.heddle"), "dim N\n" + String.join("\n", lines)), LENGTHS);
    }

    private static IntegerRange range(long low, long high) {
        return new IntegerRange(low, high);
    }

    @Test
    void tokensPositionsAndSegmentsTakeWholeTables() throws IOException {
        String[] model = {
            "input ids: i64[2, N]",
            "input kinds: i32[2, N]",
            "input places: i64[2, N]",
            "let words = embed(ids, weight \"words\" : f32[1000, 8])",
            "let kind = embed(kinds, weight \"kinds\" : f32[3, 8])",
            "output y = words + kind + embed(places, weight \"places\" : f32[64, 8])"
        };
        assertEquals(range(0, 999), range("ids", model));
        assertEquals(range(0, 2), range("kinds", model));
        assertEquals(range(0, 63), range("places", model));
    }

    @Test
    void whatBecomesAnIndexStaysInTheTable() throws IOException {
        String table = "input x: f32[120, 4]\n";
        assertEquals(
                range(0, 29),
                range("i", table + "input i: i64[N]\noutput y = gather(x, i * 4 + iota(N) % 4, axis = 0)"));
        assertEquals(range(0, 479), range("i", table + "input i: i64[N]\noutput y = gather(x, i div 4, axis = 0)"));
        assertEquals(range(1, 120), range("i", table + "input i: i64[N]\noutput y = gather(x, i - 1, axis = 0)"));
        assertEquals(
                range(0, 119),
                range("i", table + "input i: i64[N]\noutput y = gather(x, i % 120, axis = 0)"),
                "any number would do");
        assertEquals(range(0, 3), range("i", table + "input i: i64[120, N]\noutput y = take_along(x, i, axis = 1)"));
        assertEquals(
                range(0, 3),
                range("i", table + "input i: i64[120, N]\noutput y = scatter_along(x, i, zeros([120, N]), axis = 1)"));
    }

    @Test
    void pagesAreDrawnFromAllPages() throws IOException {
        assertEquals(
                range(0, 24),
                range(
                        "pages",
                        "input cache: f32[25, 16, 4]",
                        "input pages: i64[2, 10]",
                        "let slot = gather(pages, iota(N) div 16, axis = 1) * 16 + iota(N) % 16",
                        "output y = gather(merge_axes(cache, 0, 1), slot, axis = 0)"));
    }

    @Test
    void lengthsReachPastTheLastPosition() throws IOException {
        String x = "input x: f32[2, N]\ninput n: i64[2]\n";
        assertEquals(range(1, 40), range("n", x + "output y = where(iota(N)[new, :] < n[:, new], x, 0.0)"));
        assertEquals(range(1, 40), range("n", x + "output y = where(n[:, new] > iota(N)[new, :], x, 0.0)"));
        assertEquals(range(0, 39), range("n", x + "output y = where(iota(N)[new, :] <= n[:, new], x, 0.0)"));
        assertEquals(range(0, 39), range("n", x + "output y = where(iota(N)[new, :] >= n[:, new], x, 0.0)"));
        assertEquals(range(1, 40), range("n", x + "output y = where(iota(N)[new, :] <= n[:, new] - 1, x, 0.0)"));
    }

    @Test
    void segmentsAreFewAndFlagsAreTwo() throws IOException {
        String x = "input x: f32[2, N]\ninput n: i64[2, N]\n";
        assertEquals(
                range(0, 3),
                range("n", x + "output y = sum(where(n[:, :, new] == n[:, new, :], x[:, :, new], 0.0), axis = 1)"));
        assertEquals(range(0, 1), range("n", x + "output y = where(n == 1, x, 0.0)"));
        assertEquals(range(0, 1), range("n", x + "output y = x + (1.0 - cast(n, f32)) * -10000.0"));
        assertEquals(range(0, 7), range("n", x + "output y = where(n != 7, x, 0.0)"));
    }

    @Test
    void positionsThatTurnFeaturesRunAlongTheSequence() throws IOException {
        assertEquals(
                range(0, 39),
                range("at", "input x: f32[2, N]", "input at: i64[2, N]", "output y = x * cos(cast(at, f32) * 0.1)"));
    }

    @Test
    void integerWeightsAreDrawnTheSameWay() throws IOException {
        assertEquals(
                range(0, 48),
                range("index", "input x: f32[49, 4]", "output y = embed(weight \"index\" : i64[10, 10], x)"));
    }

    @Test
    void drawsAreEvenAndTheSameForASeed() throws IOException {
        HeddleModel model = model("input i: i64[N]", "output y = embed(i, weight \"w\" : f32[10, 2])");
        Tensor drawn = RandomInputs.of(model, Map.of()).draw(List.of("i"), 3).get("i");
        long[] again = (long[])
                RandomInputs.of(model, Map.of()).draw(List.of("i"), 3).get("i").storage();
        assertTrue(Arrays.equals((long[]) drawn.storage(), again));
        assertTrue(Arrays.stream(again).distinct().count() >= 8, Arrays.toString(again));
    }
}
