package heddle.cli.report;

import heddle.compiler.ir.Node;
import heddle.compiler.ir.Value;
import heddle.compiler.recompute.Recomputation;
import heddle.compiler.type.Stored;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Map.Entry;
import java.util.stream.Collectors;

/** Says what is kept for the backward pass, what is computed again, and what other choices would take. */
public final class RecomputationText {
    private static final int MOST_LINES = 20;

    /** Operations of equal layers. */
    private static final class Group {
        private int count;
        private long bytes;
    }

    private RecomputationText() {}

    /** The text, which ends in a line break. */
    public static String of(Recomputation r) {
        StringBuilder text = new StringBuilder();
        text.append(String.format(
                Locale.ROOT,
                "%nMemory for gradients: %s, without a budget %s. Inputs, weights and their gradients are not counted.%n",
                Sizes.text(r.peak()),
                Sizes.text(r.whole())));
        if (!r.typical().isEmpty()) {
            text.append(String.format("All figures are for %s.%n", lengths(r)));
        }
        long kept = r.kept().stream().mapToLong(v -> bytes(r, v)).sum();
        text.append(String.format(
                Locale.ROOT,
                "%nKept for the backward pass: %d values, %s%n",
                r.kept().size(),
                Sizes.text(kept)));
        Map<String, Group> groups = new LinkedHashMap<>();
        r.kept().forEach(v -> add(groups, v.node(), bytes(r, v)));
        lines(groups, text);
        text.append(String.format(
                Locale.ROOT,
                "%nComputed again: %d operations, %.1f %% of the forward pass%n",
                r.recomputed().size(),
                100 * r.extra()));
        Map<String, Group> again = new LinkedHashMap<>();
        r.recomputed().forEach(n -> add(again, n, bytes(r, n.value())));
        lines(again, text);
        text.append(String.format("%nMemory against time:%n"));
        for (Recomputation.Point p : r.curve()) {
            text.append(String.format(
                    Locale.ROOT, "  %10s  + %5.1f %% of the forward pass%n", Sizes.text(p.peak()), 100 * p.extra()));
        }
        return text.toString();
    }

    /** {@code B=8, N=1024, as the model declares}. */
    private static String lengths(Recomputation r) {
        return r.typical().entrySet().stream()
                .map(e -> e.getKey() + "=" + e.getValue())
                .collect(Collectors.joining(", ", "", ", as the model declares"));
    }

    private static long bytes(Recomputation r, Value v) {
        return Stored.of(v.type().dtype()).bytes(v.type().shape().size().evaluate(r.typical()));
    }

    /** Numbers of layers count as the same. */
    private static void add(Map<String, Group> groups, Node node, long bytes) {
        String name = node.path().replaceAll("(?<=[.#])\\d+(?=[/:.]|$)", "*");
        Group group = groups.computeIfAbsent(name, none -> new Group());
        group.count++;
        group.bytes += bytes;
    }

    private static void lines(Map<String, Group> groups, StringBuilder text) {
        List<Entry<String, Group>> largest = groups.entrySet().stream()
                .sorted(Comparator.comparingLong((Entry<String, Group> e) -> e.getValue().bytes)
                        .reversed())
                .toList();
        largest.stream()
                .limit(MOST_LINES)
                .forEach(e -> text.append(String.format(
                        Locale.ROOT,
                        "  %10s  %4d ×  %s%n",
                        Sizes.text(e.getValue().bytes),
                        e.getValue().count,
                        e.getKey())));
        if (largest.size() > MOST_LINES) {
            long rest = largest.stream()
                    .skip(MOST_LINES)
                    .mapToLong(e -> e.getValue().bytes)
                    .sum();
            text.append(
                    String.format(Locale.ROOT, "  %10s  in %d more%n", Sizes.text(rest), largest.size() - MOST_LINES));
        }
    }
}
