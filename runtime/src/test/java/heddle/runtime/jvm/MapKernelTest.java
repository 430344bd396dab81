package heddle.runtime.jvm;

import heddle.compiler.tile.Axis;
import heddle.compiler.tile.Buffer;
import heddle.compiler.tile.ScalarExpr;
import heddle.compiler.tile.ScalarFn;
import heddle.compiler.tile.family.MapFamily;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MapKernelTest {
    @TempDir
    static Path classes;

    @Test
    void addsAlongRows() {
        Bench bench = new Bench(classes);
        Dim n = bench.length("N", 37);
        Buffer x = bench.input("x", DType.F32, i -> i * 0.5, n, Dim.of(21));
        Buffer b = bench.input("b", DType.F32, i -> 1.0 / (i + 1), Dim.of(21));
        Buffer y = bench.output("y", DType.F32, new Bench.Tolerance(1e-6, 1e-6), n, Dim.of(21));
        Axis i = new Axis("i", n);
        Axis c = new Axis("c", Dim.of(21));
        ScalarExpr address = ScalarExpr.apply(
                ScalarFn.ADD, ScalarExpr.apply(ScalarFn.MUL, ScalarExpr.of(i), ScalarExpr.of(21)), ScalarExpr.of(c));
        ScalarExpr sum = ScalarExpr.apply(
                ScalarFn.ADD,
                new ScalarExpr.Element(x, address),
                ScalarExpr.apply(ScalarFn.EXP, new ScalarExpr.Element(b, ScalarExpr.of(c))));
        bench.kernel(new MapFamily(List.of(i, c), y, address, sum));
        bench.check("x + b");
    }
}
