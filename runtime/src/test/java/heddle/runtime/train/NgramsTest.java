package heddle.runtime.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NgramsTest {
    @TempDir
    Path dir;

    /** The definition, with maps. */
    private static double counted(byte[] text, int n) {
        int trained = text.length - text.length / 10;
        Map<String, Integer> counts = new HashMap<>();
        double bits = 0;
        int measured = 0;
        for (int i = n - 1; i < text.length; i++) {
            String gram = new String(text, i - n + 1, n, StandardCharsets.ISO_8859_1);
            String context = "context " + gram.substring(0, n - 1);
            if (i < trained) {
                counts.merge(gram, 1, Integer::sum);
                counts.merge(context, 1, Integer::sum);
            } else {
                double p = (counts.getOrDefault(gram, 0) + 0.1) / (counts.getOrDefault(context, 0) + 25.6);
                bits -= Math.log(p) / Math.log(2);
                measured++;
            }
        }
        return bits / measured;
    }

    @Test
    void countsAsItsDefinitionSays() throws IOException {
        Path file = TrainedModels.text(dir.resolve("text"), 30_000);
        byte[] text = Files.readAllBytes(file);
        text[0] = -1;
        text[29_999] = -2;
        Files.write(file, text);
        List<Double> bits = Ngrams.bits(TokenFile.open(file, TokenFile.Width.BYTE), 1, 5);
        for (int n = 1; n <= 5; n++) {
            assertEquals(counted(text, n), bits.get(n - 1), 1e-9, "n " + n);
        }
    }
}
