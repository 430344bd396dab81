package heddle.compiler.gradient;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.frontend.Elaborated;
import heddle.compiler.frontend.Gradients;
import heddle.compiler.frontend.Model;
import heddle.compiler.ir.NdArray;
import heddle.compiler.op.Interpreter;
import heddle.compiler.type.DType;
import heddle.dsl.diagnostic.DiagnosticException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Gradients of operations against central differences of the loss. */
class GradientsTest {
    private static final long SEED = 20_261_126;
    private static final double STEP = 0x1p-11;

    private static final String INPUTS = """
            input x : f64[3, 4]
            input z : f64[3, 4]
            input row : f64[4]
            input column : f64[3, 1]
            input w : f64[4, 5]
            input t : f64[2, 3, 4]
            input m : bool[3, 4]
            input ids : i64[2, 3]
            """;

    private static final List<String> FLOATS = List.of("x", "z", "row", "column", "w", "t");

    private static Map<String, NdArray> draw(Model model, Random random) {
        Map<String, NdArray> arrays = new HashMap<>();
        model.inputs().forEach(input -> {
            NdArray array =
                    NdArray.zeros(input.type().dtype(), input.type().shape().evaluate(Map.of()));
            for (int i = 0; i < array.data().length; i++) {
                array.data()[i] = switch (input.name()) {
                    case "m" -> random.nextInt(3) == 0 ? 0 : 1;
                    case "ids" -> random.nextInt(6) - 1;
                    default -> random.nextGaussian();
                };
            }
            arrays.put(input.name(), array);
        });
        return arrays;
    }

    private static double loss(Model model, Map<String, NdArray> inputs) {
        return new Interpreter(inputs, Map.of(), Map.of())
                .run(model.meaning())
                .get("loss")
                .data()[0];
    }

