package heddle.runtime.onnx.source.text;

import heddle.runtime.onnx.source.FlatModel;
import heddle.runtime.onnx.source.Term;
import heddle.runtime.onnx.source.Value;
import heddle.runtime.onnx.source.structure.Naming;
import heddle.runtime.onnx.source.structure.Outline;
import heddle.runtime.onnx.source.structure.Routine;
import heddle.runtime.onnx.source.structure.step.Rewrite;
import heddle.runtime.onnx.source.structure.step.Step;
import heddle.runtime.onnx.source.structure.step.TermRewriting;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Writes a model line by line, and chooses its names on the way. */
final class SourceWriter {
    private static final int COMMENT_WIDTH = 110;

    private final FlatModel model;
    private final Outline outline;
    private final StringBuilder out = new StringBuilder();
    private final List<List<String>> nodes = new ArrayList<>();
    private final Map<String, String> inputs = new LinkedHashMap<>();
    private final Map<String, String> outputs = new LinkedHashMap<>();
    private Naming naming;
    private TermText terms;

    SourceWriter(FlatModel model, Outline outline) {
        this.model = model;
        this.outline = outline;
    }

    /** The nodes of each statement that was written, in their order. */
    List<List<String>> nodes() {
        return nodes;
    }

    Map<String, String> inputs() {
        return inputs;
    }

    Map<String, String> outputs() {
        return outputs;
    }

    private void in(Naming scope) {
        naming = scope;
        terms = new TermText(scope::of, scope::of);
    }

    /** The text, which is not formatted yet. */
    String write(SourceText.Header header) {
        Naming file = new Naming(new HashSet<>(model.lengths()));
        line("model " + model.name());
        line("");
        header.sentences().forEach(this::comment);
        model.notes().forEach(this::comment);
        line("");
        if (!model.lengths().isEmpty()) {
            line("dim " + String.join(", ", model.lengths()));
            line("");
        }
        // What others use by name comes first to its name.
        List<String> given = new ArrayList<>();
        for (Value v : model.inputs()) {
            given.add(named(file, v.name()));
            inputs.put(given.getLast(), v.name());
        }
        List<String> results = new ArrayList<>();
        model.outputs().forEach(o -> results.add(named(file, o.name())));
        outline.routines().forEach(r -> file.define(r.id(), RoutineNames.hint(r)));
        in(file);
        inputs(given);
        Naming shared = file.within();
        for (Routine routine : outline.routines()) {
            routine(routine, shared, file);
        }
        in(file);
        block(outline.steps());
        line("");
        for (int i = 0; i < results.size(); i++) {
            Outline.Output o = outline.outputs().get(i);
            outputs.put(results.get(i), o.result().name());
            statement(
                    "output " + results.get(i) + ": " + terms.type(o.result().type()) + " = "
                            + terms.of(o.result().term()),
                    o.nodes());
        }
        return out.toString();
    }

    private static String named(Naming file, String name) {
        return file.like(name);
    }

    private void inputs(List<String> names) {
        for (int i = 0; i < names.size(); i++) {
            Value v = model.inputs().get(i);
            naming.give(v, names.get(i));
            line("input " + names.get(i) + ": " + terms.type(v.type()));
        }
        line("");
    }

    private void line(String text) {
        out.append(text).append('\n');
    }

    private void statement(String text, List<String> own) {
        line(text);
        nodes.add(own);
    }

    /** Words of a file may hold anything; a comment holds what is seen and ends with its line. */
    private void comment(String sentence) {
        StringBuilder words = new StringBuilder("//");
        int length = 2;
        for (String word :
                sentence.replaceAll("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]", "?").split(" +")) {
            if (length + word.length() > COMMENT_WIDTH && length > 2) {
                words.append("\n//");
                length = 2;
            }
            words.append(' ').append(word);
            length += word.length() + 1;
        }
        line(words.toString());
    }

