package heddle.runtime.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.HeddleModel;
import heddle.runtime.tensor.Tensor;
import heddle.runtime.train.TokenFile.Width;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BatchesTest {
    private static final String MODEL = "dim B, N\ninput tokens: i64[B, N]\noutput loss = sum(cast(tokens, f32))\n";

    @TempDir
    Path dir;

    /** A file whose token at a place is the place. */
    private TokenFile places(int size) throws IOException {
        byte[] bytes = new byte[2 * size];
        for (int i = 0; i < size; i++) {
            bytes[2 * i] = (byte) i;
            bytes[2 * i + 1] = (byte) (i >> 8);
        }
        return TokenFile.open(Files.write(dir.resolve("places"), bytes), Width.U16);
    }

    private static Batches batches(TokenFile file, long window, int rows, long seed) {
        return Batches.of(file, TrainedModels.model(MODEL, Map.of("N", window)), rows, seed);
    }

    @Test
    void windowsLieInWhatIsTrainedOn() throws IOException {
        TokenFile file = places(60_000);
        assertEquals(54_000, file.trained());
        Batches batches = batches(file, 7, 5, 3);
        Set<Long> firsts = new TreeSet<>();
        for (long n = 0; n < 2000; n++) {
            Tensor tokens = batches.training(n).get("tokens");
            assertArrayEquals(new long[] {5, 7}, tokens.shape());
            long[] all = tokens.longs();
            for (int i = 0; i < all.length; i++) {
                assertEquals(all[i - i % 7] + i % 7, all[i], "batch " + n);
                assertTrue(all[i] < 54_000);
            }
            firsts.add(all[0] / 5400);
        }
        assertEquals(10, firsts.size(), "drawn from everywhere: " + firsts);
    }

    @Test
    void aBatchFollowsFromTheSeedAndItsNumber() throws IOException {
        TokenFile file = places(1000);
        long[] fifth = tokens(batches(file, 9, 4, 1).training(5));
        Batches again = batches(file, 9, 4, 1);
        again.training(77);
        assertArrayEquals(fifth, tokens(again.training(5)));
        assertFalse(Arrays.equals(fifth, tokens(batches(file, 9, 4, 2).training(5))));
        // A batch of fewer rows has the same first ones.
        assertArrayEquals(
                Arrays.copyOf(fifth, 18), tokens(batches(file, 9, 2, 1).training(5)));
    }

    private static long[] tokens(Map<String, Tensor> batch) {
        return batch.get("tokens").longs();
    }

    @Test
    void allThatIsHeldOutIsMeasuredOnce() throws IOException {
        TokenFile file = places(1000);
        Batches batches = batches(file, 5, 4, 1);
        assertEquals(5, batches.heldOutBatches(Long.MAX_VALUE));
        Set<Long> seen = seen(batches, 5);
        assertEquals(100, seen.size());
        assertEquals(900, seen.iterator().next());
        assertEquals(2, batches.heldOutBatches(2));
        assertEquals(40, seen(batches, 2).size());
    }

    /** Of 14 windows, two do not fill a batch of four; a batch of twenty has some twice. */
    @Test
    void batchesOfWhatIsHeldOutAreWhole() throws IOException {
        TokenFile file = places(1000);
        assertEquals(3, batches(file, 7, 4, 1).heldOutBatches(Long.MAX_VALUE));
        assertEquals(3 * 4 * 7, seen(batches(file, 7, 4, 1), 3).size());
        assertEquals(1, batches(file, 7, 20, 1).heldOutBatches(Long.MAX_VALUE));
        assertEquals(14 * 7, seen(batches(file, 7, 20, 1), 1).size());
    }

    private static Set<Long> seen(Batches batches, long count) {
        Set<Long> seen = new TreeSet<>();
        for (long b = 0; b < count; b++) {
            Arrays.stream(tokens(batches.heldOut(b, count))).forEach(seen::add);
        }
        return seen;
    }

    @Test
    void tokensOfEachWidthAreRead() throws IOException {
        byte[] bytes = {1, (byte) 0xFF, 0, 0, 2, 0, 0, (byte) 0x7F};
        Path file = Files.write(dir.resolve("bytes"), bytes);
        assertEquals(0xFF, TokenFile.open(file, Width.BYTE).token(1));
        assertEquals(0xFF01, TokenFile.open(file, Width.U16).token(0));
        assertEquals(0x7F000002, TokenFile.open(file, Width.I32).token(1));
        Path odd = Files.write(dir.resolve("odd"), new byte[] {1, 2, 3});
        DiagnosticException e = assertThrows(DiagnosticException.class, () -> TokenFile.open(odd, Width.U16));
        assertTrue(e.getMessage().contains("has 3 bytes, which are not tokens of 2 bytes each"), e.getMessage());
    }

    @Test
    void saysWhatDoesNotSuitTheModel() throws IOException {
        TokenFile file = places(100);
        assertRefuses("too few for windows of 11", file, TrainedModels.model(MODEL, Map.of("N", 11L)));
        assertRefuses("how many tokens a window has: N", file, TrainedModels.model(MODEL, Map.of()));
        HeddleModel wide = TrainedModels.model(MODEL, Map.of("N", 10L, "B", 1L << 30));
        assertRefuses("a batch of 1073741824 windows of 10 tokens", file, wide);
        assertRefuses("has one input of tokens", file, TrainedModels.model(TrainedModels.LINEAR, Map.of()));
    }

    private static void assertRefuses(String message, TokenFile file, HeddleModel model) {
        DiagnosticException e = assertThrows(DiagnosticException.class, () -> Batches.of(file, model, 4, 0));
        assertEquals(TrainCode.DATA, e.diagnostics().getFirst().code());
        assertTrue(e.getMessage().contains(message), e.getMessage());
    }
}
