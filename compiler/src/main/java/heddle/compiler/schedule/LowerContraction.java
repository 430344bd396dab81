package heddle.compiler.schedule;

import heddle.compiler.index.IndexSimplifier;
import heddle.compiler.index.LinearForm;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Equation;
import heddle.compiler.op.Inliner;
import heddle.compiler.op.SumOfProducts;
import heddle.compiler.scalar.Annihilating;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.scalar.Widening;
import heddle.compiler.schedule.partition.Region;
import heddle.compiler.tile.family.Contraction;
import heddle.compiler.type.DType;
import heddle.compiler.type.Precision;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Lowers a contraction, with the pointwise nodes after it as epilogue, to a form with one {@code m}, one {@code n} and
 * one {@code k}. It merges letters where strides allow. Letters of one side that do not merge become batch axes; along
 * these the other side does not move. It exchanges the sides when that makes the output contiguous along {@code n}.
 */
final class LowerContraction {
    private final Graph graph;
    private final Region region;
    private final Buffers buffers;
    private final Node contract;
    private final ContractionAxes axes;

    private LowerContraction(Graph graph, Region region, Buffers buffers) {
        this.graph = graph;
        this.region = region;
        this.buffers = buffers;
        this.contract = region.anchors().getFirst();
        this.axes = ContractionAxes.of(graph, contract);
    }

    static Contraction of(Graph graph, Region region, Buffers buffers) {
        return new LowerContraction(graph, region, buffers).family();
    }

    private Contraction family() {
        Equation e = axes.equation();
        boolean swap = e.columns().isEmpty()
                || (!e.result().isEmpty()
                        && e.rows().indexOf(e.result().charAt(e.result().length() - 1)) >= 0);
        ScalarExpr a = operand(swap ? 1 : 0);
        ScalarExpr b = operand(swap ? 0 : 1);
        ScalarExpr address = IndexSimplifier.address(contract.type().shape(), axes.resultIndex());
        List<Axis> rows = axes.of(swap ? e.columns() : e.rows());
        List<Axis> columns = axes.of(swap ? e.rows() : e.columns());
        MergedAxes m = MergedAxes.of("m", rows, forms(a, address));
        MergedAxes n = MergedAxes.of("n", columns, forms(b, address));
        MergedAxes k = MergedAxes.all("k", summed(e));
        MergedAxes batch = MergedAxes.of("batch", axes.of(e.batch()), forms(a, b, address));
        Map<Axis, ScalarExpr> index = new HashMap<>(batch.index());
        List.of(m, n, k).forEach(merged -> index.putAll(merged.index()));
        List<Axis> outer = new ArrayList<>(batch.outer());
        outer.add(batch.inner());
        outer.addAll(m.outer());
        outer.addAll(n.outer());
        outer.removeIf(axis -> axis.extent().is(1));
        Annihilating zeros = ((SumOfProducts) contract.op()).zeros();
        ScalarExpr.Variable acc = new ScalarExpr.Variable(
                "acc", Precision.computed(contract.type().dtype()));
        return new Contraction(
                outer,
                m.inner(),
                n.inner(),
                k.inner(),
                wide(at(a, index), acc.type()),
                wide(at(b, index), acc.type()),
                swap ? zeros.exchanged() : zeros,
                acc,
                at(epilogue(acc), index),
                buffers.of(region.root().value()).orElseThrow(),
                at(address, index));
    }

    /** Letters that are summed over, in the order of the side that has them all. */
    private List<Axis> summed(Equation e) {
        StringBuilder letters = new StringBuilder();
        (e.left() + e.right())
                .chars()
                .filter(c -> e.result().indexOf(c) < 0 && letters.indexOf(String.valueOf((char) c)) < 0)
                .forEach(letters::appendCodePoint);
        return axes.of(letters.toString());
    }

    private ScalarExpr operand(int slot) {
        Equation e = axes.equation();
        Inliner inliner = new Inliner(graph, buffers::element);
        return inliner.at(graph.operand(contract, slot), axes.index(slot == 0 ? e.left() : e.right()));
    }

    /** What follows from sixteen-bit sums is computed from the sums as they are; the result rounds where it is stored. */
    private ScalarExpr epilogue(ScalarExpr.Variable acc) {
        List<ScalarExpr> index = axes.resultIndex();
        List<ScalarExpr> at = region.rootIndex(graph, contract.type().shape(), index, Map.of(contract, index))
                .orElseThrow();
        ScalarExpr.Variable result =
                new ScalarExpr.Variable(acc.name(), contract.type().dtype());
        Inliner inliner = new Inliner(graph, (v, i) -> leaf(v, i, result));
        ScalarExpr program = inliner.at(region.root().value(), at);
        return ScalarExpr.cast(program.type(), new Widening(Map.of(result, acc)).of(program));
    }

    private Optional<ScalarExpr> leaf(Value value, List<ScalarExpr> index, ScalarExpr result) {
        if (value.node() == contract) {
            return Optional.of(result);
        }
        return region.nodes().contains(value.node()) ? Optional.empty() : buffers.element(value, index);
    }

    private static List<LinearForm> forms(ScalarExpr... elementsOrAddresses) {
        List<LinearForm> forms = new ArrayList<>();
        for (ScalarExpr e : elementsOrAddresses) {
            ScalarExpr read = Dequantised.held(e).map(ScalarExpr.class::cast).orElse(e);
            forms.add(IndexSimplifier.form(read instanceof ScalarExpr.Element element ? element.address() : read));
        }
        return forms;
    }

    private static ScalarExpr wide(ScalarExpr e, DType type) {
        return ScalarExpr.cast(type, e);
    }

    private static ScalarExpr at(ScalarExpr e, Map<Axis, ScalarExpr> index) {
        return IndexSimplifier.simplify(ScalarExprs.substitute(e, index));
    }
}
