package heddle.runtime.verify;

import heddle.compiler.Compilation;
import heddle.compiler.attention.FuseAttention;
import heddle.compiler.gradient.Differentiate;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.NdArray;
import heddle.compiler.op.Interpreter;
import heddle.runtime.HeddleModel;
import heddle.runtime.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Judges results of a model on some inputs. An element that is beyond its tolerance of the reference is compared with
 * runs of the model that round in the types it is written in. Where the written arithmetic has no number, or an input
 * holds none, {@code docs/numerics.md} says what is meant, and the recognised graph computes it.
 */
public final class Verification {
    /** The model with what asks for gradients. */
    private final Graph asked;

    private final Graph written;
    private final Interpreter interpreter;
    /** Whether no input or weight is NaN or plus infinity. Minus infinity is what masks are made of. */
    private final boolean ordinary;

    private final Map<Graph, Reading> readings = new HashMap<>();
    private final Map<Graph, Graph> meanings = new HashMap<>();

    public Verification(HeddleModel model, Map<String, Tensor> weights, Map<String, Tensor> inputs) {
        this.asked = model.declaration().graph();
        this.written = model.declaration().meaning();
        this.interpreter = Reference.interpreter(model, weights, inputs);
        this.ordinary = Stream.of(interpreter.inputs(), interpreter.weights())
                .flatMap(arrays -> arrays.values().stream())
                .flatMapToDouble(array -> Arrays.stream(array.data()))
                .noneMatch(x -> Double.isNaN(x) || x == Double.POSITIVE_INFINITY);
    }

    /**
     * Compares the gradients of the reference with differences of the loss, one for each weight and input that the model is
     * differentiated by.
     *
     * @param seed of the directions
     */
    public List<GradientDifferences.Checked> gradients(long seed) {
        return GradientDifferences.of(asked, interpreter, seed);
    }

    /** The outputs in double precision. */
    public SequencedMap<String, NdArray> reference() {
        return reading(written).exact();
    }

    /**
     * Judges a result.
     *
     * @param asked       the tolerance before it is scaled to the size of the output
     * @param compilation what the result was computed by
     */
    public Judgement judge(String output, Tensor result, Tolerance asked, Compilation compilation) {
        NdArray reference = reference().get(output);
        Tolerance tolerance = asked.scaledTo(reference);
        BitSet wrong = new BitSet();
        IntStream.range(0, result.size())
                .filter(i -> tolerance.excess(result.element(i), reference.data()[i]) > 0)
                .forEach(wrong::set);
        int beyond = wrong.cardinality();
        for (Graph graph : graphs(compilation)) {
            int[] judged = wrong.stream()
                    .filter(i -> graph == written
                            || !ordinary
                            || !Double.isFinite(reference.data()[i]))
                    .toArray();
            if (judged.length > 0) {
                Reading reading = reading(graph);
                NdArray exact = reading.exact().get(output);
                Spread spread = new Spread(exact, result::element, asked.scaledTo(exact), judged);
                IntStream.of(judged).forEach(wrong::clear);
                IntStream.of(reading.unexplained(output, spread)).forEach(wrong::set);
            }
        }
        return wrong.isEmpty()
                ? new Judgement(
                        beyond == 0 ? Verdict.AS_WRITTEN : Verdict.AS_TYPED,
                        Comparison.of(result, reference, asked),
                        beyond,
                        0)
                : new Judgement(
                        Verdict.WRONG,
                        Comparison.of(
                                result, reference, tolerance, wrong.stream().toArray()),
                        beyond,
                        wrong.cardinality());
    }

    /** What a result may be explained by: what was recognised, before and after it was fused, and what is written. */
    private List<Graph> graphs(Compilation compilation) {
        List<Graph> graphs = new ArrayList<>();
        compilation.passes().before(FuseAttention.NAME).ifPresent(before -> {
            graphs.add(meanings.computeIfAbsent(before, Differentiate::meaning));
            graphs.add(compilation.graph());
        });
        graphs.add(written);
        return graphs;
    }

    private Reading reading(Graph graph) {
        return readings.computeIfAbsent(graph, g -> new Reading(g, interpreter));
    }
}
