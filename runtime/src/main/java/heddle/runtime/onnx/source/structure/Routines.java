package heddle.runtime.onnx.source.structure;

import heddle.runtime.onnx.source.FlatModel;
import heddle.runtime.onnx.source.Term;
import heddle.runtime.onnx.source.Value;
import heddle.runtime.onnx.source.structure.scope.ScopePart;
import heddle.runtime.onnx.source.structure.step.NameTemplate;
import heddle.runtime.onnx.source.structure.step.Step;
import heddle.runtime.onnx.source.structure.step.Sums;
import heddle.runtime.onnx.source.structure.step.TermRewriting;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Makes functions of scopes that are alike, innermost first, so that outer scopes are compared as calls of inner ones. A scope
 * that nothing is like is written in place.
 */
public final class Routines {
    /** What one expression says is no function. */
    private static final int LEAST_OPERATIONS = 2;

    /** Words that say nothing of a parameter. */
    private static final Set<String> PLAIN = Set.of("x", "y", "z", "h");

    private final Uses uses = new Uses();
    private final List<Routine> routines = new ArrayList<>();
    private final Map<ScopePart.Scope, Span> spans = new IdentityHashMap<>();
    private final Map<ScopePart.Scope, List<Step>> written = new IdentityHashMap<>();
    private int position;

    private record Span(int end, int height) {}

    private Routines() {}

    /** The functions and loops of a model whose scopes were found. */
    public static Outline of(ScopePart.Scope model, List<FlatModel.Result> outputs) {
        Routines r = new Routines();
        TreeMap<Integer, List<ScopePart.Scope>> levels = new TreeMap<>();
        r.number(model, levels);
        outputs.forEach(o -> TermRewriting.reads(o.term(), v -> r.uses.read(v, Uses.END)));
        levels.values().forEach(r::write);
        List<Outline.Output> current = outputs.stream()
                .map(o ->
                        new FlatModel.Result(o.name(), o.type(), TermRewriting.replaced(o.term(), r.uses::replacement)))
                .map(o -> new Outline.Output(o, List.of()))
                .toList();
        return new Outline(r.routines, r.written.get(model), current);
    }

    private int number(ScopePart.Scope scope, Map<Integer, List<ScopePart.Scope>> levels) {
        int height = 0;
        for (ScopePart part : scope.parts()) {
            if (part instanceof ScopePart.Scope inner) {
                height = Math.max(height, number(inner, levels) + 1);
            } else {
                Step.Compute step = ((ScopePart.Single) part).step();
                int at = position++;
                TermRewriting.reads(step.term(), v -> uses.read(v, at));
            }
        }
        spans.put(scope, new Span(position, height));
        levels.computeIfAbsent(height, h -> new ArrayList<>()).add(scope);
        return height;
    }

    private boolean escapes(Value value, ScopePart.Scope scope) {
        return uses.last(value) >= spans.get(scope).end();
    }

    /** A scope's steps, and how they compare with others. */
    private record Candidate(ScopePart.Scope scope, List<Step> steps, Skeleton skeleton, List<Value> results) {
        String key() {
            StringBuilder key = new StringBuilder(skeleton.key());
            results.forEach(v -> key.append("> ").append(skeleton.number(v)).append(' '));
            return key.toString();
        }
    }

    /** Scopes of one height. */
    private void write(List<ScopePart.Scope> scopes) {
        Map<String, List<Candidate>> alike = new LinkedHashMap<>();
        for (ScopePart.Scope scope : scopes) {
            List<Step> steps = new Loops(uses, v -> escapes(v, scope)).roll(steps(scope));
            written.put(scope, steps);
            if (!scope.path().isEmpty()) {
                Candidate candidate = candidate(scope, steps);
                alike.computeIfAbsent(candidate.key(), k -> new ArrayList<>()).add(candidate);
            }
        }
        for (List<Candidate> same : alike.values()) {
            if (same.size() > 1 && isWorthwhile(same.getFirst())) {
                makeRoutine(same);
            }
        }
    }

    private List<Step> steps(ScopePart.Scope scope) {
        List<Step> steps = new ArrayList<>();
        for (ScopePart part : scope.parts()) {
            if (part instanceof ScopePart.Scope inner) {
                steps.addAll(written.remove(inner));
            } else {
                steps.add(((ScopePart.Single) part).step());
            }
        }
        steps.replaceAll(uses::current);
        return steps;
    }

