package heddle.compiler.rule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.RandomRun;
import heddle.compiler.frontend.Elaborated;
import heddle.compiler.ir.Decision;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Outcome;
import heddle.compiler.ir.PassResult;
import heddle.compiler.ir.text.GraphText;
import heddle.compiler.op.ModelInvariants;
import heddle.compiler.pass.EliminateCommonSubexpressions;
import heddle.compiler.pass.EliminateDeadCode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** How the tests of rules speak: rules, a graph, and what becomes of it. */
public final class RuleAssert {
    private final RuleSet rules;
    private final Graph before;
    private final PassResult result;
    private final Graph after;

    private RuleAssert(RuleSet rules, Graph before) {
        this.rules = rules;
        this.before = before;
        this.result = rules.apply(before);
        this.after = new EliminateDeadCode().run(result.graph());
        assertEquals(List.of(), ModelInvariants.VERIFIER.violations(after), this::both);
    }

    /** What rules make of a graph. */
    public static RuleAssert of(RuleSet rules, Graph before) {
        return new RuleAssert(rules, before);
    }

    /** What rules make of a model, after what is written twice became one. */
    public static RuleAssert of(RuleSet rules, String model) {
        Graph written = Elaborated.of(model).graph();
        return of(rules, new EliminateCommonSubexpressions().run(written));
    }

    /** No rule applies. */
    public void doesNotFire() {
        assertSame(before, result.graph(), this::both);
    }

    /** No rule applies, and one says why. */
    public void declines(String reason) {
        doesNotFire();
        assertTrue(reasons().anyMatch(r -> r.contains(reason)), () -> reasons().toList() + "\n" + both());
    }

    /** What is left are these operations, in graph order. */
    public RuleAssert leaves(String... operations) {
        List<String> left = after.nodes().stream().map(n -> n.op().name()).toList();
        assertEquals(List.of(operations), left, this::both);
        return this;
    }

    /** These rules applied, each as often as it stands here, in this order. */
    public RuleAssert by(String... names) {
        List<String> applied = result.decisions().stream()
                .filter(d -> d.outcome() instanceof Outcome.Replaced)
                .map(Decision::rule)
                .toList();
        assertEquals(List.of(names), applied, this::both);
        return this;
    }

    /** The graph after means what the graph before means, at random inputs; the seed is in the message. */
    public RuleAssert means(Map<String, Long> lengths) {
        assertTrue(fires(), this::both);
        for (long seed = 7; seed < 10; seed++) {
            RandomRun run = RandomRun.of(before, seed, lengths);
            RandomRun.assertClose(run.run(before), run.run(after), 1e-9, "seed " + seed + ", " + both());
        }
        return this;
    }

    /** Whether a rule applies. */
    boolean fires() {
        return result.graph() != before;
    }

    /** The first reason why a rule declined. */
    Optional<String> reason() {
        return reasons().findFirst();
    }

    private Stream<String> reasons() {
        return result.decisions().stream()
                .flatMap(d -> d.outcome() instanceof Outcome.Declined o ? Stream.of(o.reason()) : Stream.empty());
    }

    /** The graph after. */
    String text() {
        return GraphText.print(after);
    }

    private String both() {
        return rules.name() + "\n" + GraphText.print(before) + "\nbecomes\n" + GraphText.print(after);
    }
}
