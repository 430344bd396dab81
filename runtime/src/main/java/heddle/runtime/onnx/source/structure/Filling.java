package heddle.runtime.onnx.source.structure;

import heddle.compiler.type.Dim;
import heddle.runtime.onnx.source.Term;
import heddle.runtime.onnx.source.Value;
import heddle.runtime.onnx.source.structure.step.Rewrite;
import heddle.runtime.onnx.source.structure.step.Step;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** Writes other leaves and values into steps. */
final class Filling implements Rewrite {
    private final Iterator<Term> leaves;
    private final Function<Term.Ref, Term> outer;
    private final Set<Value> local = new HashSet<>();

    private Filling(List<Term> leaves, Function<Term.Ref, Term> outer) {
        this.leaves = leaves.iterator();
        this.outer = outer;
    }

    /**
     * @param leaves as many as the {@link Skeleton} of the steps has: texts, numbers and lengths
     * @param outer  what stands for a value that the steps do not define, asked in the order in which they read them
     */
    static List<Step> of(List<Step> steps, List<Term> leaves, Function<Term.Ref, Term> outer) {
        Filling filling = new Filling(leaves, outer);
        return steps.stream().map(s -> s.rewritten(filling)).toList();
    }

    @Override
    public Term ref(Term.Ref ref) {
        return local.contains(ref.value()) ? ref : outer.apply(ref);
    }

    @Override
    public void defined(Value value) {
        local.add(value);
    }

    @Override
    public String text(String template) {
        return ((Term.Text) leaves.next()).text();
    }

    @Override
    public Dim length(Dim dim) {
        return ((Term.Length) leaves.next()).dim();
    }

    @Override
    public Term number(Term.Literal literal) {
        return leaves.next();
    }
}
