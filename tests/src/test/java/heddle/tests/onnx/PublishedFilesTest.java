package heddle.tests.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtException;
import heddle.runtime.CompileOptions;
import heddle.runtime.Heddle;
import heddle.runtime.HeddleModel;
import heddle.runtime.onnx.OnnxImport;
import heddle.runtime.onnx.OnnxModel;
import heddle.runtime.tensor.Tensor;
import heddle.tests.onnx.file.OnnxRuntimeSession;
import heddle.tests.pack.PackedTexts;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import java.util.SequencedMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Published encoders, in floats and with weights of eight bits, imported from their ONNX files. */
class PublishedFilesTest {
    private static final int VOCABULARY = 30522;
    private static final String OUTPUT = "last_hidden_state";

    @TempDir
    static Path folder;

    @ParameterizedTest
    @CsvSource({"all-minilm-l6-v2,6", "all-minilm-l6-v2-q,6", "e5-small-v2,12", "e5-small-v2-q,12"})
    void sourceIsShortAndAllAttentionFuses(String name, int layers) throws IOException {
        String source =
                OnnxImport.of(OnnxModel.read(extracted(name)), "Published").source();
        long lines = source.lines().count();
        assertTrue(lines < 80, lines + " lines:\n" + source);
        assertTrue(source.contains("for l in 0 .. " + layers), source);
        ImportedModel model = ImportedModel.of(extracted(name));
        assertEquals(layers, model.report().fused().size());
        assertTrue(
                model.report().declined().isEmpty(),
                () -> model.report().declined().toString());
    }

    @ParameterizedTest
    @CsvSource({"all-minilm-l6-v2", "all-minilm-l6-v2-q", "e5-small-v2", "e5-small-v2-q"})
    void textsLieEndToEnd(String name) throws IOException {
        HeddleModel model = Heddle.model(extracted(name)).only(OUTPUT);
        new PackedTexts(model, model.weights(CompileOptions.defaults()), VOCABULARY)
                .assertAlike(1, List.of(List.of(1, 9, 3), List.of(5, 6)));
    }

    @ParameterizedTest
    @CsvSource({"all-minilm-l6-v2", "e5-small-v2"})
    void vectorsAreThoseOfOnnxRuntime(String name) throws IOException, OrtException {
        Path file = extracted(name);
        ImportedModel model = ImportedModel.of(file);
        try (OnnxRuntimeSession session = OnnxRuntimeSession.optimised(file)) {
            for (int[] size : new int[][] {{1, 1}, {1, 16}, {3, 33}, {1, 128}}) {
                SequencedMap<String, Tensor> inputs = inputs(size[0], size[1]);
                double[][] expected = vectors(session.run(inputs).get(OUTPUT), inputs);
                double[][] found = vectors(model.run(inputs).get(OUTPUT), inputs);
                for (int b = 0; b < size[0]; b++) {
                    for (int i = 0; i < expected[b].length; i++) {
                        assertEquals(expected[b][i], found[b][i], 1e-5, "text " + b + ", element " + i);
                    }
                }
            }
        }
    }

    /**
     * ONNX Runtime also rounds what these weights are multiplied with to eight bits, Heddle does not. So they differ by what that
     * rounding does, and Heddle is nearer to the file in floats that the quantised one was made of.
     */
    @ParameterizedTest
    @CsvSource({"all-minilm-l6-v2,0.985", "e5-small-v2,0.99"})
    void quantisedVectorsAreNearerToThoseOfFloats(String name, double least) throws IOException, OrtException {
        Path quantised = extracted(name + "-q");
        ImportedModel model = ImportedModel.of(quantised);
        try (OnnxRuntimeSession rounding = OnnxRuntimeSession.optimised(quantised);
                OnnxRuntimeSession exact = OnnxRuntimeSession.optimised(extracted(name))) {
            double ours = 0;
            double theirs = 0;
            for (int[] size : new int[][] {{1, 16}, {3, 33}, {1, 128}}) {
                SequencedMap<String, Tensor> inputs = inputs(size[0], size[1]);
                double[][] floats = vectors(exact.run(inputs).get(OUTPUT), inputs);
                double[][] rounded = vectors(rounding.run(inputs).get(OUTPUT), inputs);
                double[][] found = vectors(model.run(inputs).get(OUTPUT), inputs);
                for (int b = 0; b < size[0]; b++) {
                    double cosine = product(found[b], rounded[b]);
                    assertTrue(cosine > least, "text " + b + " of " + size[1] + " tokens: " + cosine);
                    ours += 1 - product(found[b], floats[b]);
                    theirs += 1 - product(rounded[b], floats[b]);
                }
            }
            assertTrue(ours < theirs, ours + " here, " + theirs + " in ONNX Runtime");
        }
    }

    private static Path extracted(String name) throws IOException {
        Path file = folder.resolve(name + ".onnx");
        if (Files.notExists(file)) {
            try (InputStream in = PublishedFilesTest.class.getResourceAsStream("/" + name + ".onnx")) {
                Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
            }
        }
        return file;
    }

    /** Random tokens; every text but the first is shorter and padded. */
    private static SequencedMap<String, Tensor> inputs(int batch, int length) {
        Random random = new Random(31L * batch + length);
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
        inputs.put("token_type_ids", Tensor.of(new long[batch * length], batch, length));
        return inputs;
    }

    /** The mean of each text's tokens, brought to length one. */
    private static double[][] vectors(Tensor tokens, SequencedMap<String, Tensor> inputs) {
        int batch = (int) tokens.shape()[0];
        int length = (int) tokens.shape()[1];
        int width = (int) tokens.shape()[2];
        long[] mask = inputs.get("attention_mask").longs();
        double[][] vectors = new double[batch][width];
        for (int b = 0; b < batch; b++) {
            for (int i = 0; i < length; i++) {
                for (int d = 0; d < width; d++) {
                    vectors[b][d] += mask[b * length + i] * tokens.floats()[(b * length + i) * width + d];
                }
            }
            double norm = Math.sqrt(product(vectors[b], vectors[b]));
            for (int d = 0; d < width; d++) {
                vectors[b][d] /= norm;
            }
        }
        return vectors;
    }

    private static double product(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
