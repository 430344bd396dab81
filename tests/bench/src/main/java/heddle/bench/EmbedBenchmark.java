package heddle.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.onnx.allminilml6v2.AllMiniLmL6V2EmbeddingModel;
import heddle.dsl.source.SourceFile;
import heddle.runtime.CompileOptions;
import heddle.runtime.Heddle;
import heddle.runtime.ModelSource;
import heddle.runtime.PublishedModels;
import heddle.runtime.embed.EmbeddingOptions;
import heddle.runtime.embed.TextEmbedder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Streams of texts of very different length, from text to vector, with the published MiniLM: Heddle beside LangChain4j's
 * own model in the process, which runs ONNX Runtime with an executor of its own. They take turns, a chunk of texts each.
 *
 * <p>LangChain4j runs each text alone. Its code splits texts of more than 510 tokens and averages the parts, but for this model it does not
 * come to that: the artefact's {@code tokenizer.json} cuts at 128 tokens, and LangChain4j leaves that on. So it computes less of long texts.
 * Heddle is timed twice: with texts cut at 128 tokens too, so that both do the same work and give the same vectors, and with all tokens of a
 * text, up to 512.
 *
 * <p>With {@code memory}, Heddle alone makes vectors for some minutes, and the memory of the process is printed.
 */
public final class EmbedBenchmark {
    private static final String MODEL = "all-minilm-l6-v2";
    private static final int MOST_TOKENS = 512;

    /** Where the tokenizer of the artefact cuts. */
    private static final int PEER_TOKENS = 128;

    private static final int TEXTS = 20_000;
    private static final int CHUNK = 2_000;

    /** So many texts make the compiler of the JVM do its work before anything is timed. */
    private static final int WARM = 500;

    /** Threads of ONNX Runtime spin for a while. */
    private static final int PAUSE = 200;

    private static final long MINUTE = 60_000_000_000L;
    private static final int MINUTES = 15;

    /** When memory is printed first: the JVM has compiled then, and its heap has grown. */
    private static final int SETTLED = 3;

    /** Counts what all threads of this process take: on a busy machine a better measure than time. */
    private static final OperatingSystemMXBean PROCESS =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private EmbedBenchmark() {}

    /**
     * @param args the number of texts, 20,000 when there is none, and of those in a chunk, else 2,000; or {@code memory} and the number of
     *             minutes, else 15
     */
    public static void main(String[] args) throws IOException, InterruptedException {
        TextEmbedder whole = embedder(MOST_TOKENS);
        if (args.length > 0 && args[0].equals("memory")) {
            memory(whole, args.length > 1 ? Integer.parseInt(args[1]) : MINUTES);
            return;
        }
        int count = args.length > 0 ? Integer.parseInt(args[0]) : TEXTS;
        int chunk = args.length > 1 ? Integer.parseInt(args[1]) : CHUNK;
        EmbeddingModel peer = new AllMiniLmL6V2EmbeddingModel();
        Engine cut = new Engine("heddle, cut", streamed(embedder(PEER_TOKENS)));
        Engine langchain = new Engine("langchain4j", texts -> vectors(peer, texts));
        compare(
                List.of(cut, langchain, new Engine("heddle, whole", streamed(whole))),
                RaggedBenchmark.texts(count),
                chunk);
    }

    /** The published model with another limit than its manifest has. */
    private static TextEmbedder embedder(int tokens) {
        ModelSource published = PublishedModels.named(MODEL);
        ModelSource limited = new ModelSource(
                published.name(),
                published.directory(),
                name -> published
                        .files()
                        .apply(name)
                        .map(f -> new SourceFile(
                                name, f.text().replace("tokens    = " + MOST_TOKENS, "tokens = " + tokens))));
        TextEmbedder embedder = TextEmbedder.of(
                Heddle.model(limited, Map.of()), CompileOptions.defaults(), EmbeddingOptions.defaults());
        if (embedder.limit() != tokens) {
            throw new IllegalStateException("texts are cut at " + embedder.limit() + " tokens, not " + tokens);
        }
        return embedder;
    }

    private static Function<List<String>, List<float[]>> streamed(TextEmbedder embedder) {
        return texts -> {
            List<float[]> vectors = new ArrayList<>(texts.size());
            embedder.embed(texts.iterator(), vectors::add);
            return vectors;
        };
    }

    private static List<float[]> vectors(EmbeddingModel model, List<String> texts) {
        List<TextSegment> segments = texts.stream().map(TextSegment::from).toList();
        return model.embedAll(segments).content().stream()
                .map(Embedding::vector)
                .toList();
    }

