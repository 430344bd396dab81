package heddle.tests.onnx.operator;

import heddle.runtime.tensor.Tensor;
import heddle.tests.onnx.file.Draws;
import heddle.tests.onnx.file.GraphWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Elements by index, and tensors made of positions. */
class OperatorIndexTest {
    private final Draws draws = new Draws(12);

    @ParameterizedTest
    @ValueSource(ints = {0, 1, -1})
    void gathers(int axis) {
        Tensor x = draws.floats(5, 4, 6);
        new OneNode("Gather", 13)
                .input(x)
                .input(draws.longs(0, 4, 2, 3))
                .attr("axis", axis)
                .agrees();
        new OneNode("Gather", 13)
                .input(x)
                .constant(1L, -1L, 2L)
                .attr("axis", axis)
                .agrees();
        new OneNode("Gather", 13).input(x, 5, 4, 6).scalar(2).attr("axis", axis).agrees();
        new OneNode("Gather", 13)
                .input(x, "N", "M", "K")
                .scalar(-1)
                .attr("axis", axis)
                .agrees();
        new OneNode("Gather", 13)
                .constant(draws.floats(9, 4))
                .input(draws.ints(0, 9, 2, 3), "B", "N")
                .agrees();
        new OneNode("Gather", 13)
                .input(x)
                .input(draws.longs(0, 4))
                .attr("axis", axis)
                .agrees();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, -1})
    void gathersElements(int axis) {
        new OneNode("GatherElements", 13)
                .input(draws.floats(5, 5))
                .input(draws.longs(0, 5, 5, 5))
                .attr("axis", axis)
                .agrees();
        new OneNode("GatherElements", 13)
                .input(draws.floats(5, 5))
                .input(draws.longs(0, 5, 3, 2))
                .attr("axis", axis)
                .agrees();
        new OneNode("GatherElements", 13)
                .input(draws.floats(5, 5))
                .constant(draws.longs(-5, 5, 5, 5))
                .attr("axis", axis)
                .agrees();
    }

    @Test
    void gathersByPlaces() {
        new OneNode("GatherND", 13)
                .input(draws.floats(5, 4, 6), "N", 4, 6)
                .constant(draws.longs(0, 4, 7, 2))
                .agrees();
        new OneNode("GatherND", 13)
                .input(draws.floats(5, 4, 6))
                .constant(draws.longs(-4, 4, 2, 3, 3))
                .agrees();
        new OneNode("GatherND", 13)
                .input(draws.floats(5, 4))
                .input(draws.longs(0, 4, 3, 1))
                .agrees();
        new OneNode("GatherND", 13)
                .input(draws.floats(3, 4, 6))
                .constant(draws.longs(0, 4, 3, 2, 1))
                .attr("batch_dims", 1)
                .agrees();
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "add", "mul", "max", "min"})
    void scatters(String reduction) {
        Tensor places = Tensor.of(new long[] {4, 1, 0, 2, 3}, 5, 1);
        new OneNode("ScatterND", 18)
                .input(draws.floats(6, 3), "N", 3)
                .constant(places)
                .input(draws.floats(5, 3))
                .attr("reduction", reduction)
                .agrees(1e-5);
        Tensor pairs = Tensor.of(new long[] {0, 1, -1, 2, 3, 0}, 3, 2);
        new OneNode("ScatterND", 18)
                .input(draws.floats(6, 3, 2))
                .constant(pairs)
                .input(draws.floats(3, 2))
                .attr("reduction", reduction)
                .agrees(1e-5);
        Tensor rows = Tensor.of(new long[] {2, 0, 1, 0, 3, -1}, 2, 3);
        new OneNode("ScatterElements", 18)
                .input(draws.floats(5, 3), "N", 3)
                .constant(rows)
                .input(draws.floats(2, 3))
                .attr("reduction", reduction)
                .agrees(1e-5);
        Tensor columns = Tensor.of(new long[] {1, 3, 0, 2}, 2, 2);
        new OneNode("ScatterElements", 18)
                .input(draws.floats(2, 4))
                .constant(columns)
                .input(draws.floats(2, 2))
                .attr("axis", 1)
                .attr("reduction", reduction)
                .agrees(1e-5);
    }

    /** Along the other axes the index may end before x does. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void scattersIntoACorner(int axis) {
        for (String reduction : new String[] {"none", "add"}) {
            new OneNode("ScatterElements", 18)
                    .input(draws.floats(3, 4, 5))
                    .constant(Tensor.of(new long[] {2, 0, 1, 1, 0, 2, -1, 1}, 2, 2, 2))
                    .input(draws.floats(2, 2, 2))
                    .attr("axis", axis)
                    .attr("reduction", reduction)
                    .agrees(1e-5);
        }
    }

    @Test
    void olderScatters() {
        Tensor columns = Tensor.of(new long[] {1, 3, 0, 2}, 2, 2);
        new OneNode("Scatter", 9)
                .input(draws.floats(2, 4))
                .constant(columns)
                .input(draws.floats(2, 2))
                .attr("axis", 1)
                .agrees();
        new OneNode("ScatterND", 11)
                .input(draws.longs(0, 9, 6))
                .constant(Tensor.of(new long[] {3, 1}, 2, 1))
                .constant(70L, 80L)
                .agrees();
    }

    @ParameterizedTest
    @ValueSource(strings = {"linear", "circular"})
    void cachesThatAreUpdated(String mode) {
        Tensor places = Tensor.of(new long[] {mode.equals("linear") ? 1 : 4, 2}, 2);
        new OneNode("TensorScatter", 24)
                .input(draws.floats(2, 3, 5, 4), "B", 3, 5, 4)
                .input(draws.floats(2, 3, 2, 4), "B", 3, "N", 4)
                .input(places, "B")
                .attr("mode", mode)
                .agrees();
        new OneNode("TensorScatter", 24)
                .input(draws.floats(2, 5, 4))
                .input(draws.floats(2, 3, 4))
                .agrees();
    }

    @Test
    void negativeIndicesThatAreComputed() {
        new OneNode("Gather", 13)
                .input(draws.floats(5, 4))
                .constant(-5L, 4L, -1L)
                .agrees();
        new OneNode("ScatterND", 13)
                .input(draws.floats(5))
                .constant(Tensor.of(new long[] {-1, 0}, 2, 1))
                .constant(1f, 2f)
                .agrees();
    }

    @ParameterizedTest
    @ValueSource(ints = {-2, 0, 1})
    void triangles(int k) {
        for (int upper = 0; upper < 2; upper++) {
            new OneNode("Trilu", 14)
                    .input(draws.floats(4, 5), "N", "M")
                    .scalar(k)
                    .attr("upper", upper)
                    .agrees();
            new OneNode("Trilu", 14)
                    .input(draws.longs(1, 9, 2, 5, 3))
                    .scalar(k)
                    .attr("upper", upper)
                    .agrees();
            new OneNode("Trilu", 14)
                    .input(draws.truths(4, 4))
                    .scalar(k)
                    .attr("upper", upper)
                    .agrees();
        }
        new OneNode("Trilu", 14).input(draws.floats(4, 5)).agrees();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 1})
    void oneHot(int axis) {
        new OneNode("OneHot", 11)
                .input(draws.longs(-7, 9, 2, 3), "N", 3)
                .scalar(6)
                .constant(0f, 1f)
                .attr("axis", axis)
                .agrees();
        new OneNode("OneHot", 11)
                .input(draws.longs(0, 6, 2, 3))
                .scalar(6)
                .constant(0L, 1L)
                .attr("axis", axis)
                .agrees();
        new OneNode("OneHot", 11)
                .input(draws.longs(0, 6, 2, 3))
                .constant(6L)
                .constant(-0.5f, 2f)
                .attr("axis", axis)
                .agrees();
        new OneNode("OneHot", 11)
                .input(Tensor.of(new float[] {0, 2, 1}, 3))
                .scalar(4f)
                .constant(0f, 1f)
                .attr("axis", axis)
                .agrees();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, -1})
    void identities(int k) {
        new OneNode("EyeLike", 9)
                .input(draws.floats(4, 5), "N", "M")
                .attr("k", k)
                .agrees();
        new OneNode("EyeLike", 9)
                .input(draws.longs(0, 3, 4, 4))
                .attr("k", k)
                .attr("dtype", 1)
                .agrees();
    }

    @Test
    void shapes() {
        new OneNode("Shape", 13).input(draws.floats(4, 5), "N", 5).agrees();
        new OneNode("Shape", 15)
                .input(draws.floats(4, 5, 6), "N", "M", 6)
                .attr("start", 1)
                .agrees();
        new OneNode("Shape", 15)
                .input(draws.floats(4, 5, 6), "N", "M", 6)
                .attr("start", -2)
                .attr("end", -1)
                .agrees();
        new OneNode("Size", 13).input(draws.floats(4, 5), "N", 5).agrees();
    }

    @Test
    void ranges() {
        new OneNode("Range", 11).scalar(5f).scalar(3f).scalar(1f).agrees();
        new OneNode("Range", 11).scalar(0).scalar(7).scalar(1).agrees();
        new OneNode("Range", 11).scalar(7).scalar(-4).scalar(-3).agrees();
        new OneNode("Range", 11).scalar(0f).scalar(5f).scalar(1f).agrees();
        new OneNode("Range", 11).scalar(0.5f).scalar(3f).scalar(0.25f).agrees();
        new OneNode("Range", 11).scalar(0).scalar(3000).scalar(2).agrees();
    }

    @Test
    void filled() {
        new OneNode("ConstantOfShape", 9).constant(2L, 3L).agrees();
        new OneNode("ConstantOfShape", 9)
                .constant(2L, 3L)
                .attr("value", GraphWriter.tensor(new long[] {7}, 1))
                .agrees();
        new OneNode("ConstantOfShape", 9)
                .constant(2000L)
                .attr("value", GraphWriter.tensor(new float[] {1.5f}, 1))
                .agrees();
        new OneNode("NonZero", 13)
                .constant(Tensor.of(new long[] {1, 0, 2, 0, 0, 3}, 2, 3))
                .agrees();
    }
}
