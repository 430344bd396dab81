package heddle.compiler.attention;

import static org.junit.jupiter.api.Assertions.assertEquals;

import heddle.compiler.index.IndexSimplifier;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.scalar.ScalarText;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Heads that share keys and values become an axis of their own. */
class BatchAxesTest {
    private static final Axis BATCH = new Axis("batch", Dim.symbol("B"));
    private static final Axis HEAD = new Axis("head", Dim.of(12));

    /** What reads {@code head div n}; nothing of the head for zero. */
    private static ScalarExpr reads(int n) {
        ScalarExpr head =
                n == 0 ? ScalarExpr.of(0) : ScalarExpr.apply(ScalarFn.FLOOR_DIV, ScalarExpr.of(HEAD), ScalarExpr.of(n));
        TensorType type = new TensorType(DType.F32, new Shape(List.of(BATCH.extent(), HEAD.extent())));
        return IndexSimplifier.simplify(new ScalarExpr.Read(0, type, List.of(ScalarExpr.of(BATCH), head)));
    }

    private static void assertAxes(String expected, String head, ScalarExpr k, ScalarExpr v) {
        BatchAxes found = BatchAxes.of(List.of(BATCH, HEAD), k, v);
        List<String> axes =
                found.axes().stream().map(a -> a.name() + " < " + a.extent()).toList();
        assertEquals(expected, String.join(", ", axes));
        assertEquals("b", ScalarText.of(found.index().get(BATCH)));
        assertEquals(head, ScalarText.of(found.index().get(HEAD)));
    }

    @Test
    void neighboursThatShareBothAreAnAxis() {
        assertAxes("b < B, h < 3, g < 4", "h * 4 + g", reads(4), reads(4));
    }

    @Test
    void ofDifferentGroupsTheSmallerOneIsShared() {
        assertAxes("b < B, h < 6, g < 2", "h * 2 + g", reads(2), reads(4));
        assertAxes("b < B, h < 3, g < 4", "h * 4 + g", reads(0), reads(4));
    }

    @Test
    void headsOfTheirOwnOrSharedByAllStayOneAxis() {
        assertAxes("b < B, h < 12", "h", reads(1), reads(1));
        assertAxes("b < B, h < 12", "h", reads(4), reads(1));
        assertAxes("b < B, h < 12", "h", reads(0), reads(0));
    }

    @Test
    void groupsThatDoNotDivideTheHeadsAreNone() {
        assertAxes("b < B, h < 12", "h", reads(5), reads(5));
    }
}
