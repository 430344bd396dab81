package heddle.tests.onnx.operator;

import heddle.runtime.tensor.Tensor;
import heddle.tests.onnx.file.Draws;
import heddle.tests.onnx.file.GraphWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Normalisations, convolutions and pooling. */
class OperatorNormalisationTest {
    private final Draws draws = new Draws(10);

    @Test
    void layerNormalization() {
        Tensor x = draws.floats(2, 3, 4);
        new OneNode("LayerNormalization", 17)
                .input(x, "B", "N", 4)
                .constant(draws.floats(4))
                .constant(draws.floats(4))
                .agrees(1e-5);
        new OneNode("LayerNormalization", 17)
                .input(x)
                .constant(draws.floats(4))
                .attr("epsilon", 1e-2f)
                .agrees(1e-5);
        new OneNode("LayerNormalization", 17)
                .input(x)
                .constant(draws.floats(3, 4))
                .constant(draws.floats(3, 4))
                .attr("axis", 1)
                .agrees(1e-5);
        new OneNode("LayerNormalization", 17)
                .input(x)
                .constant(draws.floats(3, 4))
                .attr("axis", -2)
                .agrees(1e-5);
        new OneNode("LayerNormalization", 17)
                .input(x)
                .constant(draws.floats(4))
                .results(3)
                .agrees(1e-5);
    }

    @Test
    void rmsNormalization() {
        Tensor x = draws.floats(2, 3, 4);
        new OneNode("RMSNormalization", 23)
                .input(x, "B", "N", 4)
                .constant(draws.floats(4))
                .agrees(1e-5);
        new OneNode("RMSNormalization", 23)
                .input(x)
                .constant(draws.floats(3, 4))
                .attr("axis", 1)
                .attr("epsilon", 1e-2f)
                .agrees(1e-5);
    }

    @Test
    void batchNormalization() {
        for (long[] shape : new long[][] {{2, 3, 4, 5}, {2, 3, 4}, {2, 3}}) {
            new OneNode("BatchNormalization", 15)
                    .input(draws.floats(shape))
                    .constant(draws.floats(3))
                    .constant(draws.floats(3))
                    .constant(draws.floats(3))
                    .constant(draws.between(0.5f, 2, 3))
                    .attr("epsilon", 1e-3f)
                    .agrees(1e-5);
        }
    }

    @Test
    void instanceAndGroupNormalization() {
        new OneNode("InstanceNormalization", 6)
                .input(draws.floats(2, 3, 4, 5), "B", 3, "H", "W")
                .constant(draws.floats(3))
                .constant(draws.floats(3))
                .agrees(1e-5);
        new OneNode("InstanceNormalization", 6)
                .input(draws.floats(2, 3, 9))
                .constant(draws.floats(3))
                .constant(draws.floats(3))
                .agrees(1e-5);
        new OneNode("GroupNormalization", 21)
                .input(draws.floats(2, 6, 4, 5), "B", 6, 4, 5)
                .constant(draws.floats(6))
                .constant(draws.floats(6))
                .attr("num_groups", 2)
                .agrees(1e-5);
        new OneNode("GroupNormalization", 18)
                .input(draws.floats(2, 6, 4, 5))
                .constant(draws.floats(2))
                .constant(draws.floats(2))
                .attr("num_groups", 2)
                .agrees(1e-5);
    }

    @Test
    void lengthsAndNeighbours() {
        for (int p = 1; p < 3; p++) {
            new OneNode("LpNormalization", 11)
                    .input(draws.floats(2, 3, 4), "B", 3, "N")
                    .attr("p", p)
                    .agrees(1e-5);
            new OneNode("LpNormalization", 11)
                    .input(draws.floats(2, 3, 4))
                    .attr("p", p)
                    .attr("axis", 1)
                    .agrees(1e-5);
        }
        new OneNode("MeanVarianceNormalization", 13)
                .input(draws.floats(2, 3, 4, 5))
                .agrees(1e-4);
        new OneNode("LRN", 13)
                .input(draws.floats(2, 7, 4, 5))
                .attr("size", 3)
                .attr("alpha", 0.1f)
                .agrees(1e-5);
        new OneNode("LRN", 13)
                .input(draws.floats(2, 7, 4, 5))
                .attr("size", 5)
                .attr("bias", 2f)
                .attr("beta", 0.5f)
                .agrees(1e-5);
    }

    @Test
    void convolutionsOfOneAxis() {
        new OneNode("Conv", 11)
                .input(draws.floats(2, 3, 20), "B", 3, "N")
                .constant(draws.floats(4, 3, 3))
                .constant(draws.floats(4))
                .attr("pads", GraphWriter.ints(1, 1))
                .agrees(1e-5);
        new OneNode("Conv", 11)
                .input(draws.floats(2, 3, 20))
                .constant(draws.floats(4, 3, 3))
                .attr("strides", GraphWriter.ints(2))
                .attr("pads", GraphWriter.ints(2, 1))
                .agrees(1e-5);
        new OneNode("Conv", 11)
                .input(draws.floats(2, 4, 20))
                .constant(draws.floats(4, 1, 3))
                .attr("group", 4)
                .attr("dilations", GraphWriter.ints(2))
                .agrees(1e-5);
    }