    /** What is timed. */
    private static final class Engine {
        private final String name;
        private final Function<List<String>, List<float[]>> run;
        private final List<Double> seconds = new ArrayList<>();
        private double processor;

        Engine(String name, Function<List<String>, List<float[]>> run) {
            this.name = name;
            this.run = run;
        }

        List<float[]> time(List<String> texts) {
            long start = System.nanoTime();
            long used = PROCESS.getProcessCpuTime();
            List<float[]> vectors = run.apply(texts);
            processor += (PROCESS.getProcessCpuTime() - used) * 1e-9;
            seconds.add((System.nanoTime() - start) * 1e-9);
            return vectors;
        }

        double all() {
            return seconds.stream().mapToDouble(s -> s).sum();
        }

        /** How often it does what another one does, in the same time. */
        void printBeside(Engine other) {
            System.out.printf(
                    Locale.ROOT,
                    "%s does %.2f times the texts of %s; of chunks %s; by processor time %.2f times%n",
                    name,
                    other.all() / all(),
                    other.name,
                    IntStream.range(0, seconds.size())
                            .mapToObj(c -> "%.2f".formatted(other.seconds.get(c) / seconds.get(c)))
                            .toList(),
                    other.processor / processor);
        }
    }

    /** @param engines Heddle with LangChain4j's limit, LangChain4j, and Heddle with its own */
    private static void compare(List<Engine> engines, List<String> texts, int chunk) throws InterruptedException {
        List<String> warm = texts.subList(0, Math.min(WARM, texts.size()));
        for (Engine e : engines) {
            if (e.run.apply(warm).size() != warm.size()) {
                throw new IllegalStateException(e.name + " has left texts out");
            }
        }
        double least = 1;
        for (int from = 0; from < texts.size(); from += chunk) {
            List<String> some = texts.subList(from, Math.min(from + chunk, texts.size()));
            List<List<float[]>> found = new ArrayList<>();
            for (Engine e : engines) {
                found.add(e.time(some));
                Thread.sleep(PAUSE);
            }
            for (int i = 0; i < some.size(); i++) {
                least = Math.min(least, cosine(found.get(0).get(i), found.get(1).get(i)));
            }
        }
        System.out.printf(
                Locale.ROOT,
                "%d texts in chunks of %d, %d processors; cosine of the vectors of a text in %s and %s: at least %.7f%n",
                texts.size(),
                chunk,
                Runtime.getRuntime().availableProcessors(),
                engines.get(0).name,
                engines.get(1).name,
                least);
        for (Engine e : engines) {
            System.out.printf(
                    Locale.ROOT,
                    "%-14s %8.1f texts/s, %8.2f s; processors %.2f s%n",
                    e.name,
                    texts.size() / e.all(),
                    e.all(),
                    e.processor);
        }
        engines.get(0).printBeside(engines.get(1));
        engines.get(2).printBeside(engines.get(1));
    }

    private static double cosine(float[] a, float[] b) {
        double product = 0;
        double first = 0;
        double second = 0;
        for (int i = 0; i < a.length; i++) {
            product += (double) a[i] * b[i];
            first += (double) a[i] * a[i];
            second += (double) b[i] * b[i];
        }
        return product / Math.sqrt(first * second);
    }

    /** Texts without an end until the time is over. */
    private static void memory(TextEmbedder heddle, int minutes) throws IOException {
        List<String> texts = RaggedBenchmark.texts(TEXTS);
        long start = System.nanoTime();
        long[] resident = new long[minutes + 1];
        Iterator<String> endless = new Iterator<>() {
            private int at;

            @Override
            public boolean hasNext() {
                return System.nanoTime() - start < minutes * MINUTE;
            }

            @Override
            public String next() {
                return texts.get(at++ % texts.size());
            }
        };
        long[] done = {0};
        heddle.embed(endless, vector -> {
            done[0]++;
            int minute = (int) Math.min(minutes, (System.nanoTime() - start) / MINUTE);
            if (resident[minute] == 0) {
                resident[minute] = resident();
                System.out.printf(Locale.ROOT, "%3d min %,12d texts  %,9d kB%n", minute, done[0], resident[minute]);
            }
        });
        int first = IntStream.rangeClosed(Math.min(SETTLED, minutes), minutes)
                .filter(minute -> resident[minute] > 0)
                .findFirst()
                .orElseThrow();
        System.out.printf(
                Locale.ROOT,
                "resident memory at the end: %.3f times that after %d minutes%n",
                (double) resident() / resident[first],
                first);
    }

    /** The resident memory of this process in kilobytes, as Linux counts it. */
    private static long resident() {
        try {
            return Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
