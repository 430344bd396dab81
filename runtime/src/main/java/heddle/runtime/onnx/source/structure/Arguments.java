package heddle.runtime.onnx.source.structure;

import heddle.compiler.type.Dim;
import heddle.runtime.onnx.source.Term;
import heddle.runtime.onnx.source.Value;
import heddle.runtime.onnx.source.structure.step.NameTemplate;
import heddle.runtime.onnx.source.structure.step.Rewrite;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Puts what a call gives where the function has its parameters. */
final class Arguments implements Rewrite {
    private final Map<Value, Term> operands = new HashMap<>();
    private final Map<String, Term> counts = new HashMap<>();
    private final Map<String, Dim> lengths = new HashMap<>();

    Arguments(Routine routine, List<Term> given) {
        int n = routine.operands().size();
        for (int i = 0; i < given.size(); i++) {
            if (i < n) {
                operands.put(routine.operands().get(i), given.get(i));
                continue;
            }
            String id = routine.counts().get(i - n).id();
            counts.put(id, given.get(i));
            length(given.get(i), id);
        }
    }

    private void length(Term term, String id) {
        if (term instanceof Term.Length length) {
            lengths.put(id, length.dim());
        } else if (term instanceof Term.Name name) {
            lengths.put(id, Dim.symbol(name.text()));
        } else if (term instanceof Term.Literal literal && literal.text().matches("-?[0-9]+")) {
            lengths.put(id, Dim.of(Long.parseLong(literal.text())));
        }
    }

    @Override
    public Term ref(Term.Ref ref) {
        return operands.getOrDefault(ref.value(), ref);
    }

    @Override
    public Term name(Term.Name name) {
        return counts.getOrDefault(name.text(), name);
    }

    @Override
    public Dim length(Dim dim) {
        return dim.isKnown() ? dim : dim.bind(lengths);
    }

    @Override
    public String text(String template) {
        StringBuilder out = new StringBuilder();
        for (NameTemplate.Part part : NameTemplate.of(template).parts()) {
            Term given = NameTemplate.sole(part).map(counts::get).orElse(null);
            if (given instanceof Term.Text text) {
                out.append(text.text());
            } else if (part instanceof NameTemplate.Number number) {
                out.append(new NameTemplate.Number(length(number.value())).text());
            } else {
                out.append(part.text());
            }
        }
        return out.toString();
    }
}
