package heddle.tests.onnx.operator;

import heddle.runtime.tensor.Tensor;
import heddle.tests.onnx.file.Draws;
import heddle.tests.onnx.file.GraphWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Comparisons, truth values, and conversions between types. */
class OperatorLogicTest {
    private final Draws draws = new Draws(8);

    @ParameterizedTest
    @ValueSource(strings = {"Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual"})
    void comparisons(String operator) {
        new OneNode(operator, 16)
                .input(draws.longs(0, 3, 3, 4), "N", 4)
                .input(draws.longs(0, 3, 4))
                .agrees();
        new OneNode(operator, 13)
                .input(draws.ints(0, 3, 3, 4))
                .constant(Tensor.of(new int[] {1}))
                .agrees();
        new OneNode(operator, 13)
                .input(draws.floats(3, 4))
                .input(draws.floats(3, 1))
                .agrees();
        new OneNode(operator, 13).scalar(0f).input(draws.floats(3, 4)).agrees();
    }

    @ParameterizedTest
    @ValueSource(strings = {"And", "Or", "Xor", "Equal"})
    void truths(String operator) {
        new OneNode(operator, 13)
                .input(draws.truths(3, 4), "N", 4)
                .input(draws.truths(4))
                .agrees();
        new OneNode(operator, 13)
                .input(draws.truths(3, 4))
                .constant(Tensor.of(new boolean[] {true}))
                .agrees();
    }

    @Test
    void not() {
        new OneNode("Not", 13).input(draws.truths(3, 4)).agrees();
    }

    @Test
    void choices() {
        new OneNode("Where", 16)
                .input(draws.truths(3, 1), "N", 1)
                .input(draws.floats(3, 4), "N", 4)
                .input(draws.floats(4))
                .agrees();
        new OneNode("Where", 13)
                .input(draws.truths(3, 4))
                .scalar(0f)
                .scalar(-1e9f)
                .agrees();
        new OneNode("Where", 13)
                .input(draws.truths(3, 4))
                .constant(1.5f)
                .input(draws.floats(3, 4))
                .agrees();
        new OneNode("Where", 13).input(draws.truths(3, 4)).scalar(1).scalar(2).agrees();
        new OneNode("Where", 13)
                .input(draws.truths(3, 4))
                .constant(Tensor.of(new int[] {1}))
                .constant(Tensor.of(new int[] {5}))
                .agrees();
        new OneNode("Where", 13)
                .input(draws.truths(3, 4))
                .constant(Tensor.of(new double[] {0.1}))
                .constant(Tensor.of(new double[] {0.7}))
                .agrees(1e-15);
        new OneNode("Where", 13)
                .input(draws.truths())
                .input(draws.longs(0, 5, 3))
                .constant(1L, 2L, 3L)
                .agrees();
    }

    @Test
    void numbersThatAreNone() {
        Tensor x = Tensor.of(new float[] {1, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 0, -3}, 2, 3);
        new OneNode("IsNaN", 13).input(x).agrees();
        new OneNode("IsInf", 13).input(x).agrees();
        new OneNode("IsInf", 13).input(x).attr("detect_negative", 0).agrees();
        new OneNode("IsInf", 13).input(x).attr("detect_positive", 0).agrees();
    }

    @ParameterizedTest
    @CsvSource({"LEFT", "RIGHT"})
    void shifts(String direction) {
        new OneNode("BitShift", 11)
                .inputOf(GraphWriter.UINT8, draws.ints(0, 20, 3, 4))
                .constant(GraphWriter.tensor(GraphWriter.UINT8, new int[] {2}))
                .attr("direction", direction)
                .gives(GraphWriter.UINT8)
                .agrees();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 6, 7, 9, 11})
    void casts(int to) {
        new OneNode("Cast", 13)
                .input(draws.around(0, 5, 3, 4), "N", 4)
                .attr("to", to)
                .agrees();
        new OneNode("Cast", 13).input(draws.longs(-3, 3, 3, 4)).attr("to", to).agrees();
        new OneNode("Cast", 13).input(draws.ints(-3, 3, 3, 4)).attr("to", to).agrees();
        new OneNode("Cast", 13).input(draws.truths(3, 4)).attr("to", to).agrees();
        new OneNode("Cast", 13).input(draws.doubles(3, 4)).attr("to", to).agrees();
    }

    @Test
    void castsToFewBits() {
        new OneNode("Cast", 13).input(draws.floats(3, 4)).attr("to", 10).agrees();
        new OneNode("Cast", 13)
                .input(draws.longs(0, 100, 3, 4))
                .attr("to", 2)
                .gives(GraphWriter.UINT8)
                .agrees();
        new OneNode("Cast", 13)
                .inputOf(GraphWriter.UINT8, draws.ints(0, 100, 3, 4))
                .attr("to", 1)
                .agrees();
        new OneNode("Cast", 13)
                .inputOf(GraphWriter.INT8, draws.ints(-100, 100, 3, 4))
                .attr("to", 7)
                .agrees();
    }

    @Test
    void castsToTheTypeOfAnother() {
        new OneNode("CastLike", 15)
                .input(draws.longs(-3, 3, 3, 4))
                .input(draws.floats(2))
                .agrees();
        new OneNode("CastLike", 15).input(draws.floats(3, 4)).scalar(3).agrees();
    }
}
