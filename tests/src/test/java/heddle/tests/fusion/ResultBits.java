package heddle.tests.fusion;

import heddle.compiler.Compiler.Fusion;
import heddle.runtime.Heddle;
import heddle.runtime.HeddleModel;
import heddle.runtime.jvm.JvmOptions;
import heddle.runtime.jvm.JvmPlatform;
import heddle.runtime.jvm.JvmProgram;
import heddle.runtime.tensor.Tensor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Runs models many times on some numbers of threads and prints a line for each result that differs in its bits: {@code
 * file fusion output hash}. The same lines from every JVM mean the same bits.
 */
final class ResultBits {
    private static final long SEED = 10;

    private final Path classes;
    private final List<Integer> threads;
    private final int runs;
    private final SortedSet<String> lines = new TreeSet<>();

    private ResultBits(Path classes, List<Integer> threads, int runs) {
        this.classes = classes;
        this.threads = threads;
        this.runs = runs;
    }

    /** @param args the directory of classes, a number of threads, how often to run, lengths for files that name none, and model files */
    public static void main(String[] args) {
        List<Integer> threads = List.of(Integer.valueOf(args[1]));
        List<String> files = List.of(args).subList(4, args.length);
        lines(Path.of(args[0]), threads, Integer.parseInt(args[2]), args[3], files)
                .forEach(System.out::println);
    }

    static SortedSet<String> lines(Path classes, List<Integer> threads, int runs, String lengths, List<String> files) {
        ResultBits bits = new ResultBits(classes, threads, runs);
        List<Map<String, Long>> usual = List.of(CorpusFile.lengths(lengths));
        files.forEach(file -> bits.run(
                Path.of(file), CorpusFile.read(Path.of(file)).shapes(usual).getLast()));
        return bits.lines;
    }

    private void run(Path file, Map<String, Long> lengths) {
        HeddleModel model = Heddle.model(file);
        SequencedMap<String, Tensor> weights = Draw.USUAL.weights(model, lengths, SEED);
        SequencedMap<String, Tensor> inputs = Draw.USUAL.inputs(model, lengths, SEED);
        for (Fusion fusion : Fusion.values()) {
            var plan = model.compilation(fusion).plan();
            for (int count : threads) {
                JvmOptions options = new JvmOptions(JvmPlatform.target(count), classes, "test", warning -> {});
                JvmProgram program = JvmProgram.load(plan, weights, options);
                for (int n = 0; n < runs; n++) {
                    program.run(inputs)
                            .forEach((name, result) -> lines.add(
                                    file.getFileName() + " " + fusion + " " + name + " " + hash(result.storage())));
                }
            }
        }
    }

    /** A NaN counts as any other. */
    private static int hash(Object storage) {
        return switch (storage) {
            case float[] a -> Arrays.hashCode(a);
            case double[] a -> Arrays.hashCode(a);
            case long[] a -> Arrays.hashCode(a);
            case int[] a -> Arrays.hashCode(a);
            case boolean[] a -> Arrays.hashCode(a);
            default -> throw new AssertionError(storage.getClass());
        };
    }
}
