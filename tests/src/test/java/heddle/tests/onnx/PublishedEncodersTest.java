package heddle.tests.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtException;
import heddle.api.Embedder;
import heddle.api.Heddle;
import heddle.runtime.CompileOptions;
import heddle.runtime.HeddleModel;
import heddle.runtime.artifact.ModelManifest;
import heddle.runtime.tensor.Tensor;
import heddle.runtime.text.Tokenizer;
import heddle.tests.onnx.file.OnnxRuntimeSession;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import java.util.SequencedMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Encoders that Heddle knows by name, from text to vector, beside ONNX Runtime, which has each text for itself. */
class PublishedEncodersTest {
    private static final String[] WORDS =
            "the river bank rose after rain and people walked home with money from an unbelievable harbour market"
                    .split(" ");

    /** Words of each text; the last one has more tokens than the models take. */
    private static final int[] LENGTHS = {0, 1, 2, 7, 30, 31, 33, 64, 5, 128, 200, 12, 3, 520};

    private static final List<String> TEXTS = texts();

    private static List<String> texts() {
        Random random = new Random(4);
        List<String> texts = new ArrayList<>();
        for (int length : LENGTHS) {
            List<String> words = new ArrayList<>();
            for (int i = 0; i < length; i++) {
                words.add(WORDS[random.nextInt(WORDS.length)]);
            }
            texts.add(String.join(" ", words));
        }
        return texts;
    }

    @ParameterizedTest
    @ValueSource(strings = {"all-minilm-l6-v2", "e5-small-v2"})
    void vectorsAreThoseOfOnnxRuntime(String name) throws OrtException {
        List<float[]> found = Embedder.of(Heddle.published(name)).embed(TEXTS);
        List<double[]> expected = onnxRuntime(name, TEXTS);
        for (int t = 0; t < found.size(); t++) {
            for (int i = 0; i < found.get(t).length; i++) {
                assertEquals(expected.get(t)[i], found.get(t)[i], 1e-5, "text " + t + ", element " + i);
            }
            double cosine = product(doubles(found.get(t)), expected.get(t));
            assertTrue(cosine > 0.99999, "text " + t + ": " + cosine);
        }
    }

    /** ONNX Runtime also rounds what the matrices are multiplied with to eight bits; Heddle is nearer to the model in floats. */
    @ParameterizedTest
    @CsvSource({"all-minilm-l6-v2,0.985", "e5-small-v2,0.99"})
    void quantisedVectorsAreNearerToThoseOfFloats(String name, double least) throws OrtException {
        List<float[]> found = Embedder.of(Heddle.published(name + "-q")).embed(TEXTS);
        List<double[]> rounded = onnxRuntime(name + "-q", TEXTS);
        List<double[]> floats = onnxRuntime(name, TEXTS);
        double ours = 0;
        double theirs = 0;
        for (int t = 0; t < found.size(); t++) {
            double[] vector = doubles(found.get(t));
            double cosine = product(vector, rounded.get(t));
            assertTrue(cosine > least, "text " + t + ": " + cosine);
            ours += 1 - product(vector, floats.get(t));
            theirs += 1 - product(rounded.get(t), floats.get(t));
        }
        assertTrue(ours < theirs, ours + " here, " + theirs + " in ONNX Runtime");
    }

    @Test
    void promptsOfE5AreWrittenBeforeTexts() {
        Embedder plain = Embedder.of(Heddle.published("e5-small-v2-q"));
        for (String use : List.of("query", "passage")) {
            Embedder prompting = Embedder.of(
                    Heddle.published("e5-small-v2-q"),
                    heddle.api.Options.defaults(),
                    Embedder.Settings.defaults().prompt(use));
            assertArrayEquals(
                    plain.embed(use + ": how deep is the river"), prompting.embed("how deep is the river"), 1e-6f);
        }
    }

    /** The mean of each text's tokens, brought to length one. */
    private static List<double[]> onnxRuntime(String name, List<String> texts) throws OrtException {
        HeddleModel model = heddle.runtime.Heddle.published(name);
        CompileOptions options = CompileOptions.defaults();
        ModelManifest manifest = model.source().manifest();
        Path file = options.files().find(manifest.weights().orElseThrow(), manifest.directory());
        List<double[]> vectors = new ArrayList<>();
        try (Tokenizer tokenizer = model.tokenizer(options);
                OnnxRuntimeSession session = OnnxRuntimeSession.optimised(file)) {
            for (String text : texts) {
                long[] ids = tokenizer.tokens(List.of(text)).getFirst().cut(512).ids();
                SequencedMap<String, Tensor> inputs = new LinkedHashMap<>();
                inputs.put("input_ids", Tensor.of(ids, 1, ids.length));
                inputs.put(
                        "attention_mask",
                        Tensor.of(LongStream.generate(() -> 1).limit(ids.length).toArray(), 1, ids.length));
                inputs.put("token_type_ids", Tensor.of(new long[ids.length], 1, ids.length));
                float[] tokens = session.run(inputs).get("last_hidden_state").floats();
                vectors.add(mean(tokens, ids.length));
            }
        }
        return vectors;
    }

    private static double[] mean(float[] tokens, int count) {
        double[] vector = new double[tokens.length / count];
        for (int i = 0; i < tokens.length; i++) {
            vector[i % vector.length] += tokens[i];
        }
        double norm = Math.sqrt(product(vector, vector));
        for (int i = 0; i < vector.length; i++) {
            vector[i] /= norm;
        }
        return vector;
    }

    private static double[] doubles(float[] vector) {
        double[] wide = new double[vector.length];
        for (int i = 0; i < wide.length; i++) {
            wide[i] = vector[i];
        }
        return wide;
    }

    private static double product(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
