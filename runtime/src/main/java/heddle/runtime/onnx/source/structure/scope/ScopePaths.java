package heddle.runtime.onnx.source.structure.scope;

import heddle.runtime.onnx.source.Definition;
import heddle.runtime.onnx.source.Term;
import heddle.runtime.onnx.source.Value;
import heddle.runtime.onnx.source.structure.step.Rewrite;
import heddle.runtime.onnx.source.structure.step.TermRewriting;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where a model's parts are, as its file has them: exporters write the path of a module into the names of its nodes. Where
 * those say nothing, the names of weights do.
 */
public final class ScopePaths {
    private static final Pattern SEPARATOR = Pattern.compile("/");
    private static final Pattern COUNT = Pattern.compile("[0-9]+");

    private ScopePaths() {}

    /** The path of each definition, outermost part first. */
    public static List<List<String>> of(List<Definition> definitions) {
        List<Optional<List<String>>> known = new ArrayList<>();
        Map<Value, Integer> makers = new HashMap<>();
        for (Definition d : definitions) {
            Optional<List<String>> path = named(d).or(() -> weighted(d));
            int at = known.size();
            // A product with a weight belongs to the sum with its bias.
            path.ifPresent(own -> d.term().reads().forEach(v -> {
                int maker = makers.getOrDefault(v, at);
                if (maker != at
                        && known.get(maker).isEmpty()
                        && hasWeight(definitions.get(maker).term())) {
                    known.set(maker, path);
                }
            }));
            d.results().forEach(v -> makers.put(v, at));
            known.add(path);
        }
        return filled(known);
    }

    private static boolean hasWeight(Term term) {
        return term instanceof Term.Infix infix && infix.right() instanceof Term.Weight;
    }

    private static Optional<List<String>> named(Definition definition) {
        if (definition.nodes().isEmpty() || !definition.nodes().getLast().contains("/")) {
            return Optional.empty();
        }
        return Optional.of(path(definition.nodes().getLast()));
    }

    /** {@code /encoder/layer.0/MatMul}: the last part is the node's own. */
    private static List<String> path(String node) {
        List<String> parts = new ArrayList<>();
        for (String part : SEPARATOR.split(node)) {
            if (!part.isEmpty()) {
                parts.add(part);
            }
        }
        return parts.isEmpty() ? parts : parts.subList(0, parts.size() - 1);
    }

    private static Optional<List<String>> weighted(Definition definition) {
        List<List<String>> paths = new ArrayList<>();
        TermRewriting.rewrite(definition.term(), new Rewrite() {
            @Override
            public String weight(String name) {
                if (name.contains(".") && !name.contains(" ")) {
                    paths.add(modules(name));
                }
                return name;
            }
        });
        return paths.stream().reduce(ScopePaths::common).filter(p -> !p.isEmpty());
    }

    /** {@code encoder.layer.0.output.dense.bias}: a number belongs to the word before it, the last word is the weight's own. */
    private static List<String> modules(String weight) {
        List<String> parts = new ArrayList<>();
        String[] words = weight.split("\\.");
        for (int i = 0; i < words.length - 1; i++) {
            if (COUNT.matcher(words[i]).matches() && !parts.isEmpty()) {
                parts.set(parts.size() - 1, parts.getLast() + "." + words[i]);
            } else if (!words[i].isEmpty()) {
                parts.add(words[i]);
            }
        }
        return parts;
    }

    /** Between two parts that are known lies what both have in common. */
    private static List<List<String>> filled(List<Optional<List<String>>> known) {
        int n = known.size();
        List<List<String>> next = new ArrayList<>();
        List<String> after = List.of();
        for (int i = n - 1; i >= 0; i--) {
            after = known.get(i).orElse(after);
            next.addFirst(after);
        }
        List<List<String>> out = new ArrayList<>();
        List<String> before = List.of();
        for (int i = 0; i < n; i++) {
            out.add(known.get(i).isPresent() ? known.get(i).get() : common(before, next.get(i)));
            before = known.get(i).orElse(before);
        }
        return out;
    }

    static List<String> common(List<String> a, List<String> b) {
        int same = 0;
        while (same < Math.min(a.size(), b.size()) && a.get(same).equals(b.get(same))) {
            same++;
        }
        return a.subList(0, same);
    }
}
