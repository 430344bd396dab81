package heddle.runtime.onnx.source.structure;

import heddle.compiler.type.Dim;
import heddle.runtime.onnx.source.Term;
import heddle.runtime.onnx.source.Value;
import heddle.runtime.onnx.source.structure.step.NameTemplate;
import heddle.runtime.onnx.source.structure.step.Rewrite;
import heddle.runtime.onnx.source.structure.step.Step;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;

/** What steps have in common with others that are written alike, apart from what may differ. */
final class Skeleton implements Rewrite {
    private final StringBuilder key = new StringBuilder();
    private final Map<Value, Integer> local = new LinkedHashMap<>();
    private final SequencedSet<Value> outer = new LinkedHashSet<>();
    private final Map<Value, Integer> outerNumber = new LinkedHashMap<>();
    private final List<Leaf> leaves = new ArrayList<>();
    private final List<Value> reads = new ArrayList<>();
    private final boolean tellsValues;
    private String role = "size";

    private Skeleton(boolean tellsValues) {
        this.tellsValues = tellsValues;
    }

    /** Of steps that belong together: which of their values is read where counts. */
    static Skeleton of(List<Step> steps) {
        Skeleton skeleton = new Skeleton(true);
        steps.forEach(s -> s.rewritten(skeleton));
        return skeleton;
    }

    /** Of one step among others: whose values it reads does not count. */
    static Skeleton of(Step step) {
        Skeleton skeleton = new Skeleton(false);
        step.rewritten(skeleton);
        return skeleton;
    }

    /** Equal for steps that are written alike. */
    String key() {
        return key.toString();
    }

    List<Leaf> leaves() {
        return leaves;
    }

    /** The values from outside, each once, in the order in which they are read. */
    List<Value> outer() {
        return List.copyOf(outer);
    }

    /** All values from outside as they are read. */
    List<Value> reads() {
        return reads;
    }

    /** The number of a value among those that the steps define. */
    int number(Value value) {
        return local.get(value);
    }

    boolean defines(Value value) {
        return local.containsKey(value);
    }

    @Override
    public void mark(String token) {
        key.append(token).append(' ');
    }

    @Override
    public Term ref(Term.Ref ref) {
        Integer number = local.get(ref.value());
        if (number == null) {
            reads.add(ref.value());
            if (outer.add(ref.value())) {
                outerNumber.put(ref.value(), outer.size() - 1);
            }
        }
        if (tellsValues) {
            mark(number != null ? "." + number : "^" + outerNumber.get(ref.value()));
        } else if (number != null) {
            mark("." + number);
        }
        return ref;
    }

    @Override
    public String text(String template) {
        leaves.add(new Leaf.Words(NameTemplate.of(template), role));
        return template;
    }

    @Override
    public void role(String next) {
        role = next;
    }

    @Override
    public Dim length(Dim dim) {
        leaves.add(new Leaf.Length(dim, role));
        return dim;
    }

    @Override
    public Term number(Term.Literal literal) {
        leaves.add(new Leaf.Amount(literal, role));
        return literal;
    }

    /** The values that the steps define, in their order. */
    List<Value> defined() {
        return List.copyOf(local.keySet());
    }

    @Override
    public void defined(Value value) {
        local.put(value, local.size());
    }
}
