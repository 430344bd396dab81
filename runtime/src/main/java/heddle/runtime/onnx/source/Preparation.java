package heddle.runtime.onnx.source;

import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Turns the definitions of a file into steps: as a person would spell them, each value with a hint for its name. */
final class Preparation {
    private final Map<Value, Value> values = new HashMap<>();
    private final List<Step.Compute> steps = new ArrayList<>();

    private Preparation() {}

    /** The steps of a model, and its outputs as they read them. */
    record Prepared(List<Step.Compute> steps, List<FlatModel.Result> outputs) {}

    static Prepared of(FlatModel model) {
        List<List<String>> scopes = ScopePaths.of(model.definitions());
        ValueHints hints = new ValueHints(model, scopes);
        Preparation p = new Preparation();
        for (int i = 0; i < model.definitions().size(); i++) {
            p.add(model.definitions().get(i), scopes.get(i), hints);
        }
        List<FlatModel.Result> outputs = model.outputs().stream()
                .map(o -> new FlatModel.Result(o.name(), o.type(), p.rewritten(o.term())))
                .toList();
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
        steps.add(new Step.Compute(results, inUsualOrder(term), definition.nodes(), scope));
    }

    private Term rewritten(Term term) {
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
