package heddle.runtime.verify;

import heddle.compiler.gradient.Differentiate;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.NdArray;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Rewriter;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Arithmetic;
import heddle.compiler.op.Cast;
import heddle.compiler.op.Input;
import heddle.compiler.op.Interpreter;
import heddle.compiler.op.StopGradient;
import heddle.compiler.op.Weight;
import heddle.compiler.op.gradient.Gradient;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SequencedMap;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * Holds gradients of the reference against central differences of the loss, in double precision: what a small step along a
 * random direction changes. What is under {@code stop_gradient} keeps its value meanwhile, and conversions between floats round
 * nothing.
 *
 * <p>The difference is {@code (8 (f(h) - f(-h)) - (f(2h) - f(-2h))) / 12h}. Where steps of h and 2h disagree, a kink is near, and
 * another direction is drawn, after some draws with fewer and fewer elements: in a large model with many kinks, steps of all elements
 * always cross one.
 */
public final class GradientDifferences {
    private static final int DIRECTIONS = 3;
    private static final int DRAWS = 16;

    /** Draws in which all elements change, and by what there are fewer in each that follows. */
    private static final int FULL_DRAWS = 6;

    private static final int THINNING = 4;

    /** How much shorter a step is that tells many small kinks from a wrong gradient. */
    private static final int SHORTER = 32;

    private static final double STEP = 0x1p-13;

    /** Errors of the differences themselves are below this part of what is compared; a wrong gradient is far above. */
    private static final double TOLERANCE = 1e-6;

    /** The least change that an error is a part of: where the loss is the same for any argument, rounding alone tells differences apart. */
    private static final double LEAST_SCALE = 0x1p-18;

    /**
     * The gradients by one weight or input, compared along some directions.
     *
     * @param by       its name
     * @param absolute the greatest difference
     * @param relative the same, as a part of the sum of all changes without their signs
     * @param compared in how many directions; fewer than asked for where kinks were near
     * @param loss     there; one that is not finite has no slope
     */
    public record Checked(String by, double absolute, double relative, int compared, double loss) {
        /** Whether there is a slope to compare with: the loss is finite, and a direction was found without a kink. */
        public boolean isComparable() {
            return Double.isFinite(loss) && compared > 0;
        }

        /** Whether the gradient is the slope of the loss, as far as there is one. */
        public boolean isRight() {
            return !isComparable() || relative <= TOLERANCE;
        }
    }

    private final Interpreter interpreter;
    private final Random random;
    private final Map<Node, List<NdArray>> stopped = new HashMap<>();

    private GradientDifferences(Interpreter interpreter, long seed) {
        this.interpreter = interpreter;
        this.random = new Random(seed);
    }

    /** One for each weight and input by which a model is differentiated. */
    static List<Checked> of(Graph written, Interpreter interpreter, long seed) {
        List<Checked> all = new ArrayList<>();
        for (Node node : written.nodes()) {
            if (node.op() instanceof Gradient) {
                all.addAll(new GradientDifferences(interpreter, seed).check(written, node));
            }
        }
        return all;
    }

    private List<Checked> check(Graph written, Node gradient) {
        Graph meaning = Differentiate.meaning(withOutputs(written, gradient));
        SequencedMap<String, NdArray> middle = run(meaning, interpreter.inputs(), interpreter.weights());
        Graph loss = lossAlone(meaning);
        // What is stopped keeps the values that it has here.
        run(loss, interpreter.inputs(), interpreter.weights());
        List<Checked> all = new ArrayList<>();
        for (int slot = 1; slot < written.operands(gradient).size(); slot++) {
            Node wanted = written.operand(gradient, slot).node();
            NdArray slope = middle.get("gradient" + slot);
            switch (wanted.op()) {
                case Weight w -> all.add(check(loss, w.key(), interpreter.weights(), slope, middle.get("loss")));
                case Input i -> all.add(check(loss, i.key(), interpreter.inputs(), slope, middle.get("loss")));
                default -> {}
            }
        }
        return all;
    }

    /** The model with the loss and its gradients as the only outputs. */
    private static Graph withOutputs(Graph written, Node gradient) {
        Rewriter rewriter = new Rewriter(written);
        written.nodes().forEach(rewriter::copy);
        Graph.Builder out = rewriter.out();
        out.output("loss", rewriter.get(written.operand(gradient, 0)));
        for (int n = 0; n < gradient.results().size(); n++) {
            out.output("gradient" + (n + 1), rewriter.get(new Value(gradient, n)));
        }
        return out.build();
    }

    /** What the loss is computed by, without its gradients. */
    private static Graph lossAlone(Graph meaning) {
        Rewriter rewriter = new Rewriter(meaning);
        Value loss = rewriter.getOrCopy(meaning.outputs().get("loss"));
        rewriter.out().output("loss", loss);
        return rewriter.out().build();
    }

