package heddle.tests.fusion;

import heddle.compiler.Compiler;
import heddle.compiler.Compiler.Fusion;
import heddle.compiler.gradient.Differentiate;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.NdArray;
import heddle.compiler.op.Interpreter;
import heddle.compiler.type.DType;
import heddle.compiler.type.Precision;
import heddle.runtime.HeddleModel;
import heddle.runtime.tensor.Tensor;
import heddle.tests.TensorArrays;
import heddle.tests.gradient.TrainedGraph;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SplittableRandom;

/** A model of the corpus with gradients by all that it reads, and what it is run on. */
record TrainedModel(HeddleModel model, TrainedGraph trained) {
    static TrainedModel of(HeddleModel model) {
        return new TrainedModel(model, TrainedGraph.of(model.declaration()));
    }

    /** The model with what asks for its gradients. */
    Graph graph() {
        return trained.graph();
    }

    /** The gradients written out, and nothing recognised. */
    Graph written() {
        return Differentiate.meaning(graph());
    }

    /** The gradients of what was recognised. */
    Graph recognised() {
        return Compiler.pipeline(graph(), Fusion.FUSED)
                .run(graph())
                .after(Differentiate.NAME)
                .orElseThrow();
    }

    /** Whether anything is computed in sixteen bits, which are rounded in other places than where the model has them. */
    boolean isNarrow() {
        return written().nodes().stream()
                .flatMap(n -> n.results().stream())
                .anyMatch(t -> Precision.isNarrow(t.dtype()));
    }

    SequencedMap<String, Tensor> weights(Map<String, Long> lengths, long seed) {
        return Draw.USUAL.weights(model, lengths, seed);
    }

    /** What the model reads, and the cotangents of its outputs. */
    SequencedMap<String, Tensor> inputs(Map<String, Long> lengths, long seed) {
        SequencedMap<String, Tensor> inputs = new LinkedHashMap<>(Draw.USUAL.inputs(model, lengths, seed));
        SplittableRandom random = new SplittableRandom(seed);
        trained.cotangents().forEach((name, type) -> {
            Tensor drawn = Tensor.zeros(DType.F32, type.shape().evaluate(lengths));
            float[] elements = drawn.floats();
            for (int i = 0; i < elements.length; i++) {
                elements[i] = (float) random.nextGaussian();
            }
            inputs.put(name, drawn);
        });
        return inputs;
    }

    /** What runs its graphs in double precision. */
    Interpreter interpreter(Map<String, Long> lengths, long seed) {
        return new Interpreter(
                TensorArrays.of(inputs(lengths, seed)), TensorArrays.of(weights(lengths, seed)), lengths);
    }

    /** Loss and gradients as written; where that divides zero by zero, those of what was recognised. */
    SequencedMap<String, NdArray> meaning(Map<String, Long> lengths, long seed) {
        Interpreter interpreter = interpreter(lengths, seed);
        SequencedMap<String, NdArray> expected = interpreter.run(written());
        Map<String, NdArray> recognised = interpreter.run(recognised());
        expected.forEach((name, array) -> {
            double[] data = array.data();
            for (int i = 0; i < data.length; i++) {
                data[i] = Double.isNaN(data[i]) ? recognised.get(name).data()[i] : data[i];
            }
        });
        return expected;
    }
}
