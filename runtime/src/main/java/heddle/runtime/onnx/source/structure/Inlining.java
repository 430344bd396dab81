package heddle.runtime.onnx.source.structure;

import heddle.runtime.onnx.source.FlatModel;
import heddle.runtime.onnx.source.Term;
import heddle.runtime.onnx.source.Value;
import heddle.runtime.onnx.source.structure.step.Step;
import heddle.runtime.onnx.source.structure.step.Sums;
import heddle.runtime.onnx.source.structure.step.TermRewriting;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Writes a value where it is read, if that is one place and the line stays easy to read. */
public final class Inlining {
    private final Map<Value, Integer> reads = new HashMap<>();

    private Inlining() {}

    /** @param results what the end of the steps reads */
    public static Routine of(Routine routine) {
        Inlining inlining = new Inlining();
        inlining.count(routine.body());
        routine.results().forEach(inlining::count);
        Pending pending = inlining.new Pending(routine.body());
        List<Term> results = new ArrayList<>();
        List<String> nodes = new ArrayList<>(routine.resultNodes());
        for (Term result : routine.results()) {
            results.add(routine.results().size() == 1 ? pending.into(result, nodes) : result);
        }
        return routine.with(pending.left(), results, nodes);
    }

    public static Outline of(Outline outline) {
        Inlining inlining = new Inlining();
        inlining.count(outline.steps());
        outline.outputs().forEach(o -> inlining.count(o.result().term()));
        Pending pending = inlining.new Pending(outline.steps());
        List<Outline.Output> outputs = outline.outputs().stream()
                .map(o -> {
                    List<String> nodes = new ArrayList<>(o.nodes());
                    Term term = pending.into(o.result().term(), nodes);
                    return new Outline.Output(
                            new FlatModel.Result(o.result().name(), o.result().type(), term), nodes);
                })
                .toList();
        List<Routine> routines = outline.routines().stream().map(Inlining::of).toList();
        return new Outline(routines, pending.left(), outputs);
    }

    private void count(Term term) {
        TermRewriting.reads(term, v -> reads.merge(v, 1, Integer::sum));
    }

    private void count(List<Step> steps) {
        for (Step step : steps) {
            if (step instanceof Step.Loop loop) {
                loop.carries().forEach(c -> count(c.start()));
                count(loop.body());
                loop.carries().forEach(c -> count(c.next()));
                loop.collected().forEach(c -> count(c.item()));
            } else {
                count(((Step.Compute) step).term());
            }
        }
    }

    /** The statements of one block, among them those that may go into later ones. */
    private final class Pending {
        private final List<Step> steps = new ArrayList<>();
        private final Map<Value, Integer> open = new HashMap<>();
        private final Set<Integer> gone = new HashSet<>();

        Pending(List<Step> block) {
            for (Step step : block) {
                if (step instanceof Step.Loop loop) {
                    steps.add(loop(loop));
                } else {
                    Step.Compute c = (Step.Compute) step;
                    List<String> nodes = new ArrayList<>(c.nodes());
                    Term term = into(c.term(), nodes);
                    steps.add(new Step.Compute(c.results(), term, nodes, c.scope()));
                    Value first = c.results().getFirst();
                    if (c.results().size() == 1
                            && reads.getOrDefault(first, 0) == 1
                            && !first.name().startsWith(Sums.MARK)) {
                        open.put(first, steps.size() - 1);
                    }
                }
            }
        }

        List<Step> left() {
            List<Step> left = new ArrayList<>();
            for (int i = 0; i < steps.size(); i++) {
                if (!gone.contains(i)) {
                    left.add(steps.get(i));
                }
            }
            return left;
        }

        private Step loop(Step.Loop loop) {
            List<Step.Carry> carries = new ArrayList<>();
            for (Step.Carry c : loop.carries()) {
                List<String> nodes = new ArrayList<>(c.startNodes());
                Term start = into(c.start(), nodes);
                carries.add(new Step.Carry(c.variable(), start, nodes, c.next(), c.nodes()));
            }
            Pending body = new Pending(loop.body());
            // With one variable nothing is read behind its change.
            if (carries.size() == 1) {
                Step.Carry c = carries.getFirst();
                List<String> nodes = new ArrayList<>(c.nodes());
                Term next = body.into(c.next(), nodes);
                carries.set(0, new Step.Carry(c.variable(), c.start(), c.startNodes(), next, nodes));
            }
            return new Step.Loop(
                    loop.variable(), loop.from(), loop.count(), carries, loop.collected(), body.left(), loop.nodes());
        }

        /** The term with what is read in it alone, as far as it stays short. @param nodes those of what it takes in are added */
        Term into(Term term, List<String> nodes) {
            List<Value> candidates = new ArrayList<>();
            TermRewriting.reads(term, v -> {
                if (open.containsKey(v)) {
                    candidates.add(v);
                }
            });
            Term current = term;
            for (Value v : candidates) {
                int at = open.remove(v);
                Step.Compute made = (Step.Compute) steps.get(at);
                Term longer =
                        TermRewriting.replaced(current, x -> x == v ? Optional.of(made.term()) : Optional.empty());
                if (current instanceof Term.Ref || Reading.isEasy(longer)) {
                    current = longer;
                    gone.add(at);
                    nodes.addAll(made.nodes());
                }
            }
            return current;
        }
    }
}