    private Checked check(Graph graph, String name, Map<String, NdArray> given, NdArray slope, NdArray loss) {
        double value = loss.data()[0];
        if (slope.data().length == 0) {
            return new Checked(name, 0, 0, DIRECTIONS, value);
        }
        if (!Double.isFinite(value)) {
            return new Checked(name, Double.NaN, Double.NaN, 0, value);
        }
        double absolute = 0;
        double relative = 0;
        int compared = 0;
        for (int draw = 0; draw < DRAWS && compared < DIRECTIONS; draw++) {
            double[] direction = direction(given.get(name).data(), draw);
            double step = STEP * Math.max(1, size(given.get(name).data()));
            double fine = difference(graph, name, given, direction, step / 2);
            double coarse = difference(graph, name, given, direction, step);
            double[] changes = IntStream.range(0, direction.length)
                    .mapToDouble(i -> direction[i] == 0 ? 0 : direction[i] * slope.data()[i])
                    .toArray();
            double scale = DoubleStream.of(changes).map(Math::abs).sum();
            scale = Math.max(scale, Math.max(STEP * Math.abs(value), LEAST_SCALE));
            double error = Math.abs(DoubleStream.of(changes).sum() - fine);
            boolean isSmooth = agree(fine, coarse, scale);
            if (isSmooth && error > TOLERANCE * scale) {
                // Of many small kinks, steps of two lengths may cross alike; a wrong gradient is wrong for all lengths.
                isSmooth = agree(difference(graph, name, given, direction, step / SHORTER), fine, scale);
            }
            if (isSmooth) {
                absolute = Math.max(absolute, error);
                relative = Math.max(relative, error == 0 ? 0 : error / scale);
                compared++;
            }
        }
        return new Checked(name, absolute, relative, compared, value);
    }

    /** Whether two differences are of one slope; those that are no numbers cannot be told apart. */
    private static boolean agree(double a, double b, double scale) {
        return !(Math.abs(a - b) > TOLERANCE / 2 * scale);
    }

    /** Ones and minus ones; nothing where an element cannot change, and in later draws for most of the others. */
    private double[] direction(double[] at, int draw) {
        double part = Math.pow(THINNING, -Math.max(0, draw - FULL_DRAWS + 1));
        double[] direction = new double[at.length];
        int[] movable = IntStream.range(0, at.length)
                .filter(i -> Double.isFinite(at[i]))
                .toArray();
        // One moves always: along no element there is nothing to compare.
        int always = movable.length == 0 ? 0 : movable[random.nextInt(movable.length)];
        for (int i : movable) {
            if (i == always || random.nextDouble() < part) {
                direction[i] = random.nextBoolean() ? 1 : -1;
            }
        }
        return direction;
    }

    private static double size(double[] at) {
        return Math.sqrt(Arrays.stream(at)
                .filter(Double::isFinite)
                .map(x -> x * x)
                .average()
                .orElse(0));
    }

    private double difference(Graph graph, String name, Map<String, NdArray> given, double[] direction, double h) {
        double[] f = DoubleStream.of(h, -h, 2 * h, -2 * h)
                .map(step -> loss(graph, name, given, direction, step))
                .toArray();
        return (8 * (f[0] - f[1]) - (f[2] - f[3])) / (12 * h);
    }

    private double loss(Graph graph, String name, Map<String, NdArray> given, double[] direction, double step) {
        NdArray at = given.get(name);
        double[] moved = at.data().clone();
        Arrays.setAll(moved, i -> at.data()[i] + step * direction[i]);
        Map<String, NdArray> all = new HashMap<>(given);
        all.put(name, new NdArray(at.dtype(), at.shape(), moved));
        boolean isWeight = given == interpreter.weights();
        return run(graph, isWeight ? interpreter.inputs() : all, isWeight ? all : interpreter.weights())
                .get("loss")
                .data()[0];
    }

    private SequencedMap<String, NdArray> run(Graph graph, Map<String, NdArray> inputs, Map<String, NdArray> weights) {
        return new Interpreter(inputs, weights, interpreter.lengths(), this::evaluate).run(graph);
    }

    private List<NdArray> evaluate(Node node, List<NdArray> operands, Map<String, Long> lengths) {
        return switch (node.op()) {
            case StopGradient s -> stopped.computeIfAbsent(node, first -> operands);
            case Cast c ->
                c.to().isFloat() && operands.getFirst().dtype().isFloat()
                        ? List.of(new NdArray(
                                c.to(),
                                operands.getFirst().shape(),
                                operands.getFirst().data()))
                        : Arithmetic.EXACT.evaluate(node, operands, lengths);
            default -> Arithmetic.EXACT.evaluate(node, operands, lengths);
        };
    }
}
