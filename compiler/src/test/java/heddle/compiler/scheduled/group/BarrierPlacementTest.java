package heddle.compiler.scheduled.group;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scheduled.Action;
import heddle.compiler.scheduled.Level;
import heddle.compiler.scheduled.LocalArray;
import heddle.compiler.scheduled.Span;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class BarrierPlacementTest {
    private static final Axis THREAD = new Axis("thread", Dim.of(8));
    private static final ScalarExpr ZERO = ScalarExpr.of(0);
    private static final ScalarExpr ALIKE = ScalarExpr.of(5);
    private static final ScalarExpr OWN = ScalarExpr.of(THREAD);

    /** A loop that reads what another thread wrote, and writes. */
    private static Action.For loop(Span span) {
        LocalArray array = LocalArray.of("a", DType.F32, 8);
        Action store = new Action.Store(array.buffer(), OWN, new ScalarExpr.Element(array.buffer(), ZERO));
        return new Action.For(new Axis("n", Dim.of(8)), span, Level.EACH, List.of(store));
    }

    private static long barriers(Span span) {
        LocalArray array = LocalArray.of("a", DType.F32, 8);
        Action.For placed = (Action.For)
                BarrierPlacement.in(List.of(loop(span)), List.of(array), THREAD).getLast();
        return placed.body().stream().filter(Action.Barrier.class::isInstance).count();
    }

    static Stream<Span> alike() {
        return Stream.of(Span.WHOLE, new Span.Between(ZERO, ALIKE), new Span.Steps(ZERO, ALIKE, 2), new Span.Halves(4));
    }

    @ParameterizedTest
    @MethodSource("alike")
    void threadsThatTurnAlikeWaitInALoop(Span span) {
        assertEquals(1, barriers(span));
    }

    static Stream<Span> different() {
        return Stream.of(
                new Span.Between(OWN, ALIKE),
                new Span.Between(ZERO, OWN),
                new Span.Steps(OWN, ALIKE, 2),
                new Span.Steps(ZERO, OWN, 2));
    }

    /** A thread that turns less often than others would not come to the barrier. */
    @ParameterizedTest
    @MethodSource("different")
    void threadsThatTurnDifferentlyDoNot(Span span) {
        assertEquals(0, barriers(span));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 3, 96, Integer.MIN_VALUE})
    void onlyPowersOfTwoAreHalved(int from) {
        assertThrows(IllegalArgumentException.class, () -> new Span.Halves(from));
    }

    @Test
    void oneIsHalvedToNothing() {
        assertEquals(1, new Span.Halves(1).from());
    }
}
