package heddle.cli.report;

import heddle.compiler.explain.FusedExplanation;
import heddle.compiler.ir.Node;
import heddle.compiler.report.FusionReport;
import heddle.dsl.source.Span;
import heddle.runtime.onnx.OnnxImport;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Which nodes of an ONNX file an attention stands for.
 *
 * @param file     the name of the imported text in places
 * @param imported what the file was imported as
 */
public record OnnxOrigin(String file, OnnxImport imported) {
    private static final Pattern NUMBER = Pattern.compile("\\d+");

    /** The names of the nodes that a fused attention replaces, in the order of the text. */
    public List<String> nodes(FusedExplanation fused) {
        Set<Integer> lines = new TreeSet<>();
        fused.woven().stream().flatMap(node -> first(node).stream()).forEach(span -> addLines(span, lines));
        return names(lines, fused.node());
    }

    /** The names of the nodes of a softmax and of what is in the way of its fusion. */
    public List<String> nodes(FusionReport.Declined declined) {
        Set<Integer> lines = new TreeSet<>();
        first(declined.at()).ifPresent(span -> addLines(span, lines));
        return names(lines, declined.normaliser());
    }

    private List<String> names(Set<Integer> lines, Node node) {
        first(node).ifPresent(span -> addLines(span, lines));
        Set<String> names = new LinkedHashSet<>();
        lines.forEach(line -> names.addAll(imported.nodes(line)));
        names.remove("");
        return List.copyOf(names);
    }

    private static Optional<Span> first(Node node) {
        return node.origin().spans().stream().findFirst();
    }

    private void addLines(Span span, Set<Integer> lines) {
        if (span.file().name().equals(file)) {
            int last =
                    span.file().position(Math.max(span.start(), span.end() - 1)).line();
            for (int line = span.file().position(span.start()).line(); line <= last; line++) {
                lines.add(line);
            }
        }
    }

    /**
     * Names, those that differ in numbers alone as one: {@code layer.{0..5}/Softmax} for six that follow each other,
     * {@code layer.*}{@code /Softmax} for others.
     */
    static List<String> together(Collection<String> names) {
        Map<String, List<String>> alike = new LinkedHashMap<>();
        names.stream()
                .distinct()
                .forEach(name -> alike.computeIfAbsent(NUMBER.matcher(name).replaceAll("0"), n -> new ArrayList<>())
                        .add(name));
        return alike.values().stream().map(OnnxOrigin::oneFor).toList();
    }

    private static String oneFor(List<String> names) {
        List<List<String>> numbers = names.stream().map(OnnxOrigin::numbers).toList();
        int[] at = {0};
        Matcher matcher = NUMBER.matcher(names.getFirst());
        return matcher.replaceAll(match -> {
            int place = at[0]++;
            return Matcher.quoteReplacement(
                    range(numbers.stream().map(n -> n.get(place)).distinct().toList()));
        });
    }

    private static List<String> numbers(String name) {
        return NUMBER.matcher(name).results().map(r -> r.group()).collect(Collectors.toList());
    }

    private static String range(List<String> numbers) {
        if (numbers.size() == 1) {
            return numbers.getFirst();
        }
        for (int i = 1; i < numbers.size(); i++) {
            boolean follows = numbers.get(i).length() < 10
                    && numbers.get(i - 1).length() < 10
                    && Integer.parseInt(numbers.get(i)) == Integer.parseInt(numbers.get(i - 1)) + 1;
            if (!follows) {
                return "*";
            }
        }
        return "{" + numbers.getFirst() + ".." + numbers.getLast() + "}";
    }
}
