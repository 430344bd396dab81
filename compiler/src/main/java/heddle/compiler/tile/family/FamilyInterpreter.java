package heddle.compiler.tile.family;

import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.Rounding;
import heddle.compiler.scalar.ScalarEvaluator;
import heddle.compiler.scalar.ScalarEvaluator.Code;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.scalar.ScalarMath;
import heddle.compiler.tile.BlockChoice;
import heddle.compiler.tile.TileInterpreter;
import heddle.compiler.type.DType;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Computes families by plain loops in double precision, without tiles. Generated kernels are compared with it. */
public final class FamilyInterpreter {
    private final Map<Buffer, double[]> memory;
    private final Map<String, Long> lengths;

    /**
     * @param memory  the elements of every buffer that is read or written
     * @param lengths the bound symbols
     */
    public FamilyInterpreter(Map<Buffer, double[]> memory, Map<String, Long> lengths) {
        this.memory = memory;
        this.lengths = lengths;
    }

    /** Runs a family. Afterwards its results are in memory. */
    public void run(Family family) {
        ScalarEvaluator evaluator = new ScalarEvaluator(memory::get, lengths);
        switch (family) {
            case MapFamily f -> map(f, evaluator);
            case RowFamily f -> rows(f, evaluator);
            case Contraction f -> contraction(f, evaluator);
            case Attention f -> attention(f, evaluator);
            case SplitAttention f ->
                new TileInterpreter(memory::get, lengths, Rounding.REAL, BlockChoice.WHOLE)
                        .run(f.program("split", List.of()));
        }
    }

    private void map(MapFamily f, ScalarEvaluator evaluator) {
        Code store = store(evaluator, f.output(), f.address(), f.body());
        loop(evaluator, f.axes(), store);
    }

    private void rows(RowFamily f, ScalarEvaluator evaluator) {
        List<Code> steps = f.steps().stream().map(s -> step(f, s, evaluator)).toList();
        List<Code> writes = f.writes().stream()
                .map(w -> {
                    Code store = store(evaluator, w.output(), w.address(), w.value());
                    return w.perElement() ? over(evaluator, f.row(), store) : store;
                })
                .toList();
        loop(evaluator, f.rows(), frame -> {
            steps.forEach(s -> s.run(frame));
            writes.forEach(w -> w.run(frame));
            return 0;
        });
    }

    private static Code step(RowFamily f, RowFamily.Step step, ScalarEvaluator evaluator) {
        int slot = evaluator.slot(step.name());
        Code value = evaluator.code(step.value());
        Code result = step.reduction()
                .map(kind -> reduce(kind, step.value().type(), evaluator, f.row(), value))
                .orElse(value);
        return frame -> frame[slot] = result.run(frame);
    }

    private void contraction(Contraction f, ScalarEvaluator evaluator) {
        Code a = evaluator.code(f.a());
        Code b = evaluator.code(f.b());
        evaluator.slot(f.k());
        int acc = evaluator.slot(f.acc());
        Code store = store(evaluator, f.output(), f.address(), f.epilogue());
        Code sum = sum(evaluator, f.k(), frame -> f.zeros().multiply(a.run(frame), b.run(frame)));
        boolean wraps = f.acc().type() == DType.I32;
        Code element = frame -> {
            double exact = sum.run(frame);
            frame[acc] = wraps ? (int) (long) exact : exact;
            return store.run(frame);
        };
        loop(evaluator, f.batch(), over(evaluator, f.m(), over(evaluator, f.n(), element)));
    }

    private void attention(Attention f, ScalarEvaluator evaluator) {
        AttentionRow row = new AttentionRow(f, evaluator);
        Optional<Code> logSumExp = f.logSumExp().map(l -> store(evaluator, l.output(), l.address(), row.logSumExp()));
        Code store = store(evaluator, f.output(), f.address(), f.epilogue());
        Code column = over(evaluator, f.e(), frame -> {
            row.accumulate(frame);
            return store.run(frame);
        });
        loop(evaluator, f.batch(), over(evaluator, f.i(), frame -> {
            row.probabilities(frame);
            logSumExp.ifPresent(l -> l.run(frame));
            return column.run(frame);
        }));
    }

