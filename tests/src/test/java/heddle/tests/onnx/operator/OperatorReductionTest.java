package heddle.tests.onnx.operator;

import heddle.runtime.tensor.Tensor;
import heddle.tests.onnx.file.Draws;
import heddle.tests.onnx.file.GraphWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reductions, orders, softmax and products. */
class OperatorReductionTest {
    private final Draws draws = new Draws(9);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ReduceMax",
                "ReduceMin",
                "ReduceMean",
                "ReduceProd",
                "ReduceL1",
                "ReduceL2",
                "ReduceSumSquare",
                "ReduceLogSum",
                "ReduceLogSumExp"
            })
    void axesAsAttribute(String operator) {
        Tensor x = draws.between(0.1f, 2, 2, 3, 4);
        new OneNode(operator, 13)
                .input(x, "B", 3, "N")
                .attr("axes", GraphWriter.ints(-1))
                .agrees(1e-5);
        new OneNode(operator, 11)
                .input(x)
                .attr("axes", GraphWriter.ints(0, 2))
                .attr("keepdims", 0)
                .agrees(1e-5);
        new OneNode(operator, 13).input(x).agrees(1e-5);
        new OneNode(operator, 13).input(x).attr("keepdims", 0).agrees(1e-5);
        new OneNode(operator, 13)
                .input(x, "B", 3, "N")
                .attr("axes", GraphWriter.ints(1))
                .attr("keepdims", 0)
                .agrees(1e-5);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ReduceSum",
                "ReduceMax",
                "ReduceMin",
                "ReduceMean",
                "ReduceProd",
                "ReduceL1",
                "ReduceL2",
                "ReduceSumSquare",
                "ReduceLogSum",
                "ReduceLogSumExp"
            })
    void axesAsOperand(String operator) {
        Tensor x = draws.between(0.1f, 2, 2, 3, 4);
        new OneNode(operator, 18).input(x, "B", 3, "N").constant(-1L).agrees(1e-5);
        new OneNode(operator, 18).input(x).constant(0L, 2L).attr("keepdims", 0).agrees(1e-5);
        new OneNode(operator, 18).input(x).agrees(1e-5);
        new OneNode(operator, 18).input(x).constant(new long[0]).agrees(1e-5);
        new OneNode(operator, 18).input(x).attr("noop_with_empty_axes", 1).agrees(1e-5);
        new OneNode(operator, 18)
                .input(draws.floats(3))
                .constant(0L)
                .attr("keepdims", 0)
                .agrees(1e-5);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"ReduceSum", "ReduceMax", "ReduceMin", "ReduceMean", "ReduceProd", "ReduceL1", "ReduceSumSquare"
            })
    void ofIntegers(String operator) {
        new OneNode(operator, 18).input(draws.ints(-5, 5, 3, 4)).constant(1L).agrees();
        if (!operator.equals("ReduceL1") && !operator.equals("ReduceSumSquare")) {
            new OneNode(operator, 18)
                    .input(draws.longs(-5, 5, 3, 4))
                    .constant(0L)
                    .agrees();
        }
    }

    @Test
    void logarithmsOfLargeSums() {
        new OneNode("ReduceLogSumExp", 18)
                .input(draws.around(500, 40, 3, 9))
                .constant(1L)
                .agrees(1e-5);
        float nothing = Float.NEGATIVE_INFINITY;
        new OneNode("ReduceLogSumExp", 18)
                .input(Tensor.of(new float[] {nothing, nothing, nothing, 2}, 2, 2))
                .constant(1L)
                .agrees(1e-5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ReduceMax", "ReduceMin"})
    void ofTruths(String operator) {
        new OneNode(operator, 20).input(draws.truths(3, 4)).constant(1L).agrees();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ArgMax", "ArgMin"})
    void places(String operator) {
        new OneNode(operator, 13).input(draws.floats(3, 4, 5), "B", 4, "N").agrees();
        new OneNode(operator, 13)
                .input(draws.floats(3, 4, 5), "B", 4, "N")
                .attr("axis", -1)
                .attr("keepdims", 0)
                .agrees();
        new OneNode(operator, 13).input(draws.ints(0, 3, 4, 9)).attr("axis", 1).agrees();
        new OneNode(operator, 13)
                .input(draws.ints(0, 3, 4, 9))
                .attr("axis", 1)
                .attr("select_last_index", 1)
                .agrees();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 9})
    void greatest(int k) {
        new OneNode("TopK", 11)
                .input(draws.floats(3, 11))
                .constant((long) k)
                .results(2)
                .agrees();
        new OneNode("TopK", 11)
                .input(draws.floats(11, 3), 11, "N")
                .constant((long) k)
                .attr("axis", 0)
                .attr("largest", 0)
                .results(2)
                .agrees();
        new OneNode("TopK", 11)
                .input(draws.longs(0, 50, 3, 11))
                .constant((long) k)
                .results(2)
                .agrees();
    }

    @Test
    void sumsUpToEach() {
        for (int exclusive = 0; exclusive < 2; exclusive++) {
            for (int reverse = 0; reverse < 2; reverse++) {
                new OneNode("CumSum", 14)
                        .input(draws.floats(3, 5), "N", 5)
                        .scalar(0)
                        .attr("exclusive", exclusive)
                        .attr("reverse", reverse)
                        .agrees(1e-5);
                new OneNode("CumSum", 14)
                        .input(draws.longs(0, 9, 3, 5), 3, "N")
                        .scalar(-1)
                        .attr("exclusive", exclusive)
                        .attr("reverse", reverse)
                        .agrees();
            }
        }
        new OneNode("CumSum", 11)
                .input(draws.ints(0, 9, 7))
                .constant(Tensor.of(new int[] {0}))
                .agrees();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Softmax", "LogSoftmax", "Hardmax"})
    void distributions(String operator) {
        for (int axis = -1; axis < 3; axis++) {
            new OneNode(operator, 13)
                    .input(draws.floats(2, 3, 4), "B", 3, "N")
                    .attr("axis", axis)
                    .agrees(1e-5);
            new OneNode(operator, 11)
                    .input(draws.floats(2, 3, 4))
                    .attr("axis", axis)
                    .agrees(1e-5);
        }
        new OneNode(operator, 13).input(draws.floats(2, 3, 4)).agrees(1e-5);
        new OneNode(operator, 11).input(draws.floats(2, 3, 4)).agrees(1e-5);
        new OneNode(operator, 11).input(draws.floats(3, 4)).agrees(1e-5);
    }

    @Test
    void products() {
        long[][][] shapes = {
            {{3, 4}, {4, 5}},
            {{2, 3, 4}, {4, 5}},
            {{2, 3, 4}, {2, 4, 5}},
            {{2, 1, 3, 4}, {6, 4, 5}},
            {{4}, {4, 5}},
            {{3, 4}, {4}},
            {{4}, {4}},
            {{2, 3, 4}, {4}},
            {{4}, {2, 4, 5}}
        };
        for (long[][] s : shapes) {
            new OneNode("MatMul", 13)
                    .input(draws.floats(s[0]))
                    .input(draws.floats(s[1]))
                    .agrees(1e-5);
        }
        new OneNode("MatMul", 13)
                .input(draws.floats(2, 3, 4), "B", "N", 4)
                .constant(draws.floats(4, 5))
                .agrees(1e-5);
        new OneNode("MatMul", 13)
                .input(draws.floats(2, 3, 4), "B", "N", "D")
                .input(draws.floats(4, 5), "E", 5)
                .agrees(1e-5);
        new OneNode("MatMul", 13)
                .input(draws.doubles(3, 4))
                .input(draws.doubles(4, 5))
                .agrees(1e-12);
        new OneNode("MatMul", 13)
                .input(draws.longs(-5, 5, 3, 4))
                .input(draws.longs(-5, 5, 4, 2))
                .agrees();
    }

    @Test
    void generalProducts() {
        for (int a = 0; a < 2; a++) {
            for (int b = 0; b < 2; b++) {
                Tensor left = a == 0 ? draws.floats(3, 4) : draws.floats(4, 3);
                Tensor right = b == 0 ? draws.floats(4, 5) : draws.floats(5, 4);
                new OneNode("Gemm", 13)
                        .input(left)
                        .constant(right)
                        .constant(draws.floats(5))
                        .attr("transA", a)
                        .attr("transB", b)
                        .agrees(1e-5);
                new OneNode("Gemm", 11)
                        .input(left)
                        .input(right)
                        .attr("transA", a)
                        .attr("transB", b)
                        .attr("alpha", 0.5f)
                        .agrees(1e-5);
            }
        }
        new OneNode("Gemm", 13)
                .input(draws.floats(3, 4), "N", 4)
                .input(draws.floats(4, 5))
                .input(draws.floats(3, 1), "N", 1)
                .attr("beta", 0.25f)
                .agrees(1e-5);
        new OneNode("Gemm", 13)
                .input(draws.floats(3, 4))
                .input(draws.floats(4, 5))
                .scalar(2f)
                .attr("alpha", 2f)
                .agrees(1e-5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bhid,bhjd->bhij", "bhij,bhjd->bhid", "b h i d, b h j d -> b i h j", "bhid,bhjd"})
    void equationsOfTwo(String equation) {
        boolean second = equation.startsWith("bhij");
        new OneNode("Einsum", 12)
                .input(draws.floats(2, 3, 4, second ? 6 : 5))
                .input(draws.floats(2, 3, 6, 5))
                .attr("equation", equation)
                .agrees(1e-5);
    }

    @Test
    void equations() {
        new OneNode("Einsum", 12)
                .input(draws.floats(3, 4))
                .attr("equation", "ij->ji")
                .agrees();
        new OneNode("Einsum", 12)
                .input(draws.floats(3, 4), "N", 4)
                .attr("equation", "ij->i")
                .agrees(1e-5);
        new OneNode("Einsum", 12)
                .input(draws.floats(2, 3, 4))
                .input(draws.floats(4, 5))
                .attr("equation", "...ij,jk->...ik")
                .agrees(1e-5);
        new OneNode("Einsum", 12)
                .input(draws.floats(4, 4))
                .attr("equation", "ii->i")
                .agrees(1e-5);
        new OneNode("Einsum", 12)
                .input(draws.floats(3))
                .input(draws.floats(4))
                .attr("equation", "i,j->ij")
                .agrees(1e-5);
        new OneNode("Einsum", 12)
                .input(draws.floats(2, 3))
                .input(draws.floats(3, 4))
                .input(draws.floats(4, 5))
                .attr("equation", "ab,bc,cd->ad")
                .agrees(1e-5);
    }
}
