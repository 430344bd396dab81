package heddle.compiler.softmax;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.op.Reduce;
import heddle.compiler.rule.ElementReference;
import heddle.compiler.rule.RuleSet;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.ScalarFn;
import java.util.List;

/** The rules that make one softmax of every spelling of it, in the order in which they run. */
public final class SoftmaxRules {
    private static final long UNIT = 1L << 20;

    /** Exponentials of softmaxes are written as such: in base e, scaled before they are shifted, and without weights. */
    public static final RuleSet SPELL = new RuleSet(
            "spell-exponentials",
            List.of(
                    new PowerOfNumber(),
                    new ScaleBeforeShift(),
                    new ScaleBeforeMaximum(),
                    new WeightAfterQuotient(),
                    new WeightInsideExponent()),
            SoftmaxRules::spellings);

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

    /** Maxima that change no softmax go. */
    public static final RuleSet SHIFT = new RuleSet("drop-maxima", List.of(new DropRowMaximum()), DropRowMaximum::in);

    private SoftmaxRules() {}

    /**
     * What is left to spell: a power becomes an exponential, which may be scaled, and be scaled by weights. A quotient that weights are
     * taken out of may itself be a weight then.
     */
    private static long spellings(Graph graph) {
        long all = WeightInsideExponent.in(graph) * UNIT;
        for (Node node : graph.nodes()) {
            all += ElementReference.is(node, ScalarFn.POW) ? UNIT * UNIT : 0;
            all += ScaleBeforeShift.isAt(graph, node) ? UNIT : 0;
            all += WeightAfterQuotient.isAt(graph, node) ? UNIT << 10 : 0;
            all += ScaleBeforeMaximum.isAt(graph, node) ? 1 : 0;
        }
        return all;
    }

    /** How many sums are of something else than an exponential. */
    private static long otherSums(Graph graph) {
        return graph.nodes().stream()
                .filter(node -> Reduce.is(node, Reduction.SUM)
                        && !ElementReference.is(graph.operand(node, 0).node(), ScalarFn.EXP))
                .count();
    }
}
