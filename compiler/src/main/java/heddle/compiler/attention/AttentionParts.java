package heddle.compiler.attention;

import heddle.compiler.index.IndexSimplifier;
import heddle.compiler.ir.Value;
import heddle.compiler.op.FusedAttention;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.tile.family.Attention;
import heddle.compiler.type.DType;
import heddle.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * The parts that {@link GrowAttention} found, over the axes that it used.
 *
 * @param resultAxes the axes of the matmul with the values, outermost first
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
        ScalarExpr.Variable raw,
        SplitMask score,
        ProbabilityFactor kept,
        Optional<ScalarExpr> sink,
        double term,
        Captures captures) {
    private static final List<String> BATCH_NAMES = List.of("b", "h", "g");

    /**
     * With the result stored where {@code layout} says, and axes and operands named for readers.
     *
     * @param rows where the log-sum-exp is stored, when something reads it
     */
    AttentionMatch.Fused fused(ResultLayout layout, Optional<RowLayout> rows) {
        SequencedMap<Axis, Axis> names = names();
        Map<Axis, ScalarExpr> index = new HashMap<>();
        names.forEach((from, to) -> index.put(from, ScalarExpr.of(to)));
        Axis e = new Axis("e", roles.width());
        List<ScalarExpr> column = roles.column(ScalarExpr.of(e));
        for (int n = 0; n < column.size(); n++) {
            index.put(roles.columns().get(n), column.get(n));
        }
        SequencedMap<Buffer, Buffer> buffers = new LinkedHashMap<>();
        List<Value> operands = new ArrayList<>();
        List<ScalarExpr> programs = new ArrayList<>(List.of(q, k, v, score.score()));
        score.mask().ifPresent(programs::add);
        Optional<ScalarExpr> weight = Optional.of(kept.weight()).filter(w -> !w.equals(one()));
        weight.ifPresent(programs::add);
        sink.ifPresent(programs::add);
        programs.forEach(program -> ScalarExprs.visit(program, x -> {
            if (x instanceof ScalarExpr.Element read && !buffers.containsKey(read.buffer())) {
                operands.add(captures.value(read.buffer()));
                buffers.put(
                        read.buffer(),
                        FusedAttention.operand(buffers.size(), read.buffer().type()));
            }
        }));
        Renaming renaming = new Renaming(index, buffers);
        DType result = layout.type().dtype();
        ScalarExpr.Variable acc = new ScalarExpr.Variable("acc", raw.type());
        Attention body = new Attention(
                roles.batch().stream().map(names::get).toList(),
                names.get(roles.i()),
                names.get(j),
                names.get(d),
                e,
                renaming.of(q, raw.type()),
                renaming.of(k, raw.type()),
                renaming.of(v, raw.type()),
                raw,
                renaming.of(score.score(), raw.type()),
                score.mask().map(m -> renaming.of(m, DType.BOOL)),
                weight.map(w -> renaming.of(w, raw.type())),
                sink.map(s -> renaming.of(s, raw.type())),
                acc,
                ScalarExpr.cast(result, epilogue(acc)),
                FusedAttention.result(layout.type()),
                renaming.of(layout.address(), DType.I64),
                rows.map(r -> new Attention.LogSumExp(
                        FusedAttention.logSumExp(new TensorType(raw.type(), r.shape())),
                        renaming.of(r.address(), DType.I64))));
        return new AttentionMatch.Fused(
                new FusedAttention(operands.stream().map(Value::type).toList(), body), operands);
    }

    private ScalarExpr one() {
        return new ScalarExpr.Literal(raw.type(), 1);
    }

    /** The result divided by a sum with the term, and zero where the probabilities of a row are NaN and guarded. */
    private ScalarExpr epilogue(ScalarExpr.Variable acc) {
        ScalarExpr rowSum = Attention.rowSum(acc.type());
        ScalarExpr result = acc;
        if (term != 0) {
            ScalarExpr all = ScalarExpr.apply(ScalarFn.ADD, rowSum, new ScalarExpr.Literal(acc.type(), term));
            result = ScalarExpr.apply(ScalarFn.MUL, acc, ScalarExpr.apply(ScalarFn.DIV, rowSum, all));
        }
        if (kept.guarded()) {
            ScalarExpr isNaN = ScalarExpr.apply(ScalarFn.NE, rowSum, rowSum);
            result = ScalarExpr.apply(ScalarFn.SELECT, isNaN, new ScalarExpr.Literal(acc.type(), 0), result);
        }
        return result;
    }

    private SequencedMap<Axis, Axis> names() {
        SequencedMap<Axis, Axis> names = new LinkedHashMap<>();
        for (int n = 0; n < roles.batch().size(); n++) {
            Axis axis = roles.batch().get(n);
            names.put(axis, new Axis(n < BATCH_NAMES.size() ? BATCH_NAMES.get(n) : "g" + n, axis.extent()));
        }
        names.put(roles.i(), new Axis("i", roles.i().extent()));
        names.put(j, new Axis("j", j.extent()));
        names.put(d, new Axis("d", d.extent()));
        return names;
    }

    private record Renaming(Map<Axis, ScalarExpr> index, Map<Buffer, Buffer> buffers) {
        ScalarExpr of(ScalarExpr e, DType type) {
            ScalarExpr renamed = ScalarExprs.transform(
                    ScalarExprs.substitute(e, index),
                    x -> x instanceof ScalarExpr.Element element
                            ? new ScalarExpr.Element(buffers.get(element.buffer()), element.address())
                            : x);
            return IndexSimplifier.simplify(ScalarExpr.cast(type, renamed));
        }
    }
}
