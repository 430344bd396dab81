package heddle.bench;

import heddle.compiler.type.DType;
import heddle.runtime.CompileOptions;
import heddle.runtime.CompiledModel;
import heddle.runtime.Heddle;
import heddle.runtime.HeddleModel;
import heddle.runtime.jvm.JvmProgram;
import heddle.runtime.tensor.Tensor;
import heddle.runtime.weights.Safetensors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.SequencedMap;

/**
 * MiniLM with weights of f32, of f16, and of whole numbers of eight and four bits: what the weights take, the time of a call, and how
 * far vectors of sentences are from those with f32.
 */
public final class StoredWeightsBenchmark {
    private static final Path MODEL = Path.of("examples/minilm.heddle");
    private static final int[] LENGTHS = {16, 128};
    private static final int FIRST_WORD = 1000;
    private static final int VOCABULARY = 30522;

    private static final List<String> SENTENCES = List.of(
            "She put money in the bank",
            "We sat on the bank of the river",
            "In the beginning God created the heaven and the earth.",
            "The quick brown fox jumps over the lazy dog",
            "How do I change the language of my phone?",
            "Prices fell by three percent in the second quarter, less than most had feared.",
            "no",
            "A kernel is a loop over blocks that do not depend on each other, so any number of threads can share them out.");

    /** How matrices are held. Words, places and segments have a scale for each row. */
    private enum Form {
        F32(""),
        F16(""),
        I8(" as i8 per column"),
        I8_BLOCK(" as i8 per block"),
        I4_BLOCK(" as i4 per block");

        private final String held;

        Form(String held) {
            this.held = held;
        }

        String model(String text) {
            String rows = held.replace("per column", "per row");
            return text.replaceAll("(\"embeddings[^\"]*\" : f32\\[\\w+, \\w+])", "$1" + rows)
                    .replaceAll("(\"onnx[^\"]*\" : f32\\[\\w+, \\w+])", "$1" + held);
        }
    }

    private StoredWeightsBenchmark() {}

    /** @param args the number of threads, one when there is none */
    public static void main(String[] args) throws Exception {
        int threads = args.length > 0 ? Integer.parseInt(args[0]) : 1;
        CompileOptions options = CompileOptions.defaults().withThreads(threads);
        HeddleModel declared = Heddle.model(MODEL);
        Map<String, Tensor> floats = declared.weights(options);
        Path files = TemporaryFolder.of("stored-weights");
        Form[] forms = Form.values();
        CompiledModel[] models = new CompiledModel[forms.length];
        for (int i = 0; i < forms.length; i++) {
            models[i] = model(files, forms[i], floats, options);
        }
        Map<String, Tensor> sentences = declared.tokenize(SENTENCES, options);
        float[] expected = models[0].run(sentences).get("embedding").floats();
        double[][] times = new double[LENGTHS.length][];
        for (int i = 0; i < LENGTHS.length; i++) {
            times[i] = times(models, LENGTHS[i]);
        }
        System.out.printf(
                "%8s %12s %9s %9s %12s %12s  (%d threads)%n",
                "weights", "memory MB", "N=16 ms", "N=128 ms", "least cosine", "max diff", threads);
        for (int i = 0; i < forms.length; i++) {
            float[] vectors = models[i].run(sentences).get("embedding").floats();
            System.out.printf(
                    "%8s %12.1f %9.2f %9.2f %12.5f %12.1e%n",
                    forms[i].name().toLowerCase(Locale.ROOT),
                    JvmProgram.weightBytes(models[i].compilation().plan()) / 1e6,
                    times[0][i],
                    times[1][i],
                    cosine(expected, vectors),
                    difference(expected, vectors));
        }
    }

    private static CompiledModel model(Path files, Form form, Map<String, Tensor> floats, CompileOptions options)
            throws Exception {
        String text = form.model(Files.readString(MODEL));
        HeddleModel model = Heddle.model(Files.writeString(files.resolve(form + ".heddle"), text), Map.of());
        SequencedMap<String, Tensor> given = new LinkedHashMap<>();
        floats.forEach((name, t) -> given.put(name, form == Form.F16 && t.shape().length > 1 ? t.cast(DType.F16) : t));
        Path weights = files.resolve(form + ".safetensors");
        Safetensors.write(Quantiser.weights(model.declaration().weights(), given), weights);
        return model.compile(options.withWeights(weights.toString()));
    }

    private static double[] times(CompiledModel[] models, int length) throws Exception {
        long[] ids = new Random(1).longs(length, FIRST_WORD, VOCABULARY).toArray();
        long[] ones = new long[length];
        Arrays.fill(ones, 1);
        Map<String, Tensor> inputs =
                Map.of("input_ids", Tensor.of(ids, 1, length), "attention_mask", Tensor.of(ones, 1, length));
        return Interleaved.millis(Arrays.stream(models)
                .map(m -> (Interleaved.Subject) () -> m.run(inputs))
                .toArray(Interleaved.Subject[]::new));
    }

    /** The least cosine of the vectors of a sentence; they have length one. */
    private static double cosine(float[] a, float[] b) {
        int size = a.length / SENTENCES.size();
        double least = 1;
        for (int s = 0; s < SENTENCES.size(); s++) {
            double product = 0;
            for (int i = s * size; i < (s + 1) * size; i++) {
                product += (double) a[i] * b[i];
            }
            least = Math.min(least, product);
        }
        return least;
    }

    private static double difference(float[] a, float[] b) {
        double most = 0;
        for (int i = 0; i < a.length; i++) {
            most = Math.max(most, Math.abs(a[i] - b[i]));
        }
        return most;
    }
}
