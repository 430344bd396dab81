package heddle.spark;

import heddle.api.Embedder;
import heddle.api.Heddle;
import heddle.api.Options;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A small encoder in a folder of its own, with drawn weights. Its tokens are bytes of ASCII: other texts it cannot take. */
final class SmallEncoder {
    static final int DIMENSION = 32;
    static final int LIMIT = 150;

    private SmallEncoder() {}

    /** Writes model, manifest and weights. @return the model's file */
    static Path write(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("heads.heddle"), """
                fn heads(x) = transpose(split_axis(x, -1, [2, 16]), 1, 2)
                fn merged(x) = merge_axes(transpose(x, 1, 2), -2, -1)
                """);
        Files.writeString(folder.resolve("small.heddle"), """
                import "heads.heddle"
                dim B, N
                input ids: i64[B, N]
                input segments: i64[B, N]
                input places: i64[B, N]
                let allowed = segments[:, new, :, new] == segments[:, new, new, :]
                fn attention(q, k, v) = softmax(where(allowed, q @ transpose(k) / 4.0, -inf), axis = -1) @ v
                let x = embed(ids, weight "words" : f32[128, 32]) + embed(places, weight "places" : f32[150, 32])
                for l in 0 .. 2 {
                    let q = heads(x @ weight "{l}.q" : f32[32, 32])
                    let k = heads(x @ weight "{l}.k" : f32[32, 32])
                    let v = heads(x @ weight "{l}.v" : f32[32, 32])
                    x = layer_norm(x + merged(attention(q, k, v)))
                }
                output tokens: f32[B, N, 32] = x
                """);
        Files.writeString(folder.resolve("small.properties"), """
                weights = small.safetensors
                tokenizer = bytes
                tokens = 150
                segments = segments
                positions = places
                normalize = true
                prompt.query = "q: "
                """);
        Map<String, long[]> shapes = new LinkedHashMap<>();
        shapes.put("words", new long[] {128, DIMENSION});
        shapes.put("places", new long[] {LIMIT, DIMENSION});
        for (int layer = 0; layer < 2; layer++) {
            for (String name : List.of("q", "k", "v")) {
                shapes.put(layer + "." + name, new long[] {DIMENSION, DIMENSION});
            }
        }
        Files.write(folder.resolve("small.safetensors"), safetensors(shapes, new Random(7)));
        return folder.resolve("small.heddle");
    }

    private static byte[] safetensors(Map<String, long[]> shapes, Random random) {
        List<String> entries = new ArrayList<>();
        int bytes = 0;
        for (Map.Entry<String, long[]> shape : shapes.entrySet()) {
            int size = Math.toIntExact(4 * shape.getValue()[0] * shape.getValue()[1]);
            entries.add("\"%s\":{\"dtype\":\"F32\",\"shape\":[%d,%d],\"data_offsets\":[%d,%d]}"
                    .formatted(shape.getKey(), shape.getValue()[0], shape.getValue()[1], bytes, bytes + size));
            bytes += size;
        }
        byte[] header = ("{" + String.join(",", entries) + "}").getBytes(StandardCharsets.UTF_8);
        ByteBuffer file = ByteBuffer.allocate(8 + header.length + bytes).order(ByteOrder.LITTLE_ENDIAN);
        file.putLong(header.length).put(header);
        while (file.hasRemaining()) {
            file.putFloat((float) (random.nextGaussian() / 4));
        }
        return file.array();
    }

    /** What Heddle makes of texts without Spark. */
    static List<float[]> vectors(Path model, List<String> texts, Embedder.Settings settings) {
        return Embedder.of(Heddle.model(model), Options.defaults().threads(1), settings)
                .embed(texts);
    }

    /** A text of ASCII letters. */
    static String text(int length, Random random) {
        StringBuilder text = new StringBuilder();
        while (text.length() < length) {
            text.append(random.nextInt(6) == 0 ? ' ' : (char) ('a' + random.nextInt(26)));
        }
        return text.toString();
    }

    /** Texts of mixed length, most of them short. */
    static List<String> texts(int count, long seed) {
        Random random = new Random(seed);
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            texts.add(text((int) Math.min(LIMIT, 3 + Math.exp(random.nextGaussian() + 3)), random));
        }
        return texts;
    }
}
