package heddle.compiler.op.attention;

import heddle.compiler.ir.NdArray;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarEvaluator;
import heddle.compiler.scalar.ScalarEvaluator.Code;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * What the backward pass of attention needs of each row, and the gradient by its sink:
 *
 * <pre>
 * delta = sum over e of cotangent · output - logSumExp · (rowSum + term) / rowSum
 * dsink = -exp(sink - rowMax) / (rowSum + term) · delta
 * </pre>
 *
 * @param operands  the type of each operand
 * @param forward   the attention
 * @param cotangent of the output, over batch, i, e
 * @param output    as it is before it is rounded, over batch, i, e
 * @param rowMax    over batch, i
 * @param rowSum    over batch, i
 * @param logSumExp the cotangent of the log-sum-exp, over batch, i, if that is a result
 * @param results   of the kinds DELTA and SINK
 */
public record AttentionDelta(
        List<TensorType> operands,
        AttentionDefinition forward,
        ScalarExpr cotangent,
        ScalarExpr output,
        ScalarExpr rowMax,
        ScalarExpr rowSum,
        Optional<ScalarExpr> logSumExp,
        List<GradientResult> results)
        implements GradientOp {
    /** The name in the text form. */
    public static final String NAME = "attention_delta";

    public AttentionDelta {
        operands = List.copyOf(operands);
        results = List.copyOf(results);
        GradientOp.check(NAME, results, List.of(GradientResult.Kind.DELTA, GradientResult.Kind.SINK));
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<ScalarExpr> programs() {
        List<ScalarExpr> programs = new ArrayList<>(forward.programs());
        programs.addAll(List.of(cotangent, output, rowMax, rowSum));
        logSumExp.ifPresent(programs::add);
        results.forEach(r -> programs.add(r.factor()));
        return programs;
    }

    @Override
    public AttentionDelta with(List<TensorType> others, List<GradientResult> stored, UnaryOperator<ScalarExpr> change) {
        return new AttentionDelta(
                others,
                forward.map(change),
                change.apply(cotangent),
                change.apply(output),
                change.apply(rowMax),
                change.apply(rowSum),
                logSumExp.map(change),
                stored.stream().map(r -> r.map(change)).toList());
    }

    @Override
    public Map<String, Object> attributes() {
        Map<String, ScalarExpr> programs = new LinkedHashMap<>();
        programs.put(GradientText.COTANGENT, cotangent);
        programs.put(GradientText.OUTPUT, output);
        programs.put(GradientText.ROW_MAX, rowMax);
        programs.put(GradientText.ROW_SUM, rowSum);
        logSumExp.ifPresent(x -> programs.put(GradientText.LOG_SUM_EXP, x));
        return GradientText.of(forward, programs, results);
    }

    /** The variable for a row's sum of the cotangent times the output. */
    public ScalarExpr.Variable sum() {
        return new ScalarExpr.Variable("delta", forward.compute());
    }

    /** What is summed over e: zero where the output is, whatever came back. */
    public ScalarExpr term() {
        return AttentionBackward.unlessZero(output, ScalarExpr.apply(ScalarFn.MUL, cotangent, output));
    }

    private ScalarExpr zero() {
        return new ScalarExpr.Literal(forward.compute(), 0);
    }

    /** A result, from {@link #sum}. */
    public ScalarExpr value(GradientResult result) {
        return result.kind() == GradientResult.Kind.DELTA
                ? delta()
                : AttentionBackward.times(bySink(), result.factor());
    }

    private ScalarExpr delta() {
        if (logSumExp.isEmpty()) {
            return sum();
        }
        ScalarExpr back = logSumExp.get();
        if (forward.term() != 0) {
            ScalarExpr whole = AttentionBackward.wholeSum(forward, rowSum);
            back = ScalarExpr.apply(ScalarFn.MUL, back, ScalarExpr.apply(ScalarFn.DIV, whole, rowSum));
        }
        return ScalarExpr.apply(
                ScalarFn.SELECT,
                AttentionBackward.isEmpty(forward, rowSum),
                zero(),
                ScalarExpr.apply(ScalarFn.SUB, sum(), back));
    }

    /** The gradient by the sink, zero where that is minus infinity. */
    private ScalarExpr bySink() {
        ScalarExpr sink = forward.sink().orElseThrow();
        ScalarExpr share = ScalarExpr.apply(
                ScalarFn.DIV, ScalarExprs.shiftedExp(sink, rowMax), AttentionBackward.wholeSum(forward, rowSum));
        ScalarExpr isNone = ScalarExpr.apply(
                ScalarFn.EQ, sink, new ScalarExpr.Literal(forward.compute(), Double.NEGATIVE_INFINITY));
        ScalarExpr none = ScalarExpr.apply(ScalarFn.OR, isNone, AttentionBackward.isEmpty(forward, rowSum));
        return ScalarExpr.apply(
                ScalarFn.SELECT,
                none,
                zero(),
                ScalarExpr.apply(ScalarFn.MUL, ScalarExpr.apply(ScalarFn.NEG, share), delta()));
    }

    @Override
    public List<NdArray> evaluate(List<NdArray> arrays, Map<String, Long> lengths) {
        ScalarEvaluator evaluator =
                new ScalarEvaluator(arrays.stream().map(NdArray::data).toList(), lengths);
        Code term = evaluator.code(term());
        int sum = evaluator.slot(sum());
        List<NdArray> stored = new ArrayList<>();
        List<Code> stores = new ArrayList<>();
        for (GradientResult r : results) {
            NdArray array = NdArray.zeros(r.type().dtype(), r.type().shape().evaluate(lengths));
            Code value = evaluator.code(value(r));
            Code address = evaluator.code(r.address());
            stored.add(array);
            stores.add(frame -> array.data()[(int) address.run(frame)] += value.run(frame));
        }
        List<Axis> columns = List.of(forward.e());
        double[] total = {0};
        Code add = AttentionInterpreter.over(evaluator, columns, frame -> total[0] += term.run(frame));
        Code rows = AttentionInterpreter.over(evaluator, forward.rows(), frame -> {
            total[0] = 0;
            add.run(frame);
            frame[sum] = total[0];
            stores.forEach(store -> store.run(frame));
            return 0;
        });
        rows.run(evaluator.frame());
        return stored;
    }
}
