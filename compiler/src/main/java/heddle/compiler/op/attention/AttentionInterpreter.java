package heddle.compiler.op.attention;

import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarEvaluator;
import heddle.compiler.scalar.ScalarEvaluator.Code;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.type.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Computes an attention by plain loops in double precision, one row of scores after the other. */
public final class AttentionInterpreter {
    /**
     * Where a result is stored.
     *
     * @param kind    which result
     * @param type    of its elements
     * @param data    the elements
     * @param address of an element, over the axes of the attention
     */
    public record Target(AttentionResult.Kind kind, DType type, double[] data, ScalarExpr address) {}

    private final AttentionDefinition definition;
    private final ScalarEvaluator evaluator;
    private final Code product;
    private final Code score;
    private final Code probability;
    private final Optional<Code> mask;
    private final Optional<Code> weighted;
    private final Optional<Code> sink;
    private final Code v;
    private final double[] row;
    private final int raw;
    private final int p;
    private final int acc;
    private final int j;
    private final int rowMax;
    private final int rowSum;
    private final List<Code> rowResults = new ArrayList<>();
    private final List<Code> columnResults = new ArrayList<>();

    /** @param evaluator of the definition's programs; it knows their operands or buffers */
    public AttentionInterpreter(AttentionDefinition definition, List<Target> targets, ScalarEvaluator evaluator) {
        this.definition = definition;
        this.evaluator = evaluator;
        AttentionPieces pieces = new AttentionPieces(definition);
        ScalarExpr.Variable probabilityOf = new ScalarExpr.Variable("p", definition.compute());
        product = product(definition, evaluator);
        score = evaluator.code(definition.score());
        mask = definition.mask().map(evaluator::code);
        probability = evaluator.code(pieces.probability(probabilityOf, pieces.rowMax(), pieces.rowSum()));
        weighted = pieces.weighted(probabilityOf).map(evaluator::code);
        sink = definition.sink().map(evaluator::code);
        v = evaluator.code(definition.v());
        raw = evaluator.slot(definition.raw());
        p = evaluator.slot(probabilityOf);
        acc = evaluator.slot(pieces.acc());
        j = evaluator.slot(definition.j());
        rowMax = evaluator.slot(pieces.rowMax());
        rowSum = evaluator.slot(pieces.rowSum());
        row = new double[Math.toIntExact(evaluator.extent(definition.j()))];
        for (Target target : targets) {
            Code address = evaluator.code(target.address);
            Code value = evaluator.code(pieces.result(target.kind, target.type));
            boolean isColumn = target.kind == AttentionResult.Kind.OUTPUT;
            (isColumn ? columnResults : rowResults)
                    .add(frame -> target.data[(int) address.run(frame)] = value.run(frame));
        }
    }

    /** The product of queries and keys at an index of the other axes. */
    static Code product(AttentionDefinition definition, ScalarEvaluator evaluator) {
        Code q = evaluator.code(definition.q());
        Code k = evaluator.code(definition.k());
        int d = evaluator.slot(definition.d());
        long features = evaluator.extent(definition.d());
        return frame -> {
            double sum = 0;
            for (long at = 0; at < features; at++) {
                frame[d] = at;
                sum += definition.zeros().multiply(q.run(frame), k.run(frame));
            }
            return sum;
        };
    }

    /** Computes every result. */
    public void run() {
        Code columns = over(evaluator, List.of(definition.e()), frame -> {
            accumulate(frame);
            columnResults.forEach(store -> store.run(frame));
            return 0;
        });
        Code rows = over(evaluator, definition.rows(), frame -> {
            probabilities(frame);
            rowResults.forEach(store -> store.run(frame));
            return columns.run(frame);
        });
        rows.run(evaluator.frame());
    }

    /** {@code body} at every index of the axes, outermost first. */
    static Code over(ScalarEvaluator evaluator, List<Axis> axes, Code body) {
        Code nest = body;
        for (Axis axis : axes.reversed()) {
            Code inner = nest;
            int slot = evaluator.slot(axis);
            long extent = evaluator.extent(axis);
            nest = frame -> {
                for (long at = 0; at < extent; at++) {
                    frame[slot] = at;
                    inner.run(frame);
                }
                return 0;
            };
        }
        return nest;
    }

    private void probabilities(double[] frame) {
        double first = sink.map(s -> s.run(frame)).orElse(Double.NEGATIVE_INFINITY);
        double max = first;
        for (int at = 0; at < row.length; at++) {
            frame[j] = at;
            row[at] = Double.NEGATIVE_INFINITY;
            if (mask.isEmpty() || mask.get().run(frame) != 0) {
                frame[raw] = product.run(frame);
                row[at] = score.run(frame);
            }
            max = Math.max(max, row[at]);
        }
        double shift = max == Double.NEGATIVE_INFINITY ? 0 : max;
        double total = Math.exp(first - shift);
        for (double s : row) {
            total += Math.exp(s - shift);
        }
        frame[rowMax] = max;
        frame[rowSum] = total;
        for (int at = 0; at < row.length; at++) {
            frame[p] = row[at];
            row[at] = probability.run(frame);
        }
    }

    /** Values whose weighted probability is zero do not count, even when they are infinite or not a number. */
    private void accumulate(double[] frame) {
        double sum = 0;
        for (int at = 0; at < row.length; at++) {
            frame[j] = at;
            frame[p] = row[at];
            double w = weighted.isEmpty() ? row[at] : weighted.get().run(frame);
            if (w != 0) {
                sum += w * v.run(frame);
            }
        }
        frame[acc] = sum;
    }
}
