package heddle.tests.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.Compiler.Fusion;
import heddle.compiler.backend.tornado.TornadoTarget;
import heddle.compiler.ir.NdArray;
import heddle.runtime.CompileOptions;
import heddle.runtime.Heddle;
import heddle.runtime.HeddleModel;
import heddle.runtime.tensor.Tensor;
import heddle.runtime.train.AdamW;
import heddle.runtime.train.LearningRate;
import heddle.runtime.train.Trainer;
import heddle.runtime.train.TrainingSettings;
import heddle.runtime.verify.Comparison;
import heddle.runtime.verify.Reference;
import heddle.runtime.verify.Tolerance;
import heddle.tests.tornado.Conformance;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A step of training of the example, with its table of embeddings, on a device or its double. */
class GptDeviceTest {
    private static final Path MODEL = Path.of("..", "examples", "gpt.heddle");
    private static final String GRADIENT = "grad.";
    private static final double RATE = 1e-2;

    /** The root of the mean square is not divided by where it is small, so that rounding is not made large. */
    private static final double EPSILON = 0.1;

    /** Gradients of keys' biases are zero but for rounding, so that all are held against the largest. */
    private static final double CLOSE = 2e-5;

    /** The double takes half a minute for each: it does one thing on each kind of device. */
    static List<TornadoTarget> steps() {
        return Conformance.takesAll() ? List.of(TornadoTarget.CPU, TornadoTarget.GPU) : List.of(TornadoTarget.CPU);
    }

    static List<TornadoTarget> gradients() {
        return Conformance.takesAll() ? List.of(TornadoTarget.GPU, TornadoTarget.CPU) : List.of(TornadoTarget.GPU);
    }

    /** Two windows, in which bytes come again: their gradients are added in one row of the table. */
    private static Map<String, Tensor> batch() {
        return Map.of("tokens", Tensor.of(new long[] {72, 101, 108, 108, 111, 111, 108, 108}, 2, 4));
    }

    private static TrainingSettings settings() {
        return new TrainingSettings(
                new LearningRate(RATE, RATE, 0, 10),
                new AdamW(0.9, 0.99, EPSILON, 0.1),
                1e9,
                0,
                Set.of(),
                Optional.empty());
    }

    @ParameterizedTest
    @MethodSource("steps")
    void lossGradientsAndWeightsAreThoseOfTheReference(TornadoTarget device) {
        HeddleModel model = Heddle.model(MODEL);
        CompileOptions options = CompileOptions.defaults();
        Trainer onJvm = Trainer.of(model, "loss", settings(), options);
        Trainer onDevice = Trainer.of(model, "loss", settings(), options, Conformance.loader(device));
        SortedMap<String, Tensor> before = new TreeMap<>(onDevice.weights());
        HeddleModel joint = model.withGradients(Optional.of("loss"), List.of());
        Map<String, NdArray> reference = Reference.run(joint, before, batch());

        Trainer.Step step = onDevice.step(List.of(batch()));
        Trainer.Step other = onJvm.step(List.of(batch()));
        double loss = reference.get("loss").data()[0];
        assertEquals(loss, step.loss(), CLOSE);
        assertEquals(other.loss(), step.loss(), CLOSE);
        assertEquals(norm(reference), step.norm(), CLOSE * norm(reference));
        assertEquals(other.norm(), step.norm(), CLOSE * other.norm());

        Map<String, Tensor> after = onDevice.weights();
        Map<String, Tensor> afterOnJvm = onJvm.weights();
        before.forEach((name, weight) -> {
            double[] moved = moved(weight, reference.get(GRADIENT + name));
            assertClose(moved, after.get(name), name + " of the reference");
            Tensor expected = afterOnJvm.get(name);
            double[] jvm = new double[expected.size()];
            Arrays.setAll(jvm, expected::element);
            assertClose(jvm, after.get(name), name + " of the jvm target");
        });
        assertEquals(onJvm.loss(batch()), onDevice.loss(batch()), CLOSE);
    }

    /** The first step of AdamW in double precision: the running means are those of one gradient. */
    private static double[] moved(Tensor weight, NdArray gradient) {
        double decay = weight.shape().length >= 2 ? 0.1 : 0;
        double[] moved = new double[weight.size()];
        for (int i = 0; i < moved.length; i++) {
            double g = gradient.data()[i];
            double w = weight.element(i);
            moved[i] = w - RATE * (decay * w + g / (Math.abs(g) + EPSILON));
        }
        return moved;
    }

    private static double norm(Map<String, NdArray> outputs) {
        return Math.sqrt(outputs.entrySet().stream()
                .filter(e -> e.getKey().startsWith(GRADIENT))
                .flatMapToDouble(e -> Arrays.stream(e.getValue().data()))
                .map(g -> g * g)
                .sum());
    }

    /** The largest moves are as large as the rate: what is off is measured by it. */
    private static void assertClose(double[] expected, Tensor got, String place) {
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], got.element(i), CLOSE * RATE + 1e-7 * Math.abs(expected[i]), place + " at " + i);
        }
    }

    @ParameterizedTest
    @MethodSource("gradients")
    void gradientsAreThoseOfTheReferenceAndOfTheJvmTarget(TornadoTarget device) {
        HeddleModel joint = Heddle.model(MODEL).withGradients(Optional.of("loss"), List.of());
        CompileOptions options = CompileOptions.defaults();
        Map<String, Tensor> weights =
                Trainer.of(Heddle.model(MODEL), "loss", settings(), options).weights();
        Map<String, NdArray> reference = Reference.run(joint, weights, batch());
        double largest = reference.entrySet().stream()
                .filter(e -> e.getKey().startsWith(GRADIENT))
                .flatMapToDouble(e -> Arrays.stream(e.getValue().data()))
                .map(Math::abs)
                .max()
                .orElseThrow();
        Tolerance tolerance = new Tolerance(1e-6 * largest, 1e-4, 1);
        Map<String, Tensor> jvm = joint.compile(weights, options).run(batch());
        jvm.forEach((name, tensor) -> assertTrue(
                Comparison.of(tensor, reference.get(name), tolerance).within(), name + " on the jvm target"));
        Conformance.of(joint.declaration().graph(), Fusion.FUSED, device, weights)
                .compare(
                        reference,
                        batch(),
                        Map.of("B", 2L, "N", 4L),
                        "tokens of two windows",
                        (output, type) -> tolerance);
    }
}
