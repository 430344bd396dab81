package heddle.bench;

import java.util.Arrays;
import java.util.List;
import org.eclipse.lsp4j.TextDocumentContentChangeEvent;

/**
 * How soon diagnostics come while somebody types in a model of 500 lines: 200 keys a round, one round after the other in the same
 * server, which has just been started. People type with 60 to 180 ms between two keys, which is 65 to 200 words a minute; 30 to
 * 60 ms is faster than anybody. Each key counts, also those that others follow at once; a key whose diagnostics were overtaken
 * waits for those of the next.
 */
public final class EditorBenchmark {
    private static final int KEYS = 200;
    private static final int ROUNDS = 4;

    private EditorBenchmark() {}

    /** @param args options of Java for the server, such as {@code -Xmx256m} */
    public static void main(String[] args) throws Exception {
        typed(Arrays.asList(args), 60, 180);
        typed(Arrays.asList(args), 30, 60);
    }

    private static void typed(List<String> javaOptions, int least, int most) throws Exception {
        String text = TypedModel.text();
        try (EditedModel model = new EditedModel(javaOptions)) {
            double opened = model.open(text);
            long start = System.nanoTime();
            int lenses = model.lenses();
            System.out.printf(
                    "%d to %d ms a key, %d lines, first diagnostics after %.0f ms, %d lenses after %.0f ms more%n",
                    least, most, text.lines().count(), opened, lenses, (System.nanoTime() - start) * 1e-6);
            System.out.printf("%5s %9s %9s %7s %8s%n", "round", "median ms", "95th ms", "max ms", "heap MB");
            System.out.printf("%5s %9s %9s %7s %8.1f%n", "start", "", "", "", model.heap());
            TypedModel typing = new TypedModel(7);
            int from = 2;
            for (int round = 1; round <= ROUNDS; round++) {
                int last = from;
                for (TextDocumentContentChangeEvent key : typing.keys(KEYS)) {
                    last = model.edit(key);
                    Thread.sleep(typing.pause(least, most));
                }
                model.await(last);
                model.lenses(); // Nothing is under way when the heap is looked at.
                List<Double> millis =
                        model.millis(from, last + 1).stream().sorted().toList();
                System.out.printf(
                        "%5d %9.1f %9.1f %7.1f %8.1f%n",
                        round, millis.get(KEYS / 2), millis.get(KEYS * 95 / 100), millis.getLast(), model.heap());
                from = last + 1;
            }
        }
    }
}
