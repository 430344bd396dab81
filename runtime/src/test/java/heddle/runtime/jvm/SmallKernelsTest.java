package heddle.runtime.jvm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import heddle.compiler.backend.jvm.JavaSource;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.schedule.SchedulePolicy;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.family.MapFamily;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class SmallKernelsTest {
    private static TileKernel copy(Dim floats) {
        return map(floats, x -> x);
    }

    private static TileKernel map(Dim floats, UnaryOperator<ScalarExpr> function) {
        Buffer x = new Buffer("x", new TensorType(DType.F32, Shape.of(floats)));
        Buffer y = new Buffer("y", new TensorType(DType.F32, Shape.of(floats)));
        Axis i = new Axis("i", floats);
        MapFamily map = new MapFamily(
                List.of(i), y, ScalarExpr.of(i), function.apply(new ScalarExpr.Element(x, ScalarExpr.of(i))));
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
        // A load and a store for each 16 floats.
        assertEquals(Set.of(0, 2), kernels(16_000).at(Map.of("N", 127L)));
        assertEquals(Set.of(0), kernels(16_000).at(Map.of("N", 128L)));
        assertEquals(Set.of(), kernels(16_000).at(Map.of("N", 128_000L)));
    }

    /** A power is computed number by number, an exponential for a vector at once. */
    @Test
    void functionsCountByWhatTheyTake() {
        Dim n = Dim.symbol("N");
        TileKernel exp = map(n, x -> ScalarExpr.apply(ScalarFn.EXP, x));
        TileKernel power = map(n, x -> ScalarExpr.apply(ScalarFn.POW, x, x));
        SmallKernels kernels = new SmallKernels(
                List.of(new JavaSource.Call(exp, 0, List.of()), new JavaSource.Call(power, 1, List.of())), 16, 16_000);
        assertEquals(Set.of(0), kernels.at(Map.of("N", 1000L)));
        assertEquals(Set.of(0, 1), kernels.at(Map.of("N", 100L)));
    }

    @Test
    void allAreSharedWhereTestsAskForIt() {
        assertEquals(Set.of(), kernels(0).at(Map.of("N", 1L)));
    }
}