    private Candidate candidate(ScopePart.Scope scope, List<Step> steps) {
        Skeleton skeleton = Skeleton.of(steps);
        List<Value> results = steps.stream()
                .flatMap(s -> s.results().stream())
                .filter(v -> escapes(v, scope) && !uses.isReplaced(v))
                .toList();
        return new Candidate(scope, steps, skeleton, results);
    }

    /** What an argument is for: what the function says. */
    private String role(String place) {
        int mark = place.indexOf('#');
        if (mark < 0) {
            return place;
        }
        Routine called = routines.get(Integer.parseInt(place.substring(2, mark)));
        int argument =
                Integer.parseInt(place.substring(mark + 1)) - called.operands().size();
        return argument < 0 ? "x" : called.counts().get(argument).hint();
    }

    private static boolean isWorthwhile(Candidate candidate) {
        if (candidate.results().isEmpty()) {
            return false;
        }
        boolean isCall = candidate.steps().size() == 1
                && candidate.steps().getFirst() instanceof Step.Compute c
                && c.term() instanceof Term.Call call
                && call.function().startsWith(Sums.MARK);
        long names = candidate.skeleton().leaves().stream()
                .filter(Leaf.Words.class::isInstance)
                .count();
        return !isCall && Math.max(candidate.steps().size(), names) >= LEAST_OPERATIONS;
    }

    private static String agreed(List<String> hints, String otherwise) {
        List<String> words =
                hints.stream().map(h -> NameTemplate.of(h).wording()).toList();
        if (!Progressions.allEqual(words)) {
            return otherwise;
        }
        String word = hints.getFirst();
        if (!Progressions.allEqual(hints)) {
            word = words.getFirst().replaceAll("[._]*\\{#}[._]*", "_");
        }
        return word.startsWith("past_key_values_") ? "past_" + word.substring(16) : word;
    }

    private void makeRoutine(List<Candidate> alike) {
        String id = Sums.MARK + "f" + routines.size();
        Optional<Parameters> parameters =
                Parameters.of(alike.stream().map(c -> c.skeleton().leaves()).toList(), id, this::role);
        if (parameters.isEmpty()) {
            return;
        }
        Candidate first = alike.getFirst();
        Map<Value, Value> operands = new LinkedHashMap<>();
        for (int i = 0; i < first.skeleton().outer().size(); i++) {
            int at = i;
            Value v = first.skeleton().outer().get(i);
            String hint = agreed(
                    alike.stream().map(c -> c.skeleton().outer().get(at).name()).toList(), "x");
            operands.put(v, new Value(PLAIN.contains(hint) ? "x" : hint, v.type()));
        }
        List<Step> body = new ArrayList<>();
        for (int i = 0; i < first.steps().size(); i++) {
            int at = i;
            body.add(Step.merged(alike.stream().map(c -> c.steps().get(at)).toList()));
        }
        body = Filling.of(body, parameters.get().patterns(), ref -> new Term.Ref(operands.get(ref.value())));
        // The first piece's values go on outside: inside there are others.
        Map<Value, Value> inner = new HashMap<>();
        List<List<Value>> defined =
                alike.stream().map(c -> c.skeleton().defined()).toList();
        Map<Value, String> hints = new HashMap<>();
        for (int i = 0; i < defined.getFirst().size(); i++) {
            int at = i;
            hints.put(
                    defined.getFirst().get(i),
                    agreed(defined.stream().map(d -> d.get(at).name()).toList(), "y"));
        }
        body = Renewal.of(body, hints, inner);
        List<Term> results = first.results().stream()
                .<Term>map(v -> new Term.Ref(inner.get(v)))
                .toList();
        List<List<String>> scopes = alike.stream().map(c -> c.scope().path()).toList();
        routines.add(new Routine(
                id, List.copyOf(operands.values()), parameters.get().variables(), body, results, List.of(), scopes));
        for (int i = 0; i < alike.size(); i++) {
            List<Term> arguments = new ArrayList<>();
            alike.get(i).skeleton().outer().forEach(v -> arguments.add(new Term.Ref(v)));
            arguments.addAll(parameters.get().arguments(i));
            Candidate c = alike.get(i);
            List<String> nodes =
                    c.steps().stream().flatMap(s -> s.nodes().stream()).toList();
            Step call = new Step.Compute(
                    c.results(),
                    Term.Call.of(id, arguments.toArray(Term[]::new)),
                    nodes,
                    c.scope().path());
            written.put(c.scope(), List.of(call));
        }
    }
}
