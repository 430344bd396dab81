package heddle.bench;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import heddle.runtime.CompileOptions;
import heddle.runtime.CompiledModel;
import heddle.runtime.Heddle;
import heddle.runtime.HeddleModel;
import heddle.runtime.artifact.ModelManifest;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A thousand sentences one by one, from text to vector: in Heddle and in ONNX Runtime with the same tokenizer. Then four
 * callers of one compiled model beside one caller that has all threads.
 */
public final class SentencesBenchmark {
    private static final Path MODEL = Path.of("examples/minilm.heddle");
    private static final int SENTENCES = 1000;
    private static final int ROUNDS = 5;
    private static final int CALLERS = 4;
    private static final String[] WORDS =
            ("the bank river money she walked along near put in of and a house with many old trees that people built"
                            + " long before anyone could remember why it stood there")
                    .split(" ");

    private SentencesBenchmark() {}

    /** @param args the number of threads, all processors when there is none; then that of rounds, else five */
    public static void main(String[] args) throws Exception {
        int threads = args.length > 0
                ? Integer.parseInt(args[0])
                : Runtime.getRuntime().availableProcessors();
        int rounds = args.length > 1 ? Integer.parseInt(args[1]) : ROUNDS;
        List<String> sentences = sentences();
        CompileOptions options = CompileOptions.defaults().withThreads(threads);
        HeddleModel declared = Heddle.model(MODEL);
        CompiledModel heddle = declared.compile(options);
        ModelManifest manifest = declared.source().manifest();
        String onnx = options.files()
                .find(manifest.weights().orElseThrow(), Path.of(""))
                .toString();
        Path words = options.files().find(manifest.tokenizer().orElseThrow(), Path.of(""));
        heddle.run(List.of(sentences.getFirst())); // Sets up the tokenizers' native part for both.
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession.SessionOptions settings = new OrtSession.SessionOptions()) {
            settings.setIntraOpNumThreads(threads);
            try (OrtSession session = environment.createSession(onnx, settings);
                    HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.builder()
                            .optTokenizerPath(words)
                            .optTruncation(true)
                            .optMaxLength(512)
                            .optPadding(true)
                            .build()) {
                compare(threads, rounds, sentences, heddle, session, environment, tokenizer);
            }
        }
        callers(threads, rounds, sentences, heddle);
    }

    /** Of three to thirty words, always the same. */
    private static List<String> sentences() {
        Random random = new Random(1);
        List<String> sentences = new ArrayList<>();
        for (int i = 0; i < SENTENCES; i++) {
            List<String> words = new ArrayList<>();
            for (int n = 3 + random.nextInt(28); n > 0; n--) {
                words.add(WORDS[random.nextInt(WORDS.length)]);
            }
            sentences.add(String.join(" ", words));
        }
        return sentences;
    }

    private static void compare(
            int threads,
            int rounds,
            List<String> sentences,
            CompiledModel heddle,
            OrtSession session,
            OrtEnvironment environment,
            HuggingFaceTokenizer tokenizer)
            throws Exception {
        List<Double> ours = new ArrayList<>();
        List<Double> theirs = new ArrayList<>();
        for (int round = 0; round < rounds + 1; round++) {
            double a = seconds(() -> {
                for (String s : sentences) {
                    heddle.run(List.of(s));
                }
            });
            double b = seconds(() -> {
                for (String s : sentences) {
                    run(s, session, environment, tokenizer);
                }
            });
            if (round > 0) { // The first one warms up.
                ours.add(a);
                theirs.add(b);
            }
        }
        double a = Interleaved.median(ours);
        double b = Interleaved.median(theirs);
        System.out.printf(
                "%d sentences one by one, %d threads: heddle %.2f s, onnxruntime %.2f s, ratio %.2f%n",
                SENTENCES, threads, a, b, a / b);
    }

    private static void run(String text, OrtSession session, OrtEnvironment environment, HuggingFaceTokenizer tokenizer)
            throws Exception {
        Encoding row = tokenizer.batchEncode(List.of(text))[0];
        long[] shape = {1, row.getIds().length};
        Map<String, OnnxTensor> inputs = new HashMap<>();
        try {
            inputs.put("input_ids", OnnxTensor.createTensor(environment, LongBuffer.wrap(row.getIds()), shape));
            inputs.put(
                    "attention_mask",
                    OnnxTensor.createTensor(environment, LongBuffer.wrap(row.getAttentionMask()), shape));
            inputs.put(
                    "token_type_ids", OnnxTensor.createTensor(environment, LongBuffer.wrap(row.getTypeIds()), shape));
            session.run(inputs).close();
        } finally {
            inputs.values().forEach(OnnxTensor::close);
        }
    }

    /** Rounds of both alternate; throughputs are medians. */
    private static void callers(int threads, int rounds, List<String> sentences, CompiledModel heddle)
            throws Exception {
        List<Double> one = new ArrayList<>();
        List<Double> several = new ArrayList<>();
        try (ExecutorService pool = Executors.newFixedThreadPool(CALLERS)) {
            for (int round = 0; round < rounds; round++) {
                one.add(SENTENCES / seconds(() -> sentences.forEach(s -> heddle.run(List.of(s)))));
                List<Callable<Void>> parts = new ArrayList<>();
                for (int c = 0; c < CALLERS; c++) {
                    int part = SENTENCES / CALLERS;
                    List<String> own = sentences.subList(c * part, (c + 1) * part);
                    parts.add(() -> {
                        own.forEach(s -> heddle.run(List.of(s)));
                        return null;
                    });
                }
                several.add(SENTENCES
                        / seconds(() -> {
                            for (Future<Void> f : pool.invokeAll(parts)) {
                                f.get();
                            }
                        }));
            }
        }
        double a = Interleaved.median(one);
        double b = Interleaved.median(several);
        System.out.printf(
                "one caller with %d threads %.0f sentences/s, %d callers %.0f sentences/s, ratio %.2f%n",
                threads, a, CALLERS, b, b / a);
    }

    private static double seconds(Interleaved.Subject subject) throws Exception {
        long start = System.nanoTime();
        subject.run();
        return (System.nanoTime() - start) * 1e-9;
    }
}
