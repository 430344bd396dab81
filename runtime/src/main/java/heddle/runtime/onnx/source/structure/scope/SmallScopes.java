package heddle.runtime.onnx.source.structure.scope;

import heddle.runtime.onnx.source.FlatModel;
import heddle.runtime.onnx.source.Term;
import heddle.runtime.onnx.source.Value;
import heddle.runtime.onnx.source.structure.step.Step;
import heddle.runtime.onnx.source.structure.step.TermRewriting;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Scopes for what many models do in the same few steps, whether or not their file has a module for it. */
public final class SmallScopes {
    private final List<Step.Compute> steps;
    private final Map<Value, Integer> makers = new HashMap<>();
    private final Map<Value, Integer> reads = new HashMap<>();

    private SmallScopes(List<Step.Compute> steps) {
        this.steps = new ArrayList<>(steps);
        for (int i = 0; i < steps.size(); i++) {
            int at = i;
            steps.get(i).results().forEach(v -> makers.put(v, at));
            TermRewriting.reads(steps.get(i).term(), v -> reads.merge(v, 1, Integer::sum));
        }
    }

    /** @param outputs are read too */
    public static List<Step.Compute> in(List<Step.Compute> steps, List<FlatModel.Result> outputs) {
        SmallScopes scopes = new SmallScopes(steps);
        outputs.forEach(o -> TermRewriting.reads(o.term(), v -> scopes.reads.merge(v, 1, Integer::sum)));
        for (int i = 0; i < steps.size(); i++) {
            scopes.look(i);
        }
        return scopes.steps;
    }

    private void look(int i) {
        Term term = steps.get(i).term();
        if (term instanceof Term.Infix infix && infix.operator().equals("+") && isWeight(infix.right())) {
            if (isProduct(infix.left())) {
                enclose("linear", i);
            } else {
                maker(infix.left()).filter(m -> isProduct(steps.get(m).term())).ifPresent(m -> enclose("linear", m, i));
            }
        } else if (term instanceof Term.Call call && call.function().equals("layer_norm")) {
            enclose("norm", i);
        } else if (isCall(term, "transpose", 3)) {
            before(term)
                    .filter(m -> isCall(steps.get(m).term(), "split_axis", 3))
                    .ifPresent(m -> enclose("split_heads", m, i));
        } else if (isCall(term, "merge_axes", 3)) {
            before(term)
                    .filter(m -> isCall(steps.get(m).term(), "transpose", 3))
                    .ifPresent(m -> enclose("merge_heads", m, i));
        }
    }

    private static boolean isCall(Term term, String function, int arguments) {
        return term instanceof Term.Call call
                && call.function().equals(function)
                && call.arguments().size() == arguments;
    }

    /** What made the first argument, when nothing else reads it. */
    private Optional<Integer> before(Term term) {
        return maker(((Term.Call) term).arguments().getFirst().term());
    }

    private Optional<Integer> maker(Term term) {
        return term instanceof Term.Ref ref && reads.getOrDefault(ref.value(), 0) == 1
                ? Optional.ofNullable(makers.get(ref.value()))
                : Optional.empty();
    }

    private static boolean isWeight(Term term) {
        return term instanceof Term.Weight weight && weight.type().rank() == 1;
    }

    private static boolean isProduct(Term term) {
        return term instanceof Term.Infix infix
                && infix.operator().equals("@")
                && infix.left() instanceof Term.Ref
                && (infix.right() instanceof Term.Weight
                        || isCall(infix.right(), "transpose", 1)
                                && ((Term.Call) infix.right())
                                                .arguments()
                                                .getFirst()
                                                .term()
                                        instanceof Term.Weight);
    }

    private void enclose(String name, int... members) {
        List<String> path = steps.get(members[0]).scope();
        for (int i : members) {
            path = ScopePaths.common(path, steps.get(i).scope());
        }
        List<String> inner = new ArrayList<>(path);
        // Two of a kind in one scope are two scopes.
        inner.add(name + "." + members[0]);
        for (int i : members) {
            Step.Compute s = steps.get(i);
            steps.set(i, new Step.Compute(s.results(), s.term(), s.nodes(), inner));
        }
    }
}
