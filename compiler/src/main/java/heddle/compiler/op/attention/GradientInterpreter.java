package heddle.compiler.op.attention;

import heddle.compiler.ir.NdArray;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarEvaluator;
import heddle.compiler.scalar.ScalarEvaluator.Code;
import heddle.compiler.scalar.ScalarExpr;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Computes the gradients of an attention by plain loops in double precision, one pair of query and key after the other. */
final class GradientInterpreter {
    private final AttentionBackward backward;
    private final AttentionDefinition forward;
    private final ScalarEvaluator evaluator;
    private final List<Code> adds = new ArrayList<>();
    private final List<Code> scalings = new ArrayList<>();
    private final int raw;
    private final int p;
    private final int weighted;
    private final int product;
    private final int ds;
    private final int dx;
    private final int sum;

    private GradientInterpreter(AttentionBackward backward, ScalarEvaluator evaluator) {
        this.backward = backward;
        this.forward = backward.forward();
        this.evaluator = evaluator;
        raw = evaluator.slot(forward.raw());
        p = evaluator.slot(backward.probability());
        weighted = evaluator.slot(variable("weighted"));
        product = evaluator.slot(backward.product());
        ds = evaluator.slot(backward.scoreGradient());
        dx = evaluator.slot(variable("rawGradient"));
        sum = evaluator.slot(variable("sum"));
    }

    private ScalarExpr.Variable variable(String name) {
        return new ScalarExpr.Variable(name, forward.compute());
    }

    static List<NdArray> run(
            AttentionBackward backward, List<GradientResult> results, List<NdArray> arrays, Map<String, Long> lengths) {
        ScalarEvaluator evaluator =
                new ScalarEvaluator(arrays.stream().map(NdArray::data).toList(), lengths);
        GradientInterpreter interpreter = new GradientInterpreter(backward, evaluator);
        List<NdArray> stored = new ArrayList<>();
        for (GradientResult r : results) {
            NdArray array = NdArray.zeros(r.type().dtype(), r.type().shape().evaluate(lengths));
            stored.add(array);
            interpreter.add(r, array.data());
        }
        interpreter.run();
        return stored;
    }

    private void add(GradientResult r, double[] data) {
        Code address = evaluator.code(r.address());
        switch (r.kind()) {
            case QUERY -> sum(forward.d(), dx, forward.k(), address, data);
            case KEY -> sum(forward.d(), dx, forward.q(), address, data);
            case VALUE -> sum(forward.e(), weighted, backward.cotangent(), address, data);
            case SCORE, SCORE_TABLE ->
                element(AttentionBackward.times(backward.scoreGradient(), r.factor()), address, data);
            case WEIGHT, WEIGHT_TABLE ->
                element(backward.throughWeight(backward.probability(), backward.product(), r.factor()), address, data);
            case DELTA, SINK -> throw new IllegalArgumentException("not of a pair: " + r);
        }
        boolean isSum = r.kind() == GradientResult.Kind.QUERY
                || r.kind() == GradientResult.Kind.KEY
                || r.kind() == GradientResult.Kind.VALUE;
        if (isSum) {
            Code scaled = evaluator.code(AttentionBackward.times(variable("sum"), r.factor()));
            List<Axis> axes = forward.axes().stream().filter(r::spans).toList();
            scalings.add(AttentionInterpreter.over(evaluator, axes, frame -> {
                int at = (int) address.run(frame);
                frame[sum] = data[at];
                data[at] = scaled.run(frame);
                return 0;
            }));
        }
    }

    private void element(ScalarExpr program, Code address, double[] data) {
        Code value = evaluator.code(program);
        adds.add(frame -> data[(int) address.run(frame)] += value.run(frame));
    }

    /** Adds a number of the pair times a row of the other factor; a number of zero adds nothing. */
    private void sum(Axis columns, int number, ScalarExpr other, Code address, double[] data) {
        Code factor = evaluator.code(other);
        Code all = AttentionInterpreter.over(evaluator, List.of(columns), frame -> {
            data[(int) address.run(frame)] += frame[number] * factor.run(frame);
            return 0;
        });
        adds.add(frame -> frame[number] == 0 ? 0 : all.run(frame));
    }

    private void run() {
        Code score = AttentionInterpreter.product(forward, evaluator);
        Optional<Code> mask = forward.mask().map(evaluator::code);
        Code probability = evaluator.code(backward.unmasked(forward.score(), backward.rowMax(), backward.rowScale()));
        Optional<Code> weight =
                new AttentionPieces(forward).weighted(backward.probability()).map(evaluator::code);
        Code values = products();
        Code byScore = evaluator.code(backward.byScore(backward.probability(), backward.product(), backward.delta()));
        Code byRaw = evaluator.code(backward.byRaw(backward.scoreGradient()));
        List<Axis> pairs = forward.rows();
        pairs.add(forward.j());
        Code all = AttentionInterpreter.over(evaluator, pairs, frame -> {
            if (mask.isPresent() && mask.get().run(frame) == 0) {
                return 0;
            }
            frame[raw] = score.run(frame);
            frame[p] = probability.run(frame);
            if (frame[p] == 0) {
                return 0;
            }
            frame[weighted] = weight.isEmpty() ? frame[p] : weight.get().run(frame);
            frame[product] = values.run(frame);
            frame[ds] = byScore.run(frame);
            frame[dx] = byRaw.run(frame);
            adds.forEach(add -> add.run(frame));
            return 0;
        });
        double[] frame = evaluator.frame();
        all.run(frame);
        scalings.forEach(scale -> scale.run(frame));
    }

    /** The sum of products of the cotangent and a key's values. */
    private Code products() {
        Code cotangent = evaluator.code(backward.cotangent());
        Code v = evaluator.code(forward.v());
        int e = evaluator.slot(forward.e());
        long columns = evaluator.extent(forward.e());
        return frame -> {
            double sum = 0;
            for (long at = 0; at < columns; at++) {
                frame[e] = at;
                sum += cotangent.run(frame) * v.run(frame);
            }
            return sum;
        };
    }
}
