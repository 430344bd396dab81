package heddle.runtime.onnx.source.structure;

import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import heddle.runtime.onnx.source.Definition;
import heddle.runtime.onnx.source.FlatModel;
import heddle.runtime.onnx.source.Term;
import heddle.runtime.onnx.source.Value;
import heddle.runtime.onnx.source.structure.scope.ScopePaths;
import heddle.runtime.onnx.source.structure.step.NameTemplate;
import heddle.runtime.onnx.source.structure.step.Rewrite;
import heddle.runtime.onnx.source.structure.step.Step;
import heddle.runtime.onnx.source.structure.step.TermRewriting;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Turns the definitions of a file into steps: as a person would spell them, each value with a hint for its name. */
public final class Preparation {
    private final Map<Value, Value> values = new HashMap<>();
    private final List<Step.Compute> steps = new ArrayList<>();
    private final Map<Term, Value> tables = new LinkedHashMap<>();

    /** Of a line. */
    private static final int MOST_NUMBERS = 16;

    /** Subscripts that are read in one place. */
    private final Map<Value, Step.Compute> once = new HashMap<>();

    private final Set<Step.Compute> gone = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Map<Value, Integer> reads = new HashMap<>();

    private Preparation(FlatModel model) {
        model.definitions().forEach(d -> d.term().reads().forEach(v -> reads.merge(v, 1, Integer::sum)));
        model.outputs().forEach(o -> o.term().reads().forEach(v -> reads.merge(v, 1, Integer::sum)));
    }

    /** The steps of a model, and its outputs as they read them. */
    public record Prepared(List<Step.Compute> steps, List<FlatModel.Result> outputs) {}

    public static Prepared of(FlatModel model) {
        List<List<String>> scopes = ScopePaths.of(model.definitions());
        ValueHints hints = new ValueHints(model, scopes);
        Preparation p = new Preparation(model);
        for (int i = 0; i < model.definitions().size(); i++) {
            p.add(model.definitions().get(i), scopes.get(i), hints);
        }
        List<FlatModel.Result> outputs = model.outputs().stream()
                .map(o -> new FlatModel.Result(o.name(), o.type(), p.rewritten(o.term())))
                .toList();
        p.steps.removeIf(p.gone::contains);
        p.tables.forEach(
                (table, value) -> p.steps.addFirst(new Step.Compute(List.of(value), table, List.of(), List.of())));
        return new Prepared(p.steps, outputs);
    }

    private void add(Definition definition, List<String> scope, ValueHints hints) {
        Term term = rewritten(definition.term());
        Optional<Term.Ref> turned = headsTurned(term);
        if (turned.isPresent()) {
            TensorType type = turned.get().value().type();
            List<Dim> dims = List.of(type.dim(0), type.dim(2), type.dim(1), type.dim(3));
            Value heads = new Value("k", new TensorType(type.dtype(), new Shape(dims)));
            Term swapped = Term.Call.of("transpose", turned.get(), new Term.Literal("1"), new Term.Literal("2"));
            steps.add(new Step.Compute(List.of(heads), swapped, definition.nodes(), scope));
            term = Term.Call.of("transpose", new Term.Ref(heads));
        }
        List<Value> results = new ArrayList<>();
        for (Value v : definition.results()) {
            Value own = new Value(hints.of(v), v.type());
            values.put(v, own);
            results.add(own);
        }
        List<String> nodes = new ArrayList<>(definition.nodes());
        Term joined = Subscripts.joined(inUsualOrder(term));
        if (joined instanceof Term.Subscript outer
                && outer.operand() instanceof Term.Ref ref
                && once.containsKey(ref.value())) {
            Step.Compute inner = once.get(ref.value());
            Term both = Subscripts.joined(new Term.Subscript(inner.term(), outer.indices()));
            if (both instanceof Term.Subscript one && !(one.operand() instanceof Term.Subscript)) {
                joined = both;
                gone.add(inner);
                nodes.addAll(0, inner.nodes());
            }
        }
        Step.Compute step = new Step.Compute(results, joined, nodes, scope);
        steps.add(step);
        Value own = definition.results().getFirst();
        if (joined instanceof Term.Subscript && reads.getOrDefault(own, 0) == 1) {
            once.put(values.get(own), step);
        }
    }

    private Term rewritten(Term term) {
        return TermRewriting.tables(plain(term), MOST_NUMBERS, this::table);
    }

    /** A long table of numbers stands above everything, once. */
    private Term table(Term table) {
        return new Term.Ref(tables.computeIfAbsent(
                table, t -> new Value("table", TensorType.scalar(heddle.compiler.type.DType.I64))));
    }

    private Term plain(Term term) {
        return TermRewriting.rewrite(term, new Rewrite() {
            @Override
            public Term ref(Term.Ref ref) {
                return new Term.Ref(values.getOrDefault(ref.value(), ref.value()));
            }

            @Override
            public String weight(String name) {
                return NameTemplate.escaped(name);
            }
        });
    }

    /** {@code permute(x, [0, 2, 3, 1])}: exporters write two swaps as one where keys are split into heads and turned. */
    private static Optional<Term.Ref> headsTurned(Term term) {
        return term instanceof Term.Call call
                        && call.function().equals("permute")
                        && call.arguments().size() == 2
                        && call.arguments().getFirst().term() instanceof Term.Ref ref
                        && call.arguments().get(1).term().equals(new Term.Items(numbers(0, 2, 3, 1)))
                ? Optional.of(ref)
                : Optional.empty();
    }

    private static List<Term> numbers(int... numbers) {
        List<Term> out = new ArrayList<>();
        for (int n : numbers) {
            out.add(new Term.Literal(Integer.toString(n)));
        }
        return out;
    }

    /** {@code x + bias} for {@code bias + x}: both are the same number. */
    private static Term inUsualOrder(Term term) {
        return term instanceof Term.Infix infix
                        && (infix.operator().equals("+") || infix.operator().equals("*"))
                        && (infix.left() instanceof Term.Weight || infix.left() instanceof Term.Literal)
                        && !(infix.right() instanceof Term.Weight || infix.right() instanceof Term.Literal)
                ? new Term.Infix(infix.operator(), infix.right(), infix.left())
                : term;
    }
}
