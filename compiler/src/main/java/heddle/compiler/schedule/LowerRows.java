package heddle.compiler.schedule;

import heddle.compiler.index.IndexSimplifier;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Inliner;
import heddle.compiler.op.Reduce;
import heddle.compiler.op.Softmax;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.scalar.Widening;
import heddle.compiler.schedule.partition.Region;
import heddle.compiler.schedule.partition.RowDomain;
import heddle.compiler.tile.family.RowFamily;
import heddle.compiler.type.DType;
import heddle.compiler.type.Precision;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Lowers reductions and softmaxes over the same rows, and the nodes between them, to one row kernel. A softmax becomes
 * a maximum, a sum and a factor:
 *
 * <pre>
 * max = max of x;  shift = 0 where max is -inf, else max
 * sum = sum of exp(x - shift);  scale = 0 where sum is 0, else 1 / (sum + term)
 * softmax = exp(x - shift) * scale
 * </pre>
 */
final class LowerRows {
    private final Graph graph;
    private final Region region;
    private final Buffers buffers;
    private final RowDomain domain;
    private final Inliner inliner;
    private final List<RowFamily.Step> steps = new ArrayList<>();
    private final Map<Node, ScalarExpr.Variable> computed = new HashMap<>();

    /** What holds the results that {@link #computed} stands for, which may be of sixteen bits. */
    private final Map<ScalarExpr.Variable, ScalarExpr> held = new HashMap<>();

    private LowerRows(Graph graph, Region region, Buffers buffers) {
        this.graph = graph;
        this.region = region;
        this.buffers = buffers;
        this.domain = RowDomain.of(graph, region.anchors().getFirst());
        this.inliner = new Inliner(graph, this::leaf);
    }

    static RowFamily of(Graph graph, Region region, Buffers buffers) {
        return new LowerRows(graph, region, buffers).family();
    }

    private RowFamily family() {
        Map<Node, List<ScalarExpr>> anchorIndex = new HashMap<>();
        for (Node anchor : region.anchors()) {
            anchorIndex.put(anchor, domain.indexOf(anchor));
            ScalarExpr x = inliner.at(graph.operand(anchor, 0), domain.index());
            DType type = anchor.type().dtype();
            ScalarExpr wide = ScalarExpr.cast(Precision.computed(type), new Widening(held).of(x));
            ScalarExpr result = anchor.op() instanceof Softmax s
                    ? softmax(wide, s.term())
                    : reduce(((Reduce) anchor.op()).kind(), wide);
            ScalarExpr.Variable stands = new ScalarExpr.Variable("result" + anchor.id(), type);
            computed.put(anchor, stands);
            held.put(stands, result);
        }
        Value root = region.root().value();
        List<ScalarExpr> at = domain.rootIndex(graph, region, anchorIndex).orElseThrow();
        ScalarExpr value = inliner.at(root, at);
        RowFamily.Write write = new RowFamily.Write(
                buffers.of(root).orElseThrow(),
                domain.isPerElement(region.root()),
                IndexSimplifier.address(root.type().shape(), at),
                ScalarExpr.cast(value.type(), new Widening(held).of(value)));
        return new RowFamily(domain.rows(), domain.row(), steps, List.of(write));
    }

    private Optional<ScalarExpr> leaf(Value value, List<ScalarExpr> index) {
        ScalarExpr.Variable anchor = computed.get(value.node());
        if (anchor != null) {
            return Optional.of(anchor);
        }
        return region.nodes().contains(value.node()) ? Optional.empty() : buffers.element(value, index);
    }

    private ScalarExpr reduce(Reduction kind, ScalarExpr x) {
        return step(kind.name().toLowerCase(Locale.ROOT), Optional.of(kind), x);
    }

    private ScalarExpr softmax(ScalarExpr x, double term) {
        ScalarExpr zero = new ScalarExpr.Literal(x.type(), 0);
        ScalarExpr one = new ScalarExpr.Literal(x.type(), 1);
        ScalarExpr lowest = new ScalarExpr.Literal(x.type(), Double.NEGATIVE_INFINITY);
        ScalarExpr max = reduce(Reduction.MAX, x);
        ScalarExpr shift = step("shift", Optional.empty(), select(equal(max, lowest), zero, max));
        ScalarExpr exp = ScalarExprs.shiftedExp(x, shift);
        ScalarExpr sum = reduce(Reduction.SUM, exp);
        ScalarExpr all = term == 0 ? sum : ScalarExpr.apply(ScalarFn.ADD, sum, new ScalarExpr.Literal(x.type(), term));
        ScalarExpr inverse = ScalarExpr.apply(ScalarFn.DIV, one, all);
        ScalarExpr scale = step("scale", Optional.empty(), select(equal(sum, zero), zero, inverse));
        return ScalarExpr.apply(ScalarFn.MUL, exp, scale);
    }

    private ScalarExpr step(String name, Optional<Reduction> reduction, ScalarExpr value) {
        ScalarExpr.Variable variable = new ScalarExpr.Variable(name + steps.size(), value.type());
        steps.add(new RowFamily.Step(variable, reduction, value));
        return variable;
    }

    private static ScalarExpr equal(ScalarExpr a, ScalarExpr b) {
        return ScalarExpr.apply(ScalarFn.EQ, a, b);
    }

    private static ScalarExpr select(ScalarExpr condition, ScalarExpr a, ScalarExpr b) {
        return ScalarExpr.apply(ScalarFn.SELECT, condition, a, b);
    }
}
