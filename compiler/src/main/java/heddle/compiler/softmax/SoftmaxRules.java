package heddle.compiler.softmax;

import heddle.compiler.ir.Graph;
import heddle.compiler.op.Reduce;
import heddle.compiler.rule.ElementReference;
import heddle.compiler.rule.RuleSet;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.ScalarFn;
import java.util.List;

/** The rules that make one softmax of every spelling of it, in the order in which they run. */
public final class SoftmaxRules {
    /** Masks on exponentials become masks on exponents. */
    public static final RuleSet MASK =
            new RuleSet("mask-exponents", List.of(new MaskInsideExponent()), SoftmaxRules::otherSums);

    /** Quotients of exponentials become softmaxes, and softmaxes lose what they do anyway. */
    public static final RuleSet RECOGNISE = new RuleSet(
            "recognise-softmax",
            List.of(
                    new DivideByReciprocal(),
                    new SubtractLogarithm(),
                    new FactorBesideSum(),
                    new DivideBeforeProduct(),
                    new NormaliseExponentials(),
                    new DropLostTerm(),
                    new KeepTerm(),
                    new ScoreBesideSum(),
                    new DropShift(),
                    new DropMaskedShift(),
                    new UnguardSoftmax()),
            WrittenSteps::in);

    private SoftmaxRules() {}

    /** How many sums are of something else than an exponential. */
    private static long otherSums(Graph graph) {
        return graph.nodes().stream()
                .filter(node -> node.op() instanceof Reduce r
                        && r.kind() == Reduction.SUM
                        && !ElementReference.is(graph.operand(node, 0).node(), ScalarFn.EXP))
                .count();
    }
}