    /** The scores of one query, made into probabilities and then into its row of the result. */
    private static final class AttentionRow {
        private final Code product;
        private final Code score;
        private final Code mask;
        private final Code weight;
        private final Code sink;
        private final Code v;
        private final double[] p;
        private final int raw;
        private final int acc;
        private final int j;
        private final int rowSum;
        private final int logSumExpSlot;
        private final ScalarExpr.Variable logSumExp = new ScalarExpr.Variable("logSumExp", DType.F32);

        AttentionRow(Attention f, ScalarEvaluator evaluator) {
            Code q = evaluator.code(f.q());
            Code k = evaluator.code(f.k());
            product = sum(evaluator, f.d(), frame -> f.zeros().multiply(q.run(frame), k.run(frame)));
            score = evaluator.code(f.score());
            mask = f.mask().map(evaluator::code).orElse(frame -> 1);
            weight = f.weight().map(evaluator::code).orElse(frame -> 1);
            sink = f.sink().map(evaluator::code).orElse(frame -> Double.NEGATIVE_INFINITY);
            v = evaluator.code(f.v());
            evaluator.slot(f.d());
            evaluator.slot(f.j());
            raw = evaluator.slot(f.raw());
            acc = evaluator.slot(f.acc());
            j = evaluator.slot(f.j());
            rowSum = evaluator.slot(f.rowSum());
            logSumExpSlot = evaluator.slot(logSumExp);
            p = new double[Math.toIntExact(evaluator.extent(f.j()))];
        }

        ScalarExpr logSumExp() {
            return logSumExp;
        }

        void probabilities(double[] frame) {
            double first = sink.run(frame);
            double max = first;
            for (int at = 0; at < p.length; at++) {
                frame[j] = at;
                p[at] = Double.NEGATIVE_INFINITY;
                if (mask.run(frame) != 0) {
                    frame[raw] = product.run(frame);
                    p[at] = score.run(frame);
                }
                max = Math.max(max, p[at]);
            }
            double shift = max == Double.NEGATIVE_INFINITY ? 0 : max;
            double total = Math.exp(first - shift);
            for (int at = 0; at < p.length; at++) {
                p[at] = Math.exp(p[at] - shift);
                total += p[at];
            }
            frame[rowSum] = total;
            frame[logSumExpSlot] = shift + Math.log(total);
            for (int at = 0; at < p.length; at++) {
                p[at] = total == 0 ? 0 : p[at] / total;
            }
        }

        /** Values whose weighted probability is zero do not count, even when they are infinite or not a number. */
        void accumulate(double[] frame) {
            double sum = 0;
            for (int at = 0; at < p.length; at++) {
                frame[j] = at;
                double weighted = p[at] == 0 ? 0 : p[at] * weight.run(frame);
                if (weighted != 0) {
                    sum += weighted * v.run(frame);
                }
            }
            frame[acc] = sum;
        }
    }

    private Code store(ScalarEvaluator evaluator, Buffer output, ScalarExpr address, ScalarExpr value) {
        double[] data = memory.get(output);
        Code at = evaluator.code(address);
        Code element = evaluator.code(value);
        return frame -> data[(int) at.run(frame)] = element.run(frame);
    }

    private static Code reduce(Reduction kind, DType type, ScalarEvaluator evaluator, Axis axis, Code value) {
        int slot = evaluator.slot(axis);
        long extent = evaluator.extent(axis);
        ScalarFn combine = ScalarMath.combine(kind);
        return frame -> {
            double result = ScalarMath.neutral(kind, type);
            for (long at = 0; at < extent; at++) {
                frame[slot] = at;
                result = ScalarMath.apply(combine, type, result, value.run(frame), 0);
            }
            return result;
        };
    }

    private static Code sum(ScalarEvaluator evaluator, Axis axis, Code value) {
        return reduce(Reduction.SUM, DType.F64, evaluator, axis, value);
    }

    /** {@code body} at every index of the axes, outermost first. */
    private static void loop(ScalarEvaluator evaluator, List<Axis> axes, Code body) {
        Code nest = body;
        for (Axis axis : axes.reversed()) {
            nest = over(evaluator, axis, nest);
        }
        nest.run(evaluator.frame());
    }

    private static Code over(ScalarEvaluator evaluator, Axis axis, Code body) {
        int slot = evaluator.slot(axis);
        long extent = evaluator.extent(axis);
        return frame -> {
            for (long at = 0; at < extent; at++) {
                frame[slot] = at;
                body.run(frame);
            }
            return 0;
        };
    }
}
