package heddle.compiler.scalar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ValueNumbersTest {
    private static ScalarExpr square(ScalarExpr e) {
        return ScalarExpr.apply(ScalarFn.MUL, e, e);
    }

    @Test
    void equalExpressionsHaveOneNumber() {
        ScalarExpr i = ScalarExpr.of(new Axis("i", Dim.of(4)));
        ScalarExpr again = ScalarExpr.of(new Axis("i", Dim.of(4)));
        ValueNumbers numbers = new ValueNumbers();
        assertEquals(numbers.of(square(i)), numbers.of(square(again)));
        assertNotEquals(numbers.of(square(i)), numbers.of(i));
        ScalarExpr float32 = ScalarExpr.cast(DType.F32, i);
        assertNotEquals(numbers.of(float32), numbers.of(ScalarExpr.cast(DType.F64, i)));
    }

    @Test
    void sharedPartsAreVisitedOnce() {
        ScalarExpr e = ScalarExpr.of(new Axis("i", Dim.of(4)));
        for (int depth = 0; depth < 200; depth++) {
            e = square(e);
        }
        ScalarExpr deep = e;
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> assertEquals(200, new ValueNumbers().of(deep)));
    }
}
