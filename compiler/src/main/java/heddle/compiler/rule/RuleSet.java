package heddle.compiler.rule;

import heddle.compiler.ir.Decision;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Outcome;
import heddle.compiler.ir.Pass;
import heddle.compiler.ir.PassResult;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/**
 * Rules that are applied until none applies any more. Each sweep looks at the nodes in graph order, and replaces a node by
 * what the first rule that applies makes of it. Nodes that no output depends on are removed before each sweep.
 *
 * @param name    of the pass
 * @param rules   in the order in which they are tried at a node
 * @param measure falls whenever a rule applies, so that there is an end
 */
public record RuleSet(String name, List<Rule> rules, ToLongFunction<Graph> measure) implements Pass {
    private static final int REPLACEMENTS_A_NODE = 8;
    private static final int REPLACEMENTS = 1000;
    private static final int SHOWN = 5;

    public RuleSet {
        rules = List.copyOf(rules);
    }

    @Override
    public Graph run(Graph graph) {
        return apply(graph).graph();
    }

    /** @throws IllegalStateException when the rules come to no end, which is a bug in them; names the last that applied */
    @Override
    public PassResult apply(Graph graph) {
        long most = (long) REPLACEMENTS_A_NODE * graph.nodes().size() + REPLACEMENTS;
        List<Decision> decisions = new ArrayList<>();
        Graph current = LiveNodes.of(graph);
        while (true) {
            Sweep sweep = new Sweep(current);
            Graph next = sweep.run(rules);
            if (next == current) {
                decisions.addAll(sweep.declined);
                return new PassResult(current, decisions);
            }
            decisions.addAll(sweep.replaced);
            if (decisions.size() > most) {
                throw new IllegalStateException(name + " comes to no end; the last rules: " + last(decisions));
            }
            long before = measure.applyAsLong(current);
            current = LiveNodes.of(next);
            if (measure.applyAsLong(current) >= before) {
                throw new IllegalStateException("the measure of " + name + " does not fall by " + last(sweep.replaced));
            }
        }
    }

    /** What the rules decline in a graph as it is, about its nodes. */
    public List<Decision> declined(Graph graph) {
        Sweep sweep = new Sweep(graph);
        sweep.run(rules);
        return List.copyOf(sweep.declined);
    }

    private static String last(List<Decision> replaced) {
        return replaced.subList(Math.max(0, replaced.size() - SHOWN), replaced.size()).stream()
                .map(Decision::rule)
                .collect(Collectors.joining(", "));
    }

    /** One look at all nodes. */
    private static final class Sweep {
        private final RuleContext context;
        private final List<Decision> replaced = new ArrayList<>();
        private final List<Decision> declined = new ArrayList<>();

        Sweep(Graph graph) {
            this.context = new RuleContext(graph);
        }

        /** The new graph; the given one when no rule applied. */
        Graph run(List<Rule> rules) {
            List<Node> nodes = context.graph().nodes();
            for (int n = 0; n < nodes.size(); n++) {
                context.at(n);
                apply(rules, nodes.get(n));
            }
            return replaced.isEmpty() ? context.graph() : context.finish();
        }

        private void apply(List<Rule> rules, Node node) {
            for (Rule rule : rules) {
                Outcome outcome = rule.apply(node, context);
                switch (outcome) {
                    case Outcome.Replaced r -> {
                        context.replace(node, r.with());
                        replaced.add(new Decision(rule.name(), node, r));
                        return;
                    }
                    case Outcome.Declined d -> declined.add(new Decision(rule.name(), node, d));
                    case Outcome.NoMatch n -> {}
                }
            }
        }
    }
}
