package heddle.tests.onnx.operator;

import heddle.runtime.tensor.Tensor;
import heddle.tests.onnx.file.Draws;
import heddle.tests.onnx.file.GraphWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The same elements under other axes, parts of them, and margins around them. */
class OperatorLayoutTest {
    private final Draws draws = new Draws(11);

    @Test
    void reshapes() {
        Tensor x = draws.floats(2, 3, 8);
        long[][] shapes = {
            {2, 3, 2, 4},
            {2, 3, -1, 4},
            {0, 0, 2, 4},
            {0, -1},
            {6, 8},
            {-1},
            {0, 3, 8},
            {2, 24},
            {2, 3, 8, 1},
            {1, 2, 3, 8},
            {8, 6},
            {2, 1, 3, 8}
        };
        for (long[] shape : shapes) {
            new OneNode("Reshape", 13).input(x).constant(shape).agrees();
        }
        new OneNode("Reshape", 13)
                .input(x, "B", "N", 8)
                .constant(0L, 0L, 2L, 4L)
                .agrees();
        new OneNode("Reshape", 13).input(x, "B", "N", 8).constant(0L, -1L, 8L).agrees();
        new OneNode("Reshape", 13).input(x, "B", "N", 8).constant(-1L, 8L).agrees();
        new OneNode("Reshape", 14)
                .input(draws.floats(0, 3))
                .constant(3L, 0L)
                .attr("allowzero", 1)
                .agrees();
        new OneNode("Reshape", 13)
                .input(draws.longs(0, 9, 1))
                .constant(new long[0])
                .agrees();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, -1, 3})
    void flattens(int axis) {
        new OneNode("Flatten", 13)
                .input(draws.floats(2, 3, 4), "B", 3, "N")
                .attr("axis", axis)
                .agrees();
    }

    @Test
    void axesOfLengthOne() {
        Tensor x = draws.floats(1, 3, 1, 4);
        new OneNode("Squeeze", 13).input(x).constant(0L).agrees();
        new OneNode("Squeeze", 13).input(x).constant(0L, -2L).agrees();
        new OneNode("Squeeze", 13).input(x).agrees();
        new OneNode("Squeeze", 11)
                .input(x, 1, "N", 1, 4)
                .attr("axes", GraphWriter.ints(2))
                .agrees();
        new OneNode("Squeeze", 13).input(draws.floats(3, 1)).constant(-1L).agrees();
        new OneNode("Unsqueeze", 13)
                .input(draws.floats(3, 4), "N", 4)
                .constant(0L)
                .agrees();
        new OneNode("Unsqueeze", 13)
                .input(draws.floats(3, 4), "N", 4)
                .constant(1L, 2L)
                .agrees();
        new OneNode("Unsqueeze", 13).input(draws.floats(3, 4)).constant(-1L).agrees();
        new OneNode("Unsqueeze", 13).input(draws.floats(3, 4)).constant(0L, -1L).agrees();
        new OneNode("Unsqueeze", 11)
                .input(draws.floats(2, 3, 4))
                .attr("axes", GraphWriter.ints(3))
                .agrees();
        new OneNode("Unsqueeze", 13).input(draws.floats()).constant(0L).agrees();
        new OneNode("Unsqueeze", 13).input(draws.floats()).constant(0L, 1L).agrees();
    }

    @Test
    void transposes() {
        new OneNode("Transpose", 13).input(draws.floats(2, 3, 4), "B", 3, "N").agrees();
        for (long[] order : new long[][] {{0, 2, 1}, {1, 0, 2}, {2, 1, 0}, {1, 2, 0}, {0, 1, 2}}) {
            new OneNode("Transpose", 13)
                    .input(draws.floats(2, 3, 4), "B", 3, "N")
                    .attr("perm", order)
                    .agrees();
        }
        new OneNode("Transpose", 13).input(draws.floats(3)).agrees();
        new OneNode("Transpose", 13)
                .input(draws.floats(2, 3, 4, 5))
                .attr("perm", GraphWriter.ints(0, 2, 1, 3))
                .agrees();
    }

    @ParameterizedTest
    @ValueSource(strings = {"DCR", "CRD"})
    void blocks(String mode) {
        new OneNode("DepthToSpace", 13)
                .input(draws.floats(2, 12, 3, 4), "B", 12, "H", 4)
                .attr("blocksize", 2)
                .attr("mode", mode)
                .agrees();
        new OneNode("SpaceToDepth", 13)
                .input(draws.floats(2, 3, 4, 6))
                .attr("blocksize", 2)
                .agrees();
    }

    @ParameterizedTest
    @CsvSource({
        "1,3,1",
        "0,9,1",
        "-3,9223372036854775807,1",
        "0,-1,1",
        "0,100,2",
        "1,6,2",
        "-1,-9223372036854775807,-1",
        "5,1,-2",
        "100,-100,-1",
        "4,2,1",
        "-100,2,1",
        "-2,-1,1",
        "3,3,1"
    })
    void slices(long start, long end, long step) {
        new OneNode("Slice", 13)
                .input(draws.floats(3, 7), "N", 7)
                .constant(start)
                .constant(end)
                .constant(1L)
                .constant(step)
                .agrees();
        new OneNode("Slice", 11)
                .input(draws.floats(7, 3))
                .constant(start)
                .constant(end)
                .absent()
                .constant(step)
                .agrees();
        new OneNode("Slice", 13)
                .input(draws.floats(2, 3, 7))
                .constant(start)
                .constant(end)
                .constant(-1L)
                .constant(step)
                .agrees();
    }

    @ParameterizedTest
    @CsvSource({
        "1,3",
        "0,9223372036854775807",
        "-3,9223372036854775807",
        "0,-1",
        "-1,9223372036854775807",
        "1,2147483647",
        "-9223372036854775807,3"
    })
    void slicesOfLengths(long start, long end) {
        new OneNode("Slice", 13)
                .input(draws.floats(7, 4), "N", 4)
                .constant(start)
                .constant(end)
                .agrees();
        new OneNode("Slice", 13)
                .input(draws.floats(2, 7, 4), "B", "N", 4)
                .constant(start, 0L)
                .constant(end, 2L)
                .constant(1L, 2L)
                .agrees();
    }

    /** As PyTorch writes {@code flip}. */
    @Test
    void lengthsBackwards() {
        new OneNode("Slice", 13)
                .input(draws.floats(7, 4), "N", 4)
                .constant(-1L)
                .constant(-Long.MAX_VALUE)
                .constant(0L)
                .constant(-1L)
                .agrees();
    }

    @Test
    void slicesByAttributes() {
        new OneNode("Slice", 9)
                .input(draws.floats(5, 7))
                .attr("starts", GraphWriter.ints(1, -3))
                .attr("ends", GraphWriter.ints(4, 100))
                .agrees();
        new OneNode("Slice", 9)
                .input(draws.floats(5, 7))
                .attr("starts", GraphWriter.ints(1))
                .attr("ends", GraphWriter.ints(4))
                .attr("axes", GraphWriter.ints(1))
                .agrees();
        new OneNode("Slice", 13)
                .input(draws.floats(5, 7))
                .constant(4L)
                .constant(-6L)
                .constant(0L)
                .constant(-1L)
                .agrees();
    }

    @Test
    void parts() {
        new OneNode("Split", 13)
                .input(draws.floats(2, 6), "N", 6)
                .attr("axis", 1)
                .results(3)
                .agrees();
        new OneNode("Split", 13)
                .input(draws.floats(6, 2))
                .constant(1L, 2L, 3L)
                .results(3)
                .agrees();
        new OneNode("Split", 11)
                .input(draws.floats(2, 6))
                .attr("axis", -1)
                .attr("split", GraphWriter.ints(2, 4))
                .results(2)
                .agrees();
        new OneNode("Split", 18)
                .input(draws.floats(2, 7))
                .attr("axis", 1)
                .attr("num_outputs", 3)
                .results(3)
                .agrees();
        new OneNode("Split", 13)
                .input(draws.floats(2, 6))
                .attr("axis", 1)
                .results(1)
                .agrees();
    }

    @Test
    void joins() {
        new OneNode("Concat", 13)
                .input(draws.floats(2, 3), "N", 3)
                .input(draws.floats(2, 5), "N", 5)
                .attr("axis", 1)
                .agrees();
        new OneNode("Concat", 13)
                .input(draws.floats(2, 3), "N", 3)
                .input(draws.floats(4, 3), "M", 3)
                .attr("axis", 0)
                .agrees();
        new OneNode("Concat", 13)
                .input(draws.floats(2, 3, 4))
                .constant(draws.floats(2, 1, 4))
                .input(draws.floats(2, 3, 4))
                .attr("axis", -2)
                .agrees();
        new OneNode("Concat", 13)
                .input(draws.longs(0, 9, 3))
                .constant(5L)
                .attr("axis", 0)
                .agrees();
        new OneNode("Concat", 13).input(draws.floats(2, 3)).attr("axis", 0).agrees();
    }

    @Test
    void copies() {
        new OneNode("Expand", 13)
                .input(draws.floats(3, 1), "N", 1)
                .constant(2L, 1L, 4L)
                .agrees();
        new OneNode("Expand", 13).input(draws.floats(3, 4)).constant(1L).agrees();
        new OneNode("Expand", 13).input(draws.floats()).constant(2L, 3L).agrees();
        new OneNode("Tile", 13)
                .input(draws.floats(3, 2), "N", 2)
                .constant(2L, 3L)
                .agrees();
        new OneNode("Tile", 13).input(draws.floats(3, 2)).constant(1L, 1L).agrees();
        new OneNode("Dropout", 13).input(draws.floats(3, 2)).agrees();
        new OneNode("Dropout", 11).input(draws.floats(3, 2)).attr("ratio", 0.5f).agrees();
        new OneNode("Dropout", 13).input(draws.floats(3, 2)).results(2).agrees();
        new OneNode("Dropout", 13)
                .input(draws.floats(3, 2))
                .scalar(0.5f)
                .constant(Tensor.of(new boolean[] {false}))
                .agrees();
    }

    @ParameterizedTest
    @ValueSource(strings = {"constant", "reflect", "edge", "wrap"})
    void margins(String mode) {
        new OneNode("Pad", 19)
                .input(draws.floats(3, 4), "N", 4)
                .constant(0L, 1L, 0L, 2L)
                .attr("mode", mode)
                .agrees();
        new OneNode("Pad", 19)
                .input(draws.floats(3, 4))
                .constant(1L, 3L, 2L, 0L)
                .attr("mode", mode)
                .agrees();
        new OneNode("Pad", 19)
                .input(draws.floats(1, 3, 5, 4))
                .constant(0L, 0L, 1L, 1L, 0L, 0L, 1L, 1L)
                .attr("mode", mode)
                .agrees();
        if (!mode.equals("wrap")) {
            new OneNode("Pad", 11)
                    .input(draws.floats(3, 4))
                    .constant(2L, 0L, 0L, 3L)
                    .attr("mode", mode)
                    .agrees();
        }
    }

    @Test
    void marginsOfAValue() {
        new OneNode("Pad", 13)
                .input(draws.floats(3, 4))
                .constant(0L, 1L, 0L, 2L)
                .scalar(-1.5f)
                .agrees();
        new OneNode("Pad", 18)
                .input(draws.floats(3, 4))
                .constant(1L, 2L)
                .scalar(7f)
                .constant(-1L)
                .agrees();
        new OneNode("Pad", 13)
                .input(draws.longs(0, 9, 3, 4))
                .constant(0L, 1L, 0L, 2L)
                .scalar(-1)
                .agrees();
        new OneNode("Pad", 13)
                .input(draws.truths(3, 4))
                .constant(0L, 1L, 0L, 2L)
                .constant(Tensor.of(new boolean[] {true}))
                .agrees();
        new OneNode("Pad", 13)
                .input(draws.floats(5, 4))
                .constant(-1L, 1L, -2L, 0L)
                .agrees();
        new OneNode("Pad", 13)
                .input(draws.floats(5, 4))
                .constant(-1L, 0L, 0L, -1L)
                .agrees();
        new OneNode("Pad", 2)
                .input(draws.floats(3, 4))
                .attr("pads", GraphWriter.ints(0, 1, 1, 0))
                .attr("value", 2f)
                .agrees();
    }

    @ParameterizedTest
    @CsvSource({
        "nearest,half_pixel",
        "nearest,asymmetric",
        "nearest,align_corners",
        "linear,half_pixel",
        "linear,asymmetric",
        "linear,align_corners",
        "linear,pytorch_half_pixel",
        "cubic,half_pixel",
        "cubic,align_corners"
    })
    void resizes(String mode, String coordinates) {
        new OneNode("Resize", 13)
                .input(draws.floats(1, 2, 4, 5))
                .absent()
                .absent()
                .constant(1L, 2L, 7L, 3L)
                .attr("mode", mode)
                .attr("coordinate_transformation_mode", coordinates)
                .agrees(1e-5);
        new OneNode("Resize", 13)
                .input(draws.floats(1, 2, 4, 5))
                .absent()
                .constant(1f, 1f, 2f, 2f)
                .attr("mode", mode)
                .attr("coordinate_transformation_mode", coordinates)
                .agrees(1e-5);
        new OneNode("Resize", 18)
                .input(draws.floats(4, 6))
                .absent()
                .constant(0.5f)
                .attr("axes", GraphWriter.ints(1))
                .attr("mode", mode)
                .attr("coordinate_transformation_mode", coordinates)
                .agrees(1e-5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"round_prefer_floor", "round_prefer_ceil", "floor", "ceil"})
    void roundings(String rounding) {
        new OneNode("Resize", 13)
                .input(draws.floats(1, 1, 4, 6))
                .absent()
                .absent()
                .constant(1L, 1L, 6L, 3L)
                .attr("nearest_mode", rounding)
                .agrees(1e-5);
    }

    @Test
    void olderResizes() {
        new OneNode("Resize", 10)
                .input(draws.floats(1, 2, 3, 4))
                .constant(1f, 1f, 2f, 3f)
                .agrees();
        new OneNode("Upsample", 9)
                .input(draws.floats(1, 2, 3, 4))
                .constant(1f, 1f, 2f, 2f)
                .agrees();
        new OneNode("Upsample", 7)
                .input(draws.floats(1, 2, 3, 4))
                .attr("scales", new float[] {1, 1, 2, 2})
                .attr("mode", "linear")
                .agrees(1e-5);
    }
}
