package heddle.tests.gradient;

import heddle.compiler.ir.NdArray;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.ToDoubleFunction;

/**
 * Derivatives along random directions by differences of fourth order, and the gradients that they are compared with. Where estimates
 * from two steps disagree there is a kink, and the direction does not count.
 */
public final class CentralDifferences {
    private static final double STEP = 1.0 / (1 << 13);

    private final ToDoubleFunction<Map<String, NdArray>> loss;
    private final Map<String, NdArray> inputs;
    private final Random random;
    private int directions;
    private int kinks;

    /** @param loss of the inputs */
    public CentralDifferences(ToDoubleFunction<Map<String, NdArray>> loss, Map<String, NdArray> inputs, long seed) {
        this.loss = loss;
        this.inputs = inputs;
        this.random = new Random(seed);
    }

    /** Fails when a gradient by an input is off along some direction. */
    public void check(String input, NdArray gradient, String place) {
        NdArray x = inputs.get(input);
        double rms = Math.sqrt(java.util.Arrays.stream(x.data())
                .filter(Double::isFinite)
                .map(v -> v * v)
                .average()
                .orElse(0));
        double h = STEP * Math.max(1, rms);
        for (int n = 0; n < 3 && x.data().length > 0; n++) {
            double[] u = random.doubles(x.data().length, -1, 1).toArray();
            double sum = 0;
            double size = 0;
            for (int i = 0; i < u.length; i++) {
                sum += gradient.data()[i] * u[i];
                size += Math.abs(gradient.data()[i] * u[i]);
            }
            double wide = along(input, x, u, h);
            double narrow = along(input, x, u, h / 2);
            double tolerance = 1e-7 * Math.max(1, size);
            directions++;
            if (Math.abs(wide - narrow) > tolerance) {
                kinks++;
            } else if (!(Math.abs(sum - narrow) <= tolerance)) {
                throw new AssertionError(
                        "the gradient by " + input + " gives " + sum + ", differences " + narrow + ": " + place);
            }
        }
    }

    /** How many directions met a kink. */
    public int kinks() {
        return kinks;
    }

    /** How many directions were tried. */
    public int directions() {
        return directions;
    }

    private double along(String input, NdArray x, double[] u, double h) {
        return (8 * (at(input, x, u, h) - at(input, x, u, -h)) - (at(input, x, u, 2 * h) - at(input, x, u, -2 * h)))
                / (12 * h);
    }

    private double at(String input, NdArray x, double[] u, double h) {
        double[] moved = x.data().clone();
        for (int i = 0; i < u.length; i++) {
            moved[i] += h * u[i];
        }
        Map<String, NdArray> others = new HashMap<>(inputs);
        others.put(input, new NdArray(x.dtype(), x.shape(), moved));
        return loss.applyAsDouble(others);
    }
}
