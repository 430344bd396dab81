package heddle.bench;

import heddle.runtime.CompileOptions;
import heddle.runtime.Heddle;
import heddle.runtime.generate.Generator;
import heddle.runtime.generate.Sampling;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes text with {@code examples/gpt.heddle}: each byte is read once, and keys and values are kept, beside windows that are read anew for
 * each byte. The second model hides keys by a finite score, from which no caches are derived; both write the same text.
 */
public final class GenerateBenchmark {
    private static final String PROMPT = "In the beginning";
    private static final int WINDOW = 256;
    private static final Path MODEL = Path.of("examples/gpt.heddle");

    private GenerateBenchmark() {}

    /** @param args how many bytes to write; 48 and 240 when there are none */
    public static void main(String[] args) throws Exception {
        String[] counts = args.length == 0 ? new String[] {"48", "240"} : args;
        String source = Files.readString(MODEL);
        System.out.println(MODEL + " with random weights, " + Interleaved.processor());
        System.out.println("| threads | bytes | ms a byte, caches | ms a byte, windows | ratio |");
        System.out.println("|---|---|---|---|---|");
        Path windows = Files.writeString(
                TemporaryFolder.of("heddle-generate").resolve("windows.heddle"), source.replace("-inf", "-1e30"));
        for (int threads : new int[] {1, 2}) {
            for (String count : counts) {
                compare(threads, Integer.parseInt(count), windows);
            }
        }
    }

    private static void compare(int threads, int count, Path windows) throws Exception {
        Generator kept = generator(MODEL, threads);
        Generator anew = generator(windows, threads);
        if (!text(kept, count).equals(text(anew, count))) {
            throw new IllegalStateException("caches change the text");
        }
        double[] ms = Interleaved.millis(() -> text(kept, count), () -> text(anew, count));
        System.out.printf(
                "| %d | %d | %.3f | %.3f | %.1f |%n", threads, count, ms[0] / count, ms[1] / count, ms[1] / ms[0]);
    }

    private static Generator generator(Path model, int threads) {
        CompileOptions options = CompileOptions.defaults()
                .withWeights("random")
                .withThreads(threads)
                .withWarnings(warning -> {});
        return Generator.of(Heddle.model(model), "logits", WINDOW, options);
    }

    private static String text(Generator generator, int count) {
        StringBuilder text = new StringBuilder();
        byte[] prompt = PROMPT.getBytes(StandardCharsets.UTF_8);
        generator.write(prompt, count, new Sampling(0.8, 256, 1), text::append);
        return text.toString();
    }
}
