package heddle.compiler.ir.layout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.ir.layout.Layout.Point;
import heddle.compiler.ir.layout.Layout.Size;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LayoutTest {
    private static final Size BOX = new Size(40, 20);

    private static Layout layout(List<List<Integer>> operands) {
        return new Layout(operands.stream().map(o -> BOX).toList(), operands);
    }

    @Test
    void aChainRunsStraightDown() {
        Layout l = layout(List.of(List.of(), List.of(0), List.of(1)));
        assertEquals(l.top(0).x(), l.top(1).x(), 1e-9);
        assertEquals(l.top(1).x(), l.top(2).x(), 1e-9);
        assertTrue(l.bottom(0).y() < l.top(1).y());
        assertEquals(20, l.top(0).x(), 1e-9);
        assertEquals(40, l.size().width(), 1e-9);
    }

    @Test
    void aLongEdgeRunsBesideWhatItPasses() {
        Layout l = layout(List.of(List.of(), List.of(0), List.of(1), List.of(2, 0)));
        List<Point> trunk = l.trunk(0);
        assertEquals(5, trunk.size(), "its end and two points in each of two layers");
        assertEquals(trunk.getLast(), l.branch(0, 3));
        assertEquals(l.bottom(0), l.branch(0, 1));
        for (int layer = 1; layer <= 2; layer++) {
            assertTrue(Math.abs(trunk.get(2 * layer).x() - l.top(layer).x()) > BOX.width() / 2);
            assertEquals(trunk.get(1).x(), trunk.get(2 * layer).x(), 1, "it runs straight");
        }
    }

    @Test
    void crossedPairsAreUncrossed() {
        Layout l = layout(List.of(List.of(), List.of(), List.of(1), List.of(0)));
        assertEquals(l.top(0).x() < l.top(1).x(), l.top(3).x() < l.top(2).x());
    }

    @Test
    void aSourceStandsRightAboveItsFirstReader() {
        Layout l = layout(List.of(List.of(), List.of(0), List.of(1), List.of(), List.of(2, 3)));
        assertEquals(l.top(2).y(), l.top(3).y(), 1e-9);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void boxesNeverOverlapAndEdgesRunDown(long seed) {
        Random random = new Random(seed);
        List<List<Integer>> operands = new ArrayList<>();
        List<Size> sizes = new ArrayList<>();
        for (int v = 0; v < 120; v++) {
            List<Integer> from = new ArrayList<>();
            for (int i = random.nextInt(4); v > 0 && i > 0; i--) {
                from.add(Math.max(0, v - 1 - random.nextInt(20)));
            }
            operands.add(from);
            sizes.add(new Size(10 + random.nextInt(100), 10 + random.nextInt(30)));
        }
        Layout l = new Layout(sizes, operands);
        for (int v = 0; v < 120; v++) {
            for (int from : operands.get(v)) {
                assertTrue(l.branch(from, v).y() < l.top(v).y(), "seed " + seed + " edge " + from + " to " + v);
            }
            for (int other = 0; other < v; other++) {
                assertTrue(apart(l, sizes, v, other), "seed " + seed + " boxes " + v + " and " + other);
            }
            assertTrue(l.top(v).x() - sizes.get(v).width() / 2 >= -1e-9, "seed " + seed);
            assertTrue(l.top(v).x() + sizes.get(v).width() / 2 <= l.size().width() + 1e-9, "seed " + seed);
            assertTrue(l.bottom(v).y() <= l.size().height() + 1e-9, "seed " + seed);
        }
    }

    private static boolean apart(Layout l, List<Size> sizes, int a, int b) {
        double gap = Math.abs(l.top(a).x() - l.top(b).x())
                - (sizes.get(a).width() + sizes.get(b).width()) / 2;
        return gap >= 0
                || l.bottom(a).y() < l.top(b).y()
                || l.bottom(b).y() < l.top(a).y();
    }
}
