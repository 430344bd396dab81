package heddle.tests.fuzz;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.NdArray;
import heddle.compiler.op.Arithmetic;
import heddle.compiler.op.Interpreter;
import heddle.compiler.op.MonteCarloArithmetic;
import heddle.compiler.op.MonteCarloArithmetic.Precision;
import heddle.compiler.type.DType;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The gradients of a model in each reading of it, as they are written out, in several arithmetics. Each run is made when it is asked for. */
final class MeantGradients {
    /** How often a model is run to see how inexact its gradients are. */
    private static final int INEXACT = 24;

    private final List<Graph> readings;
    private final Interpreter interpreter;
    private final long seed;
    private List<Map<String, NdArray>> meant;
    private List<Map<String, NdArray>> unrounded;
    private List<List<Map<String, NdArray>>> inexact;

    /**
     * @param readings    with gradients written out
     * @param interpreter what they are run on
     */
    MeantGradients(List<Graph> readings, Interpreter interpreter, long seed) {
        this.readings = readings;
        this.interpreter = interpreter;
        this.seed = seed;
    }

    /**
     * The first element that nothing explains.
     *
     * @param way       by which {@code got} was computed
     * @param tolerance how far off an element may be, in the unit of the largest one
     * @param verdicts  counts how elements stand
     */
    Optional<String> wrong(
            String way,
            Map<String, NdArray> expected,
            Map<String, NdArray> got,
            double tolerance,
            EnumMap<Verdict, Integer> verdicts) {
        for (var output : expected.entrySet()) {
            String name = output.getKey();
            double[] want = output.getValue().data();
            double[] have = got.get(name).data().clone();
            double size = 1;
            for (double x : want) {
                size = Double.isFinite(x) ? Math.max(size, Math.abs(x)) : size;
            }
            for (int i = 0; i < want.length; i++) {
                boolean isClose = Double.isNaN(want[i])
                        || Double.isNaN(have[i])
                        || Math.abs(want[i] - have[i]) <= tolerance * size;
                have[i] = isClose ? want[i] : have[i];
            }
            Expectation expectation = new Expectation(
                    output.getValue(),
                    () -> named(name, meant()),
                    () -> named(name, unrounded()),
                    () -> inexact().stream().map(runs -> named(name, runs)).toList(),
                    tolerance,
                    false);
            Optional<Expectation.Wrong> wrong = expectation.judge(have, verdicts);
            if (wrong.isPresent()) {
                Expectation.Wrong w = wrong.get();
                return Optional.of(way + ": " + name + "[" + w.element() + "] is " + w.got() + ", not " + w.want()
                        + "; " + verdicts);
            }
        }
        return Optional.empty();
    }

    private static List<NdArray> named(String name, List<Map<String, NdArray>> outputs) {
        return outputs.stream().map(all -> all.get(name)).toList();
    }

    private List<Map<String, NdArray>> meant() {
        if (meant == null) {
            meant = each(interpreter::run);
        }
        return meant;
    }

    private List<Map<String, NdArray>> unrounded() {
        if (unrounded == null) {
            unrounded = each(g -> run(g, new MonteCarloArithmetic(Precision.UNROUNDED, seed)));
        }
        return unrounded;
    }

    private List<List<Map<String, NdArray>>> inexact() {
        if (inexact == null) {
            inexact = each(
                    g -> InexactArithmetics.of(mixes(g) ? Precision.AS_TYPED : Precision.DOUBLE, INEXACT, seed).stream()
                            .map(arithmetic -> run(g, arithmetic))
                            .toList());
        }
        return inexact;
    }

    private interface Run<T> {
        T of(Graph graph);
    }

    private <T> List<T> each(Run<T> run) {
        return readings.stream().<T>map(run::of).toList();
    }

    /** Whether a graph has floats of several types: where it is fused, casts may round what they did not. */
    private static boolean mixes(Graph graph) {
        return graph.nodes().stream()
                        .flatMap(n -> n.results().stream())
                        .map(t -> t.dtype())
                        .filter(DType::isFloat)
                        .distinct()
                        .count()
                > 1;
    }

    private Map<String, NdArray> run(Graph graph, Arithmetic arithmetic) {
        return new Interpreter(interpreter.inputs(), interpreter.weights(), interpreter.lengths(), arithmetic)
                .run(graph);
    }
}
