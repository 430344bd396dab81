package heddle.compiler.tile.family;

import heddle.compiler.op.attention.AttentionInterpreter;
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
            case ScatterFamily f ->
                new TileInterpreter(memory::get, lengths, Rounding.REAL, BlockChoice.WHOLE)
                        .run(f.program("scatter", List.of()));
            case Contraction f -> contraction(f, evaluator);
            case Attention f -> attention(f, evaluator);
            case SplitAttention f -> tiles(f);
            case AttentionGradients f -> tiles(f);
        }
    }

    /** What its operation means is computed by the operation; here its tile program runs, all blocks whole. */
    private void tiles(Family family) {
        new TileInterpreter(memory::get, lengths, Rounding.REAL, BlockChoice.WHOLE)
                .run(family.program("kernel", List.of()));
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
        List<AttentionInterpreter.Target> targets = f.stores().stream()
                .map(s -> new AttentionInterpreter.Target(
                        s.kind(), s.buffer().type().dtype(), memory.get(s.buffer()), s.address()))
                .toList();
        new AttentionInterpreter(f.definition(), targets, evaluator).run();
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
