package heddle.runtime.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PackingTest {
    private static final Tokens AB = new Tokens(new long[] {1, 10, 11, 2}, 1, 1);
    private static final Tokens C = new Tokens(new long[] {1, 12, 2}, 1, 1);

    @Test
    void everyTextIsInOnePackWithinTheBudget() {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            int[] lengths = random.ints(random.nextInt(60), 0, 80).toArray();
            int budget = 1 + random.nextInt(200);
            for (List<List<Integer>> packs :
                    List.of(Packing.endToEnd(lengths, budget), Packing.inRows(lengths, budget))) {
                assertArrayEquals(
                        IntStream.range(0, lengths.length).toArray(),
                        packs.stream()
                                .flatMap(List::stream)
                                .mapToInt(i -> i)
                                .sorted()
                                .toArray(),
                        "seed " + seed);
            }
            for (List<Integer> pack : Packing.endToEnd(lengths, budget)) {
                int tokens = pack.stream().mapToInt(i -> lengths[i]).sum();
                assertTrue(
                        tokens <= budget
                                || pack.stream().filter(i -> lengths[i] > 0).count() == 1,
                        "seed " + seed);
            }
            for (List<Integer> pack : Packing.inRows(lengths, budget)) {
                int width = pack.stream().mapToInt(i -> lengths[i]).max().orElse(0);
                assertTrue(pack.size() * width <= budget || pack.size() == 1, "seed " + seed);
            }
        }
    }

    /** First fit, longest first, takes at most 11/9 of the least number of packs, and 6/9 of one more (Dósa 2007). */
    @Test
    void packsAreFull() {
        int[] lengths = new Random(1).ints(500, 5, 400).toArray();
        int least = (Arrays.stream(lengths).sum() + 2047) / 2048;
        assertTrue(Packing.endToEnd(lengths, 2048).size() <= least * 11 / 9 + 1);
    }

    @Test
    void textsLieEndToEnd() {
        Pack pack = Pack.endToEnd(List.of(AB, C));
        assertArrayEquals(new long[] {1, 10, 11, 2, 1, 12, 2}, pack.ids().longs());
        assertArrayEquals(new long[] {1, 1, 1, 1, 2, 2, 2}, pack.segments().longs());
        assertArrayEquals(new long[] {0, 1, 2, 3, 0, 1, 2}, pack.positions().longs());
        assertArrayEquals(new long[] {1, 1, 1, 1, 1, 1, 1}, pack.mask().longs());
        assertEquals(0, pack.padding());
    }

    @Test
    void orInRowsThatArePadded() {
        Pack pack = Pack.padded(List.of(C, AB));
        assertArrayEquals(new long[] {2, 4}, pack.ids().shape());
        assertArrayEquals(new long[] {1, 12, 2, 0, 1, 10, 11, 2}, pack.ids().longs());
        assertArrayEquals(new long[] {1, 1, 1, 0, 2, 2, 2, 2}, pack.segments().longs());
        assertArrayEquals(new long[] {1, 1, 1, 0, 1, 1, 1, 1}, pack.mask().longs());
        assertEquals(1, pack.padding());
    }

    @Test
    void whatARunGivesIsTextByTextAgain() {
        Pack pack = Pack.endToEnd(List.of(C, AB));
        float[] elements = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14};
        Tensor rows = pack.unpacked(Tensor.of(elements, 1, 7, 2));
        assertArrayEquals(new long[] {2, 4, 2}, rows.shape());
        assertArrayEquals(new float[] {1, 2, 3, 4, 5, 6, 0, 0, 7, 8, 9, 10, 11, 12, 13, 14}, rows.floats());
    }

    @Test
    void marksStayWhereTextsAreCutAndSplit() {
        Tokens text = new Tokens(new long[] {1, 10, 11, 12, 13, 14, 2}, 1, 1);
        assertArrayEquals(new long[] {1, 10, 11, 2}, text.cut(4).ids());
        assertArrayEquals(text.ids(), text.cut(7).ids());
        assertEquals(
                List.of("[1, 10, 11, 2]", "[1, 12, 13, 2]", "[1, 14, 2]"),
                text.parts(4).stream().map(t -> Arrays.toString(t.ids())).toList());
        assertThrows(DiagnosticException.class, () -> text.cut(2));
    }

    @Test
    void bytesHaveNoMarks() {
        List<Tokens> all = Tokenizer.bytes(3).tokens(List.of("äb", ""));
        assertArrayEquals(new long[] {0xC3, 0xA4, 'b'}, all.getFirst().ids());
        assertEquals(0, all.get(1).count());
    }
}
