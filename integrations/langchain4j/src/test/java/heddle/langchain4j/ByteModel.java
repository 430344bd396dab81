package heddle.langchain4j;

import heddle.api.Options;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A small encoder of bytes with random weights, which takes texts end to end. */
final class ByteModel {
    static final int LIMIT = 40;

    private ByteModel() {}

    /**
     * Writes the model.
     *
     * @param keys further lines of its {@code .properties} file
     */
    static Path write(Path dir, String keys) throws IOException {
        Path file = dir.resolve("bytes.heddle");
        Files.writeString(file, """
                model Bytes
                dim B, N
                input ids: i64[B, N]
                input segments: i64[B, N]
                input places: i64[B, N]
                let allowed = segments[:, :, new] == segments[:, new, :]
                let x = embed(ids, weight "words" : f32[256, 16]) + embed(places, weight "places" : f32[40, 16])
                let scores = x @ weight "q" : f32[16, 16] @ transpose(x)
                output tokens: f32[B, N, 16] = x + softmax(where(allowed, scores, -inf), axis = -1) @ x
                """);
        Files.writeString(dir.resolve("bytes.properties"), """
                tokenizer = bytes
                tokens = 40
                segments = segments
                positions = places
                normalize = true
                """ + keys);
        return file;
    }

    static HeddleEmbeddingModel.Builder builder(Path file) {
        return HeddleEmbeddingModel.builder()
                .modelPath(file)
                .options(Options.defaults().weights("random"))
                .threads(2);
    }
}
