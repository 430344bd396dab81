package heddle.compiler.softmax;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Outcome;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Softmax;
import heddle.compiler.op.layout.Concat;
import heddle.compiler.op.layout.Expand;
import heddle.compiler.op.layout.Slice;
import heddle.compiler.rule.Rule;
import heddle.compiler.rule.RuleContext;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;

/**
 * The exponential of one more score for each row, added to the sum, is a column of the softmax that is left out afterwards.
 *
 * <pre>
 * exp(y) / (exp(z) + sum(exp(y)))              → softmax(concat([y, z])), z's column left out
 * exp(x - m) / (exp(z - m) + sum(exp(x - m)))  → softmax(concat([x, z])), z's column left out
 * exp(x - m) / (exp(-m) + sum(exp(x - m)))     → softmax(concat([x, 0])), the zero's column left out
 * exp(y) / (c + sum(exp(y)))                   → softmax(concat([y, log(c)])), that column left out
 * </pre>
 *
 * The shift m is any number that is the same for all of a row. It goes in the same step: an infinite one makes NaN of the
 * quotient, but not of a softmax.
 */
public record ScoreBesideSum() implements Rule {
    @Override
    public String name() {
        return "score-beside-sum";
    }

    @Override
    public Outcome apply(Node node, RuleContext context) {
        Graph graph = context.graph();
        return ExponentialQuotient.at(graph, node, ExponentialQuotient.Kind.SCORE)
                .flatMap(q -> RowScore.beside(graph, q)
                        .map(score -> withColumn(node, context, score, q.sum().axis())))
                .<Outcome>map(softmax -> Outcome.Replaced.by(node, softmax))
                .orElse(NO_MATCH);
    }

    private static Value withColumn(Node node, RuleContext context, RowScore score, int axis) {
        Graph.Builder out = context.out();
        Value scores = context.get(score.scores());
        TensorType type = scores.type();
        Shape column = type.shape().with(axis, Dim.ONE);
        Value last = out.part(new Expand(column), node.origin(), score.made().apply(context, node.origin()));
        Value joined = out.part(new Concat(axis), node.origin(), scores, last);
        Value softmax = out.value(new Softmax(axis), node.origin(), joined);
        return out.part(Slice.along(joined.type().shape(), axis, Dim.ZERO, type.dim(axis)), node.origin(), softmax);
    }
}
