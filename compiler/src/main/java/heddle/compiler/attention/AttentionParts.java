package heddle.compiler.attention;

import heddle.compiler.index.IndexSimplifier;
import heddle.compiler.layout.AttentionCall;
import heddle.compiler.layout.CapturedValues;
import heddle.compiler.op.attention.AttentionDefinition;
import heddle.compiler.op.attention.AttentionResult;
import heddle.compiler.scalar.Annihilating;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.type.DType;
import heddle.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The parts that {@link GrowAttention} found, over the axes that it used.
 *
 * @param resultAxes the axes of the matmul with the values, outermost first
 * @param zeros      whose zeros add nothing to a score, queries being the left factor
 * @param term       a number added to the sum of a row's shifted exponentials
 * @param kept       what happens to the probabilities before they meet the values
 */
record AttentionParts(
        List<Axis> resultAxes,
        AxisRoles roles,
        Axis j,
        Axis d,
        ScalarExpr q,
        ScalarExpr k,
        ScalarExpr v,
        Annihilating zeros,
        ScalarExpr.Variable raw,
        SplitMask score,
        ProbabilityFactor kept,
        Optional<ScalarExpr> sink,
        double term,
        CapturedValues captures) {
    /**
     * The attention, with axes and operands named for readers.
     *
     * @param output the type of the product's result
     * @param rows   where numbers for each row are stored, when there is a place: every kind of them is a result then
     */
    AttentionCall fused(TensorType output, Optional<RowLayout> rows) {
        BatchAxes batch = BatchAxes.of(roles.batch(), k, v);
        Axis queries = new Axis("i", roles.i().extent());
        Axis keys = new Axis("j", j.extent());
        Axis features = new Axis("d", d.extent());
        Map<Axis, ScalarExpr> index = new HashMap<>(batch.index());
        index.put(roles.i(), ScalarExpr.of(queries));
        index.put(j, ScalarExpr.of(keys));
        index.put(d, ScalarExpr.of(features));
        Axis e = new Axis("e", roles.width());
        List<ScalarExpr> column = roles.column(ScalarExpr.of(e));
        for (int n = 0; n < column.size(); n++) {
            index.put(roles.columns().get(n), column.get(n));
        }
        Renaming over = new Renaming(index);
        DType type = raw.type();
        AttentionDefinition found = new AttentionDefinition(
                batch.axes(),
                queries,
                keys,
                features,
                e,
                over.of(q, type),
                over.of(k, type),
                over.of(v, type),
                zeros,
                raw,
                over.of(score.score(), type),
                score.mask().map(m -> over.of(m, DType.BOOL)),
                Optional.of(kept.weight()).filter(w -> !w.equals(one())).map(w -> over.of(w, type)),
                sink.map(s -> over.of(s, type)),
                term,
                kept.guarded());
        List<AttentionResult> results = new ArrayList<>();
        List<ScalarExpr> result = resultAxes.stream().map(ScalarExpr::of).toList();
        results.add(new AttentionResult(AttentionResult.Kind.OUTPUT, output, over.of(result)));
        rows.ifPresent(r -> AttentionResult.Kind.OF_ROWS.forEach(
                kind -> results.add(new AttentionResult(kind, new TensorType(type, r.shape()), over.of(r.index())))));
        return captures.call(found, results);
    }

    private ScalarExpr one() {
        return new ScalarExpr.Literal(raw.type(), 1);
    }

    private record Renaming(Map<Axis, ScalarExpr> index) {
        ScalarExpr of(ScalarExpr e, DType type) {
            return IndexSimplifier.simplify(ScalarExpr.cast(type, ScalarExprs.substitute(e, index)));
        }

        List<ScalarExpr> of(List<ScalarExpr> at) {
            return at.stream().map(x -> of(x, DType.I64)).toList();
        }
    }
}
