package heddle.runtime.train;

import heddle.runtime.CompileOptions;
import heddle.runtime.Heddle;
import heddle.runtime.HeddleModel;
import heddle.runtime.ModelSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;

/** Small models to train. */
final class TrainedModels {
    /** Least squares. */
    static final String LINEAR = """
            dim B
            input x: f32[B, 19]
            input y: f32[B, 3]
            let w = weight "layer.w" : f32[19, 3] = normal(0.5)
            let b = weight "b" : f32[3] = zeros
            let error = x @ w + b - y
            output loss = mean(error * error)
            """;

    /** For each letter, a score to each letter that may come next: it learns what bigrams have. */
    static final String BIGRAMS = """
            dim B, N
            input tokens: i64[B, N]
            let letters = tokens % 32
            let table = weight "table" : f32[32, 32] = normal(0.02)
            let scores = embed(letters[:, : N - 1], table)
            let next = letters[:, 1:, new]
            output loss = -mean(take_along(log_softmax(scores), next, axis = -1))
            """;

    private TrainedModels() {}

    static HeddleModel model(String text, Map<String, Long> lengths) {
        return Heddle.model(ModelSource.text("model.heddle", text), lengths);
    }

    static Trainer trainer(HeddleModel model, TrainingSettings settings, int threads) {
        return Trainer.of(model, "loss", settings, CompileOptions.defaults().withThreads(threads));
    }

    /** Bytes that follow each other by a rule, with some noise. */
    static Path text(Path file, int size) throws IOException {
        Random random = new Random(5);
        byte[] bytes = new byte[size];
        for (int i = 1; i < size; i++) {
            bytes[i] = (byte) ('a' + (random.nextInt(8) == 0 ? random.nextInt(26) : (bytes[i - 1] * 7 + 3) % 26));
        }
        return Files.write(file, bytes);
    }
}
