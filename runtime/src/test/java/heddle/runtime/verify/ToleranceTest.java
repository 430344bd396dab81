package heddle.runtime.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Origin;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Cast;
import heddle.compiler.op.Input;
import heddle.compiler.type.DType;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ToleranceTest {
    private static final Path PAGE = Path.of("../docs/numerics.md");

    @ParameterizedTest
    @EnumSource(names = {"F64", "F32", "F16", "BF16"})
    void thePageOnNumericsSaysWhatIsUsed(DType dtype) throws IOException {
        Matcher row = Pattern.compile("\\| `" + dtype.text() + "` \\| (\\S+) \\| (\\S+) \\|")
                .matcher(Files.readString(PAGE));
        assertTrue(row.find(), "no row for " + dtype.text());
        Tolerance stated = new Tolerance(Double.parseDouble(row.group(1)), Double.parseDouble(row.group(2)));
        assertEquals(stated, Tolerance.of(dtype));
    }

    @Test
    void anOutputIsHeldToTheCoarsestTypeOnTheWayToIt() {
        Graph.Builder b = new Graph.Builder("types");
        TensorType half = new TensorType(DType.F16, Shape.of(3));
        Value given = b.value(new Input("given", half), Origin.NONE);
        Value exact = b.value(new Cast(DType.F32), Origin.NONE, given);
        Value rounded = b.value(new Cast(DType.F64), Origin.NONE, b.value(new Cast(DType.BF16), Origin.NONE, exact));
        b.output("exact", exact);
        b.output("rounded", rounded);
        Graph graph = b.build();
        assertEquals(Tolerance.of(DType.F32), Tolerance.of("exact", graph));
        assertEquals(Tolerance.of(DType.BF16), Tolerance.of("rounded", graph));
    }

    @Test
    void nanAgreesWithNanAlone() {
        Tolerance t = Tolerance.of(DType.F32);
        assertTrue(t.excess(Double.NaN, Double.NaN) <= 0);
        assertTrue(t.excess(Double.NaN, 1) > 0);
        assertTrue(t.excess(1, Double.NaN) > 0);
        assertTrue(t.excess(Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY) <= 0);
        assertTrue(t.excess(Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY) > 0);
        assertTrue(t.excess(1, Double.POSITIVE_INFINITY) > 0);
    }

    @Test
    void theBoundIsAbsoluteAndRelative() {
        Tolerance t = new Tolerance(0.5, 0.25);
        assertTrue(t.excess(5.5, 4) <= 0);
        assertTrue(t.excess(5.6, 4) > 0);
    }
}