    @Test
    void convolutionsOfTwoAxes() {
        new OneNode("Conv", 11)
                .input(draws.floats(2, 3, 8, 8), "B", 3, 8, 8)
                .constant(draws.floats(4, 3, 2, 2))
                .constant(draws.floats(4))
                .attr("kernel_shape", GraphWriter.ints(2, 2))
                .attr("strides", GraphWriter.ints(2, 2))
                .agrees(1e-5);
        new OneNode("Conv", 11)
                .input(draws.floats(2, 4, 7, 6))
                .constant(draws.floats(6, 2, 3, 2))
                .attr("group", 2)
                .attr("pads", GraphWriter.ints(1, 0, 2, 1))
                .attr("dilations", GraphWriter.ints(1, 2))
                .agrees(1e-5);
        for (String automatic : new String[] {"SAME_UPPER", "SAME_LOWER", "VALID"}) {
            new OneNode("Conv", 11)
                    .input(draws.floats(1, 2, 7, 8))
                    .constant(draws.floats(3, 2, 3, 2))
                    .attr("auto_pad", automatic)
                    .attr("strides", GraphWriter.ints(2, 2))
                    .agrees(1e-5);
        }
        new OneNode("Conv", 11)
                .input(draws.floats(1, 2, 7, 8))
                .constant(draws.floats(3, 2, 1, 1))
                .agrees(1e-5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"MaxPool", "AveragePool"})
    void pools(String operator) {
        new OneNode(operator, 19)
                .input(draws.floats(2, 3, 8), "B", 3, "N")
                .attr("kernel_shape", GraphWriter.ints(2))
                .attr("strides", GraphWriter.ints(2))
                .agrees(1e-5);
        new OneNode(operator, 11)
                .input(draws.floats(2, 3, 8, 9))
                .attr("kernel_shape", GraphWriter.ints(3, 3))
                .attr("strides", GraphWriter.ints(2, 2))
                .attr("pads", GraphWriter.ints(1, 1, 1, 1))
                .agrees(1e-5);
        new OneNode(operator, 11)
                .input(draws.floats(2, 3, 8, 9))
                .attr("kernel_shape", GraphWriter.ints(3, 2))
                .agrees(1e-5);
        new OneNode(operator, 11)
                .input(draws.floats(2, 3, 8, 9))
                .attr("kernel_shape", GraphWriter.ints(3, 2))
                .attr("strides", GraphWriter.ints(2, 2))
                .attr("ceil_mode", 1)
                .agrees(1e-5);
        new OneNode(operator, 11)
                .input(draws.floats(2, 3, 8, 9))
                .attr("kernel_shape", GraphWriter.ints(3, 2))
                .attr("auto_pad", "SAME_UPPER")
                .agrees(1e-5);
    }

    @ParameterizedTest
    @CsvSource({"1", "0"})
    void averagesWithMargins(int counts) {
        new OneNode("AveragePool", 11)
                .input(draws.floats(2, 3, 8, 9))
                .attr("kernel_shape", GraphWriter.ints(3, 3))
                .attr("pads", GraphWriter.ints(1, 0, 1, 1))
                .attr("count_include_pad", counts)
                .agrees(1e-5);
    }

    @Test
    void poolsOfAllPositions() {
        new OneNode("MaxPool", 12)
                .input(draws.floats(1, 2, 20))
                .attr("kernel_shape", GraphWriter.ints(3))
                .attr("dilations", GraphWriter.ints(2))
                .agrees(1e-5);
        new OneNode("GlobalAveragePool", 11)
                .input(draws.floats(2, 3, 4, 5), "B", 3, "H", "W")
                .agrees(1e-5);
        new OneNode("GlobalMaxPool", 11).input(draws.floats(2, 3, 4)).agrees(1e-5);
    }

    @Test
    void transposedConvolutions() {
        new OneNode("ConvTranspose", 11)
                .input(draws.floats(2, 3, 5), "B", 3, "N")
                .constant(draws.floats(3, 4, 3))
                .constant(draws.floats(4))
                .agrees(1e-5);
        new OneNode("ConvTranspose", 11)
                .input(draws.floats(2, 3, 5), "B", 3, "N")
                .constant(draws.floats(3, 4, 4))
                .attr("strides", GraphWriter.ints(2))
                .attr("pads", GraphWriter.ints(1, 1))
                .agrees(1e-5);
        new OneNode("ConvTranspose", 11)
                .input(draws.floats(1, 3, 4, 5))
                .constant(draws.floats(3, 2, 2, 2))
                .attr("strides", GraphWriter.ints(2, 2))
                .agrees(1e-5);
        new OneNode("ConvTranspose", 11)
                .input(draws.floats(1, 4, 4, 5))
                .constant(draws.floats(4, 3, 3, 2))
                .attr("group", 2)
                .attr("strides", GraphWriter.ints(3, 1))
                .attr("pads", GraphWriter.ints(1, 0, 2, 1))
                .attr("output_padding", GraphWriter.ints(2, 0))
                .agrees(1e-5);
        new OneNode("ConvTranspose", 11)
                .input(draws.floats(1, 1, 3, 3))
                .constant(draws.floats(1, 2, 2, 2))
                .attr("dilations", GraphWriter.ints(2, 2))
                .agrees(1e-5);
    }
}
