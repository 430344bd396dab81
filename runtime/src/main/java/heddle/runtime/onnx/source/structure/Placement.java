package heddle.runtime.onnx.source.structure;

import heddle.runtime.onnx.source.FlatModel;
import heddle.runtime.onnx.source.Term;
import heddle.runtime.onnx.source.Value;
import heddle.runtime.onnx.source.structure.step.Step;
import heddle.runtime.onnx.source.structure.step.TermRewriting;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Writes functions in place that are called once and are small. */
public final class Placement {
    /** Shorter functions are no help to a reader. */
    private static final int SMALL = 3;

    /** As many lines as a reader takes in at once. */
    private static final int MOST_LINES = 10;

    private final Map<String, Routine> routines = new HashMap<>();
    private final Map<String, Integer> calls = new HashMap<>();
    private final Set<String> placed = new HashSet<>();

    private Placement() {}

    public static Outline of(Outline outline) {
        Placement p = new Placement();
        outline.routines().forEach(r -> p.count(r.body()));
        p.count(outline.steps());
        for (Routine r : outline.routines()) {
            Block block = p.new Block(r.body(), false);
            List<Term> results = r.results().stream().map(block::current).toList();
            p.routines.put(r.id(), r.with(block.steps, results, r.resultNodes()));
        }
        Block block = p.new Block(outline.steps(), false);
        List<Outline.Output> outputs = outline.outputs().stream()
                .map(o -> new Outline.Output(
                        new FlatModel.Result(
                                o.result().name(),
                                o.result().type(),
                                block.current(o.result().term())),
                        o.nodes()))
                .toList();
        List<Routine> left = outline.routines().stream()
                .map(r -> p.routines.get(r.id()))
                .filter(r -> !p.placed.contains(r.id()))
                .toList();
        return new Outline(left, block.steps, outputs);
    }

    private void count(List<Step> steps) {
        for (Step step : steps) {
            if (step instanceof Step.Loop loop) {
                count(loop.body());
            } else if (((Step.Compute) step).term() instanceof Term.Call call) {
                calls.merge(call.function(), 1, Integer::sum);
            }
        }
    }

    /** Statements with functions written into them. */
    private final class Block {
        private final List<Step> steps = new ArrayList<>();
        private final Map<Value, Term> replaced = new HashMap<>();

        Block(List<Step> block, boolean inLoop) {
            this(block, inLoop, Map.of());
        }

        private Block(List<Step> block, boolean inLoop, Map<Value, Term> outer) {
            replaced.putAll(outer);
            for (Step step : block) {
                if (step instanceof Step.Loop loop) {
                    steps.add(loop(loop));
                    continue;
                }
                Step.Compute c = (Step.Compute) step;
                Optional<Routine> small = small(c.term(), block.size(), inLoop);
                if (small.isPresent()) {
                    place(c, small.get());
                } else {
                    steps.add(new Step.Compute(c.results(), current(c.term()), c.nodes(), c.scope()));
                }
            }
        }

        private Step loop(Step.Loop loop) {
            List<Term> starts =
                    loop.carries().stream().map(c -> current(c.start())).toList();
            Block body = new Block(loop.body(), true, replaced);
            List<Step.Carry> carries = new ArrayList<>();
            for (int i = 0; i < starts.size(); i++) {
                Step.Carry c = loop.carries().get(i);
                carries.add(c.with(starts.get(i), body.current(c.next())));
            }
            List<Step.Collected> lists = loop.collected().stream()
                    .map(c -> new Step.Collected(c.list(), body.current(c.item())))
                    .toList();
            return new Step.Loop(loop.variable(), loop.from(), loop.count(), carries, lists, body.steps, loop.nodes());
        }

        Term current(Term term) {
            return replaced.isEmpty() ? term : TermRewriting.replaced(term, v -> Optional.ofNullable(replaced.get(v)));
        }

        private void place(Step.Compute call, Routine routine) {
            placed.add(routine.id());
            List<Term> arguments = ((Term.Call) call.term())
                    .arguments().stream().map(a -> current(a.term())).toList();
            Arguments given = new Arguments(routine, arguments);
            routine.body().forEach(s -> steps.add(s.rewritten(given)));
            for (int i = 0; i < call.results().size(); i++) {
                replaced.put(
                        call.results().get(i),
                        TermRewriting.rewrite(routine.results().get(i), given));
            }
        }
    }

    private Optional<Routine> small(Term term, int lines, boolean inLoop) {
        if (!(term instanceof Term.Call call) || calls.getOrDefault(call.function(), 0) != 1) {
            return Optional.empty();
        }
        return Optional.ofNullable(routines.get(call.function()))
                .filter(r -> !inLoop || r.body().stream().noneMatch(Step.Loop.class::isInstance))
                .filter(r -> {
                    int own = Inlining.of(r).body().size() + 1;
                    return own <= SMALL || own + lines <= MOST_LINES;
                });
    }
}
