package heddle.compiler.pass;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Pass;
import heddle.compiler.op.ModelInvariants;
import heddle.dsl.DeepStack;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Runs passes in order and verifies the graph after each. */
public record Pipeline(List<Pass> passes) {
    /**
     * The result of one pass.
     *
     * @param pass  its name
     * @param nanos how long it took, verification not included
     * @param graph what it gave
     */
    public record Step(String pass, long nanos, Graph graph) {}

    /**
     * The result of all passes.
     *
     * @param given the graph
     * @param graph the last pass' graph
     * @param steps one for each pass that ran, in order
     */
    public record Result(Graph given, Graph graph, List<Step> steps) {
        /** The graph after the last pass named {@code pass}; empty when none ran. */
        public Optional<Graph> after(String pass) {
            return steps.reversed().stream()
                    .filter(s -> s.pass().equals(pass))
                    .map(Step::graph)
                    .findFirst();
        }

        /** The graph that the first pass named {@code pass} was given; empty when none ran. */
        public Optional<Graph> before(String pass) {
            Graph before = given;
            for (Step step : steps) {
                if (step.pass().equals(pass)) {
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

    /** The passes' names, in order. */
    public List<String> names() {
        return passes.stream().map(Pass::name).toList();
    }

    /** This pipeline without some passes. */
    public Pipeline without(Set<String> disabled) {
        return new Pipeline(
                passes.stream().filter(p -> !disabled.contains(p.name())).toList());
    }

    /** @throws heddle.compiler.ir.InvalidGraph when a pass breaks an invariant, with its name */
    public Result run(Graph graph) {
        return DeepStack.call(() -> ran(graph));
    }

    private Result ran(Graph graph) {
        ModelInvariants.VERIFIER.verify(graph, "building the model");
        List<Step> steps = new ArrayList<>();
        Graph current = graph;
        for (Pass pass : passes) {
            long start = System.nanoTime();
            Graph next = pass.run(current);
            steps.add(new Step(pass.name(), System.nanoTime() - start, next));
            if (next != current) {
                ModelInvariants.VERIFIER.verify(next, pass.name());
            }
            current = next;
        }
        return new Result(graph, current, List.copyOf(steps));
    }
}
