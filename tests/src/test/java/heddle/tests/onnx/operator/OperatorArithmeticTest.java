package heddle.tests.onnx.operator;

import heddle.runtime.tensor.Tensor;
import heddle.tests.onnx.file.Draws;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Numbers element by element. */
class OperatorArithmeticTest {
    private final Draws draws = new Draws(7);

    @ParameterizedTest
    @ValueSource(strings = {"Add", "Sub", "Mul", "Div", "Max", "Min", "Sum", "Mean"})
    void operandsAreRepeated(String operator) {
        new OneNode(operator, 13)
                .input(draws.floats(2, 3, 4))
                .input(draws.floats(3, 1))
                .agrees();
        new OneNode(operator, 17)
                .input(draws.floats(5), "N")
                .input(draws.floats(4, 1), "M", 1)
                .agrees();
        new OneNode(operator, 13).input(draws.floats(3)).input(draws.floats()).agrees();
        new OneNode(operator, 11).input(draws.floats(2, 3)).constant(1.5f).agrees();
        new OneNode(operator, 13).input(draws.floats()).constant(1.5f).agrees();
        new OneNode(operator, 13).scalar(2.5f).input(draws.floats(2, 3), "N", 3).agrees();
        new OneNode(operator, 13)
                .constant(1f, 2f, 3f)
                .input(draws.floats(2, 1), "N", 1)
                .agrees();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Add", "Sub", "Mul", "Div", "Max", "Min"})
    void integersToo(String operator) {
        Tensor divisors = Tensor.of(new long[] {-3, 2, 5, -7}, 4);
        new OneNode(operator, 14)
                .input(draws.longs(-20, 20, 3, 4), "N", 4)
                .input(divisors)
                .agrees();
        new OneNode(operator, 14)
                .input(draws.ints(-20, 20, 3, 4))
                .input(Tensor.of(new int[] {4}))
                .agrees();
        new OneNode(operator, 14).input(draws.longs(-20, 20, 9)).scalar(4).agrees();
        new OneNode(operator, 14).input(draws.longs(-20, 20, 9)).scalar(-4).agrees();
        new OneNode(operator, 14)
                .scalar(100)
                .input(Tensor.of(new long[] {7, -7, 3}, 3))
                .agrees();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Add", "Mul", "Div", "Max", "Min"})
    void doublesToo(String operator) {
        new OneNode(operator, 14)
                .input(draws.doubles(3, 4))
                .input(draws.doubles(4))
                .agrees(1e-12);
        new OneNode(operator, 14)
                .input(draws.doubles(3, 4))
                .constant(Tensor.of(new double[] {0.1}))
                .agrees(1e-12);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Max", "Min", "Sum", "Mean"})
    void anyNumberOfOperands(String operator) {
        new OneNode(operator, 13).input(draws.floats(2, 3)).agrees();
        new OneNode(operator, 13)
                .input(draws.floats(2, 3))
                .input(draws.floats(3))
                .input(draws.floats(2, 1))
                .agrees();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Neg",
                "Abs",
                "Sign",
                "Floor",
                "Ceil",
                "Round",
                "Exp",
                "Erf",
                "Sin",
                "Cos",
                "Tan",
                "Reciprocal",
                "Sinh",
                "Cosh",
                "Identity"
            })
    void functionsOfOne(String operator) {
        new OneNode(operator, 13).input(draws.floats(2, 3, 4), "B", "N", 4).agrees(1e-5);
        new OneNode(operator, 11).input(draws.floats()).agrees(1e-5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Sqrt", "Log"})
    void functionsOfPositive(String operator) {
        new OneNode(operator, 13).input(draws.between(0.01f, 9, 3, 4), "N", 4).agrees();
    }

    @Test
    void inverseHyperbolicFunctions() {
        new OneNode("Asinh", 9).input(draws.around(0, 9, 3, 4)).agrees(1e-5);
        new OneNode("Acosh", 9).input(draws.between(1, 9, 3, 4)).agrees(1e-5);
        new OneNode("Atanh", 9).input(draws.between(-0.95f, 0.95f, 3, 4)).agrees(1e-5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Neg", "Abs", "Sign"})
    void functionsOfIntegers(String operator) {
        new OneNode(operator, 13).input(draws.longs(-5, 5, 3, 4)).agrees();
        new OneNode(operator, 13).input(draws.ints(-5, 5, 3, 4)).agrees();
    }

    @Test
    void halvesAreRoundedToTheEvenOne() {
        new OneNode("Round", 11)
                .input(Tensor.of(new float[] {-2.5f, -1.5f, -0.5f, 0.5f, 1.5f, 2.5f}, 6))
                .agrees();
    }

    @ParameterizedTest
    @CsvSource({"-7, 7", "1, 7", "-7, -1"})
    void remainders(int low, int high) {
        Tensor divisors = Tensor.of(new long[] {3, -3, 5, -2}, 4);
        new OneNode("Mod", 13)
                .input(draws.longs(low, high, 5, 4))
                .input(divisors)
                .agrees();
        new OneNode("Mod", 13)
                .input(draws.longs(low, high, 5, 4))
                .input(divisors)
                .attr("fmod", 1)
                .agrees();
        new OneNode("Mod", 13)
                .input(draws.ints(low, high, 5, 4))
                .constant(Tensor.of(new int[] {4}))
                .agrees();
        new OneNode("Mod", 13)
                .input(draws.floats(5, 4))
                .input(draws.floats(4))
                .attr("fmod", 1)
                .agrees(1e-5);
    }

    @Test
    void powers() {
        for (float exponent : new float[] {2, 3, 0.5f, -1, 1}) {
            new OneNode("Pow", 13)
                    .input(draws.between(0.1f, 3, 2, 3), "N", 3)
                    .scalar(exponent)
                    .agrees();
        }
        new OneNode("Pow", 13).input(draws.floats(2, 3)).constant(3f).agrees(1e-5);
        new OneNode("Pow", 13)
                .input(draws.floats(3))
                .constant(Tensor.of(new float[] {2}, 1, 1))
                .agrees(1e-5);
        new OneNode("Pow", 13)
                .input(draws.between(0.1f, 3, 2, 3))
                .input(draws.floats(2, 1))
                .agrees(1e-5);
        new OneNode("Pow", 13)
                .input(draws.between(0.1f, 3, 2, 3))
                .input(draws.longs(0, 4, 3))
                .agrees(1e-5);
        new OneNode("Pow", 13).scalar(10000f).input(draws.between(0, 1, 4)).agrees(1e-5);
    }

    @Test
    void powersOfIntegers() {
        new OneNode("Pow", 13).input(draws.longs(-5, 5, 3, 4)).scalar(2).agrees();
        new OneNode("Pow", 13).input(draws.longs(-5, 5, 3, 4)).scalar(3).agrees();
        new OneNode("Pow", 13)
                .input(draws.ints(-5, 5, 3, 4))
                .input(draws.ints(0, 4, 4))
                .agrees();
        new OneNode("Pow", 13).scalar(2).input(draws.longs(0, 9, 4)).agrees();
    }

    @Test
    void bounds() {
        new OneNode("Clip", 13)
                .input(draws.floats(3, 4), "N", 4)
                .scalar(-0.5f)
                .scalar(0.75f)
                .agrees();
        new OneNode("Clip", 11).input(draws.floats(3, 4)).absent().scalar(0.75f).agrees();
        new OneNode("Clip", 13).input(draws.floats(3, 4)).scalar(0f).agrees();
        new OneNode("Clip", 13).input(draws.floats(3, 4)).agrees();
        new OneNode("Clip", 13)
                .input(draws.floats(3, 4))
                .input(draws.floats())
                .absent()
                .agrees();
        new OneNode("Clip", 13)
                .input(draws.longs(-9, 9, 3, 4))
                .scalar(-2)
                .scalar(5)
                .agrees();
        new OneNode("Clip", 8)
                .input(draws.floats(3, 4))
                .attr("min", -0.25f)
                .attr("max", 1f)
                .agrees();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Relu",
                "Sigmoid",
                "Tanh",
                "Softplus",
                "Softsign",
                "LeakyRelu",
                "Elu",
                "Selu",
                "Celu",
                "HardSigmoid",
                "HardSwish",
                "Mish",
                "ThresholdedRelu",
                "Shrink"
            })
    void activations(String operator) {
        new OneNode(operator, 18)
                .input(draws.around(0, 3, 3, 4, 5), "B", 4, "N")
                .agrees(1e-5);
    }

    @Test
    void activationsWithParameters() {
        new OneNode("LeakyRelu", 16)
                .input(draws.floats(3, 4))
                .attr("alpha", 0.3f)
                .agrees();
        new OneNode("Elu", 13).input(draws.floats(3, 4)).attr("alpha", 0.3f).agrees();
        new OneNode("Celu", 13).input(draws.floats(3, 4)).attr("alpha", 0.3f).agrees();
        new OneNode("Selu", 13)
                .input(draws.floats(3, 4))
                .attr("alpha", 1.2f)
                .attr("gamma", 1.1f)
                .agrees();
        new OneNode("HardSigmoid", 13)
                .input(draws.around(0, 3, 3, 4))
                .attr("alpha", 0.3f)
                .attr("beta", 0.1f)
                .agrees();
        new OneNode("ThresholdedRelu", 13)
                .input(draws.floats(3, 4))
                .attr("alpha", 0.3f)
                .agrees();
        new OneNode("Shrink", 13)
                .input(draws.floats(3, 4))
                .attr("bias", 0.3f)
                .attr("lambd", 0.7f)
                .agrees();
        new OneNode("PRelu", 16)
                .input(draws.floats(2, 3, 4), "B", 3, 4)
                .constant(draws.floats(3, 1))
                .agrees();
        new OneNode("PRelu", 16).input(draws.floats(2, 3, 4)).constant(0.25f).agrees();
        new OneNode("Relu", 14).input(draws.ints(-4, 4, 9)).agrees();
    }

    @Test
    void gelu() {
        new OneNode("Gelu", 20).input(draws.floats(3, 4), "N", 4).agrees(1e-5);
        new OneNode("Gelu", 20)
                .input(draws.floats(3, 4))
                .attr("approximate", "tanh")
                .agrees(1e-5);
    }
}
