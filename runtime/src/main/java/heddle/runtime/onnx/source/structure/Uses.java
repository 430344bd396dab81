package heddle.runtime.onnx.source.structure;

import heddle.runtime.onnx.source.Term;
import heddle.runtime.onnx.source.Value;
import heddle.runtime.onnx.source.structure.step.Rewrite;
import heddle.runtime.onnx.source.structure.step.Step;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Where values are read for the last time, and what stands for values that became parts of lists. */
final class Uses {
    /** Behind all definitions: an output. */
    static final int END = Integer.MAX_VALUE;

    private final Map<Value, Integer> last = new HashMap<>();
    private final Map<Value, Term> replaced = new HashMap<>();

    void read(Value value, int position) {
        last.merge(value, position, Math::max);
    }

    int last(Value value) {
        return last.getOrDefault(value, -1);
    }

    /** From here on, the list is read where the value was. */
    void replace(Value value, Value list, long index) {
        Term at = new Term.Subscript(
                new Term.Ref(list), List.of(new Term.Index.At(new Term.Literal(Long.toString(index)))));
        replaced.put(value, at);
        read(list, last(value));
    }

    boolean isReplaced(Value value) {
        return replaced.containsKey(value);
    }

    Optional<Term> replacement(Value value) {
        return Optional.ofNullable(replaced.get(value));
    }

    /** A step that reads what is there now. */
    Step current(Step step) {
        return replaced.isEmpty()
                ? step
                : step.rewritten(new Rewrite() {
                    @Override
                    public Term ref(Term.Ref ref) {
                        return replaced.getOrDefault(ref.value(), ref);
                    }
                });
    }
}
