package heddle.runtime.jvm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import heddle.compiler.backend.jvm.JavaSource;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.schedule.SchedulePolicy;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.family.MapFamily;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SmallKernelsTest {
    /** Copies a tensor of some floats: eight bytes each. */
    private static TileKernel copy(Dim floats) {
        Buffer x = new Buffer("x", new TensorType(DType.F32, Shape.of(floats)));
        Buffer y = new Buffer("y", new TensorType(DType.F32, Shape.of(floats)));
        Axis i = new Axis("i", floats);
        MapFamily map = new MapFamily(List.of(i), y, ScalarExpr.of(i), new ScalarExpr.Element(x, ScalarExpr.of(i)));
        return new TileKernel(map.program("copy", List.of()), SchedulePolicy.PROCESSOR.schedule(map));
    }

    private static SmallKernels kernels(double least) {
        Dim n = Dim.symbol("N");
        return new SmallKernels(
                List.of(
                        new JavaSource.Call(copy(n), 0, List.of()),
                        new JavaSource.Call(copy(n.times(Dim.of(1000))), 2, List.of()),
                        new JavaSource.Call(copy(n), 0, List.of())),
                16,
                least);
    }

    @Test
    void lengthsDecide() {
        // Of entry 1 nothing is launched.
        assertArrayEquals(new boolean[] {true, false, true}, kernels(16_000).at(Map.of("N", 30L)));
        assertArrayEquals(new boolean[] {true, false, false}, kernels(16_000).at(Map.of("N", 33L)));
        assertArrayEquals(new boolean[] {false, false, false}, kernels(16_000).at(Map.of("N", 40_000L)));
    }

    @Test
    void allAreSharedWhereTestsAskForIt() {
        assertArrayEquals(new boolean[] {false, false, false}, kernels(0).at(Map.of("N", 1L)));
    }
}