    private void routine(Routine routine, Naming shared, Naming file) {
        Naming own = shared.within();
        in(own);
        List<String> parameters = new ArrayList<>();
        routine.operands().forEach(v -> parameters.add(own.define(v)));
        routine.counts().forEach(v -> parameters.add(own.define(v.id(), v.hint())));
        String head = "fn " + file.of(routine.id()) + "(" + String.join(", ", parameters) + ")";
        if (routine.body().isEmpty() && routine.results().size() == 1) {
            statement(head + " = " + terms.of(routine.results().getFirst()), routine.resultNodes());
        } else {
            line(head + " {");
            block(routine.body());
            statement(
                    "return " + routine.results().stream().map(terms::of).collect(Collectors.joining(", ")),
                    routine.resultNodes());
            line("}");
        }
        line("");
    }

    private void block(List<Step> steps) {
        for (Step step : steps) {
            if (step instanceof Step.Loop loop) {
                loop(loop);
            } else {
                Step.Compute c = (Step.Compute) step;
                String term = terms.of(c.term());
                List<String> names = c.results().stream().map(naming::define).toList();
                statement("let " + String.join(", ", names) + " = " + term, c.nodes());
            }
        }
    }

    private void loop(Step.Loop loop) {
        for (Step.Carry c : loop.carries()) {
            String start = terms.of(c.start());
            // The variable that a loop turns on is what mathematics calls so.
            boolean isOnly = loop.carries().size() == 1;
            String name = isOnly ? naming.fresh("x") : naming.fresh(c.variable().name());
            naming.give(c.variable(), name);
            statement("let " + name + " = " + start, c.startNodes());
        }
        for (Step.Collected c : loop.collected()) {
            statement("let " + naming.define(c.list()) + " = []", List.of());
        }
        long end = loop.from() + loop.count();
        String variable = naming.define(loop.variable(), "l");
        line("for " + variable + " in " + loop.from() + " .. " + end + " {");
        Map<Integer, Value> changes = changes(loop);
        for (int i = 0; i < loop.body().size(); i++) {
            Step step = loop.body().get(i);
            if (changes.containsKey(i)) {
                Step.Compute c = (Step.Compute) step;
                String name = naming.of(changes.get(i));
                statement(name + " = " + terms.of(c.term()), c.nodes());
                naming.give(c.results().getFirst(), name);
            } else {
                block(List.of(step));
            }
        }
        for (Step.Collected c : loop.collected()) {
            String list = naming.of(c.list());
            statement(list + " = " + list + " + [" + terms.of(c.item()) + "]", List.of());
        }
        for (Step.Carry c : loop.carries()) {
            String name = naming.of(c.variable());
            String next = terms.of(c.next());
            if (!next.equals(name)) {
                statement(name + " = " + next, c.nodes());
            }
        }
        line("}");
        naming.release(variable);
    }

    /** The steps of a loop that can write their result into a variable at once, since nothing reads its old value behind them. */
    private static Map<Integer, Value> changes(Step.Loop loop) {
        Map<Integer, Value> changes = new HashMap<>();
        for (Step.Carry carry : loop.carries()) {
            if (!(carry.next() instanceof Term.Ref next)) {
                continue;
            }
            Set<Value> readBehind = new HashSet<>();
            loop.carries().forEach(c -> TermRewriting.reads(c.next(), readBehind::add));
            loop.collected().forEach(c -> TermRewriting.reads(c.item(), readBehind::add));
            for (int i = loop.body().size() - 1; i >= 0 && !readBehind.contains(carry.variable()); i--) {
                Step step = loop.body().get(i);
                if (step instanceof Step.Compute c && c.results().equals(List.of(next.value()))) {
                    changes.put(i, carry.variable());
                    break;
                }
                reads(step, readBehind);
            }
        }
        return changes;
    }

    private static void reads(Step step, Set<Value> into) {
        step.rewritten(new Rewrite() {
            @Override
            public Term ref(Term.Ref ref) {
                into.add(ref.value());
                return ref;
            }
        });
    }
}
