package heddle.compiler.pass;

import heddle.compiler.ir.Decision;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Pass;
import heddle.compiler.ir.PassResult;
import heddle.compiler.op.ModelInvariants;
import heddle.dsl.DeepStack;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Runs passes in order and verifies the graph after each. */
public record Pipeline(List<Pass> passes) {
    private static final String NUMBER = "#";

    /**
     * The result of one pass.
     *
     * @param pass  its name, numbered where it runs more than once: {@code eliminate-dead-code#2}
     * @param nanos how long it took, verification not included
     * @param graph what it gave
     * @param decisions what its rules decided
     */
    public record Step(String pass, long nanos, Graph graph, List<Decision> decisions) {
        public Step {
            decisions = List.copyOf(decisions);
        }
    }

    /**
     * The result of all passes.
     *
     * @param given the graph
     * @param graph the last pass' graph
     * @param steps one for each pass that ran, in order
     */
    public record Result(Graph given, Graph graph, List<Step> steps) {
        /**
         * The graph after a pass, the last of that name when {@code pass} has no number; empty when none ran.
         */
        public Optional<Graph> after(String pass) {
            return steps.reversed().stream()
                    .filter(s -> isNamed(s.pass(), pass))
                    .map(Step::graph)
                    .findFirst();
        }

        /** What the rules of a pass decided, of all passes of that name when {@code pass} has no number, in order. */
        public List<Decision> decisions(String pass) {
            return steps.stream()
                    .filter(s -> isNamed(s.pass(), pass))
                    .flatMap(s -> s.decisions().stream())
                    .toList();
        }

        /** The graph that a pass was given, the first of that name when {@code pass} has no number; empty when none ran. */
        public Optional<Graph> before(String pass) {
            Graph before = given;
            for (Step step : steps) {
                if (isNamed(step.pass(), pass)) {
                    return Optional.of(before);
                }
                before = step.graph();
            }
            return Optional.empty();
        }
    }

    public Pipeline {
        passes = List.copyOf(passes);
    }

    /** The passes' names, in order. One that stands here more than once has a number: {@code eliminate-dead-code#2}. */
    public List<String> names() {
        Map<String, Integer> runs = new HashMap<>();
        passes.forEach(p -> runs.merge(p.name(), 1, Integer::sum));
        Map<String, Integer> seen = new HashMap<>();
        return passes.stream()
                .map(p ->
                        runs.get(p.name()) == 1 ? p.name() : p.name() + NUMBER + seen.merge(p.name(), 1, Integer::sum))
                .toList();
    }

    /** Whether {@code wanted} means the pass {@code name}: it is its name, or its name without the number. */
    public static boolean isNamed(String name, String wanted) {
        return name.equals(wanted) || name.startsWith(wanted + NUMBER);
    }

    /** This pipeline without some passes, however often they stand in it. */
    public Pipeline without(Set<String> disabled) {
        return new Pipeline(
                passes.stream().filter(p -> !disabled.contains(p.name())).toList());
    }

    /** @throws heddle.compiler.ir.InvalidGraph when a pass breaks an invariant, with its name */
    public Result run(Graph graph) {
        return run(graph, () -> {});
    }

    /** The same. @param before called before each pass; what it throws ends the work */
    public Result run(Graph graph, Runnable before) {
        return DeepStack.call(() -> ran(graph, before));
    }

    private Result ran(Graph graph, Runnable before) {
        ModelInvariants.VERIFIER.verify(graph, "building the model");
        List<Step> steps = new ArrayList<>();
        List<String> names = names();
        Graph current = graph;
        for (int n = 0; n < names.size(); n++) {
            before.run();
            long start = System.nanoTime();
            PassResult result = passes.get(n).apply(current);
            Graph next = result.graph();
            steps.add(new Step(names.get(n), System.nanoTime() - start, next, result.decisions()));
            if (next != current) {
                ModelInvariants.VERIFIER.verify(next, names.get(n));
            }
            current = next;
        }
        return new Result(graph, current, List.copyOf(steps));
    }
}