    private static Model model(String expression) {
        List<String> lines = new ArrayList<>(List.of(INPUTS.split("\n")));
        lines.add("let y = " + expression);
        lines.add("let loss = sum(0.5 * y * y + 0.3 * y)");
        lines.add("output loss = loss");
        FLOATS.stream()
                .filter(name -> expression.matches(".*\\b" + name + "\\b.*"))
                .forEach(name -> lines.add("output g" + name + " = grad(loss, " + name + ")"));
        return Elaborated.of(lines.toArray(String[]::new));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x + row",
                "x * column - row",
                "x / (z * z + 1)",
                "exp(x) * tanh(z)",
                "sigmoid(x) + sin(x) * cos(z)",
                "erf(x) * sqrt(z * z + 0.5)",
                "rsqrt(x * x + 0.5) + log(z * z + 0.1)",
                "abs(x) * max(x, z) + min(x, row)",
                "relu(x) + gelu(z) * silu(x)",
                "where(m, x * x, exp(z))",
                "where(x > 0, sqrt(x), 0.0)",
                "(x * x + 1) ** 1.7 + x ** 3",
                "(x * x + 0.5) ** z",
                "x @ w",
                "t @ w",
                "einsum(\"ab,cb->ac\", x, z)",
                "einsum(\"ab,bc->a\", x, w)",
                "einsum(\"ab,cd->bd\", x, w)",
                "sum(x, axis = 1) + mean(z, axis = 1)",
                "max(x, axis = 1) * min(z, axis = 0)[0]",
                "prod(x, axis = 1)",
                "softmax(x)",
                "softmax(x * 3, axis = 0) * z",
                "softmax(where(m, x, -inf)) @ w",
                "log_softmax(x)",
                "layer_norm(x, weight = row)",
                "rms_norm(x, weight = row)",
                "normalize(x)",
                "transpose(x)",
                "reshape(t, [6, 4]) @ w",
                "concat([x, z * z], axis = 0)",
                "x[:, 1:3] * z[0, 1]",
                "x[:, ::-2]",
                "x[1, :] + x[0, :] * x[0, :]",
                "pad(x, [[1, 0], [0, 2]])",
                "embed(ids, x)",
                "gather(x, ids, axis = 1)",
                "take_along(x[0:2, :], ids, axis = 1)",
                "take_along(x[1:3, :], ids[:, 1:2], axis = 1)",
                "rope(x, iota(3))",
                "expand(column, [3, 4]) * x",
                "cast(cast(x, f64), f64) * 2",
                "x % 2 + 0 * z",
                "clip(x, -0.5, row)",
                "softplus(x) * tan(z * 0.3)",
                "where(isnan(x) or isinf(z), 0.0, x * z)",
                "trilu(x) + trilu(z, 1, upper = true)",
                "flip(x, 0) * flip(z, [0, 1])",
                "cumsum(x) * cumsum(z, 0, exclusive = true, reverse = true)",
                "cumsum(expand(column, [3, 140]), axis = 1)",
                "cast(argmax(x), f64)[:, new] * x",
                "topk(x, 2)[0] * topk(z, 2, largest = false)[0]",
                "topk(t, 9 - 6, axis = 1, largest = false)[0]",
                "topk(reshape(x, [12]), 10)[0]",
                "einsum(\"...ab,...cb->...ac\", t, x[new, :, :])",
                "einsum(\"aab->ab\", t[:, 0:2, :]) * row",
                "gather_nd(x, ids[:, :2])",
                "gather_nd(t, ids[:, :, new], batch_axes = 1)",
                "scatter_along(x[0:2, :], ids, z[0:2, 0:3], axis = 1)",
                "scatter_along(x[0:2, :], ids, z[0:2, 0:3], axis = 1, reduce = \"add\")",
                "scatter_along(x[0:2, :], ids, z[0:2, 0:3], axis = 1, reduce = \"mul\")",
                "scatter_along(x[0:2, :], ids, z[0:2, 0:3], axis = 1, reduce = \"max\")",
                "scatter_along(x[0:2, :], ids, z[0:2, 0:3], axis = 1, reduce = \"min\")",
                "scatter_nd(x, ids[:, 0:1], z[0:2, :])",
                "scatter_nd(x, ids[:, 0:1], z[0:2, :], reduce = \"add\")",
                "scatter_nd(x, ids[:, 0:1], z[0:2, :], reduce = \"mul\")",
                "scatter_nd(x, ids[:, 0:1], z[0:2, :], reduce = \"max\")",
                "conv(t, w[new, 0:3, 0:2], strides = 2, pads = 1)",
                "conv(t[:, new, :, :], w[new, new, 0:2, 0:3], row[0:1], pads = [1, [0, 2]], dilations = [1, 2])",
                "conv(t, x[:, new, 0:2], groups = 3)",
                "conv(t, x[new, :, 0:2], strides = 2)",
                "max_pool(t, 3, strides = 1, pads = 1)",
                "average_pool(t, 3, strides = 2, pads = 1)",
                "average_pool(t[:, new, :, :], [3, 2], pads = 1, count_pads = true)",
                "resize(x, [7])",
                "resize(x, [5, 3], mode = \"linear\")",
                "resize(x, [2, 7], mode = \"cubic\", coordinates = \"align_corners\")",
            })
    void differences(String expression) {
        Model model;
        try {
            model = model(expression);
        } catch (DiagnosticException e) {
            throw new AssertionError(expression + ": " + e.getMessage(), e);
        }
        Map<String, NdArray> inputs = draw(model, new Random(SEED));
        Map<String, NdArray> computed = new Interpreter(inputs, Map.of(), Map.of()).run(model.meaning());
        for (String name : FLOATS) {
            NdArray gradient = computed.get("g" + name);
            if (gradient == null) {
                continue;
            }
            int compared = 0;
            double[] data = inputs.get(name).data();
            for (int i = 0; i < data.length; i++) {
                double fine = difference(model, inputs, data, i, STEP);
                double coarse = difference(model, inputs, data, i, 2 * STEP);
                // Where they differ a kink is near.
                if (Math.abs(fine - coarse) < 1e-7 * Math.max(1, Math.abs(fine))) {
                    assertEquals(
                            fine,
                            gradient.data()[i],
                            1e-8 * Math.max(1, Math.abs(fine)),
                            expression + " by " + name + "[" + i + "], seed " + SEED);
                    compared++;
                }
            }
            assertTrue(compared > 0, expression + " by " + name + " has kinks everywhere");
        }
    }

    private static double difference(Model model, Map<String, NdArray> inputs, double[] data, int i, double h) {
        double at = data[i];
        double[] f = DoubleStream.of(h, -h, 2 * h, -2 * h)
                .map(step -> {
                    data[i] = at + step;
                    return loss(model, inputs);
                })
                .toArray();
        data[i] = at;
        return (8 * (f[0] - f[1]) - (f[2] - f[3])) / (12 * h);
    }

    private static double[] gradient(Map<String, NdArray> inputs, String... lines) {
        return new Interpreter(inputs, Map.of(), Map.of())
                .run(Elaborated.of(lines).meaning())
                .get("g")
                .data();
    }

    private static Map<String, NdArray> x(double... values) {
        NdArray x = NdArray.zeros(DType.F64, values.length);
        System.arraycopy(values, 0, x.data(), 0, values.length);
        return Map.of("x", x);
    }

    @Test
    void whatIsStoppedIsANumber() {
        double[] g = gradient(
                x(2, 3), "input x : f64[2]", "let loss = sum(x * stop_gradient(x))", "output g = grad(loss, x)");
        assertArrayEquals(new double[] {2, 3}, g);
    }

    /** A quotient by a stopped sum is no softmax: the sum has no part in the gradient. */
    @Test
    void stoppedSumsAreNoSoftmax() {
        double[] g = gradient(
                x(0, 1),
                "input x : f64[2]",
                "let p = exp(x) / stop_gradient(sum(exp(x)))",
                "output g = grad(p[0] + 2 * p[1], x)");
        double sum = 1 + Math.E;
        assertArrayEquals(new double[] {1 / sum, 2 * Math.E / sum}, g, 1e-15);
    }

    /** A value that the loss reaches on another way, too, is differentiated by on its own. */
    @Test
    void equalValuesHaveTheirOwnGradients() {
        double[] g =
                gradient(x(2, 3), "input x : f64[2]", "let y = x * 1", "output g = grad(sum(y * y) + sum(x * 5), y)");
        assertArrayEquals(new double[] {4, 6}, g);
    }

    @Test
    void secondDerivatives() {
        double[] g = gradient(
                x(0.5, -1),
                "input x : f64[2]",
                "let first = grad(sum(x * x * x), x)",
                "output g = grad(sum(first * first), x)");
        assertArrayEquals(new double[] {36 * 0.125, -36}, g, 1e-12);
    }

    /** The first gradient is zero at zero, and its own is not. */
    @Test
    void secondDerivativesWhereTheFirstIsZero() {
        double[] g = gradient(
                x(0, 0), "input x : f64[2]", "let first = grad(sum(x * x), x)", "output g = grad(sum(first * x), x)");
        assertArrayEquals(new double[] {0, 0}, g);
        double[] h = gradient(
                x(0, 0), "input x : f64[2]", "let first = grad(sum(x * x), x)", "output g = grad(sum(first), x)");
        assertArrayEquals(new double[] {2, 2}, h);
    }

    @Test
    void productsWithZeros() {
        String[] lines = {"input x : f64[3]", "output g = grad(prod(x, axis = 0), x)"};
        assertArrayEquals(new double[] {6, 0, 0}, gradient(x(0, 2, 3), lines));
        assertArrayEquals(new double[] {0, 0, 0}, gradient(x(0, 0, 3), lines));
        assertArrayEquals(new double[] {6, 3, 2}, gradient(x(1, 2, 3), lines));
    }

    @Test
    void gradientsThatAreNotDifferentiatedSaySo() {
        DiagnosticException e = Assertions.assertThrows(
                DiagnosticException.class,
                () -> Elaborated.of(
                        "input x : f64[3]",
                        "let first = grad(prod(x, axis = 0), x)",
                        "output g = grad(sum(first), x)"));
        assertEquals("H1301", e.diagnostics().getFirst().code().id());
    }

    @Test
    void tiesShare() {
        String[] lines = {"input x : f64[3]", "output g = grad(max(x, axis = 0), x)"};
        assertArrayEquals(new double[] {0.5, 0, 0.5}, gradient(x(3, 1, 3), lines));
    }

    @Test
    void lossesOfOtherValuesAreWarnedOf() {
        Model model = Elaborated.of(
                "input x : f64[3]", "input z : f64[3]", "output g = grad(sum(x), z)", "output loss = sum(x)");
        assertEquals(List.of("H1302"), codes(model));
        assertTrue(model.warnings().getFirst().message().contains("the input z"));
    }

    private static List<String> codes(Model model) {
        return model.warnings().stream().map(d -> d.code().id()).toList();
    }

    @Test
    void lossesAreNumbers() {
        DiagnosticException e = Assertions.assertThrows(
                DiagnosticException.class, () -> Elaborated.of("input x : f64[3]", "output g = grad(x, x)"));
        assertTrue(e.getMessage().contains("not one float"), e.getMessage());
    }

    @Test
    void lossesThatAreMistypedAreFound() {
        Model model = Elaborated.of("input x : f64[3]", "output loss = sum(x)");
        DiagnosticException e = Assertions.assertThrows(
                DiagnosticException.class, () -> Gradients.of(model, Optional.of("los"), List.of("x")));
        assertEquals(
                Optional.of("did you mean loss?"), e.diagnostics().getFirst().hint());
    }

    @Test
    void integersHaveNone() {
        DiagnosticException e = Assertions.assertThrows(
                DiagnosticException.class,
                () -> Elaborated.of("input x : f64[3]", "input n : i32[3]", "output g = grad(sum(x), n)"));
        assertTrue(
                e.getMessage().contains("only floats") || e.getMessage().contains("no tensor of floats"),
                e.getMessage());
    }
}
