package heddle.compiler.ir.cut;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MinimumCutTest {
    private record Edge(int from, int to, long capacity) {}

    private static long cost(List<Edge> edges, BitSet side) {
        long cost = 0;
        for (Edge e : edges) {
            if (side.get(e.from) && !side.get(e.to)) {
                if (e.capacity == MinimumCut.NEVER) {
                    return MinimumCut.NEVER;
                }
                cost += e.capacity;
            }
        }
        return cost;
    }

    /** Against every choice of sides. */
    @Test
    void cutsAreTheCheapest() {
        for (int seed = 0; seed < 400; seed++) {
            Random random = new Random(seed);
            int vertices = 3 + random.nextInt(7);
            List<Edge> edges = new ArrayList<>();
            for (int n = 0; n < 3 * vertices; n++) {
                long capacity = random.nextInt(6) == 0 ? MinimumCut.NEVER : random.nextInt(20);
                int from = random.nextInt(vertices);
                int to = random.nextInt(vertices);
                if (from != to && to != 0 && from != 1) {
                    edges.add(new Edge(from, to, capacity));
                }
            }
            long best = MinimumCut.NEVER;
            for (int choice = 0; choice < 1 << vertices; choice++) {
                BitSet side = BitSet.valueOf(new long[] {choice});
                best = side.get(0) && !side.get(1) ? Math.min(best, cost(edges, side)) : best;
            }
            MinimumCut cut = new MinimumCut(0, 1);
            edges.forEach(e -> cut.edge(e.from, e.to, e.capacity));
            if (best == MinimumCut.NEVER) {
                assertThrows(IllegalStateException.class, cut::sourceSide, "seed " + seed);
            } else {
                assertEquals(best, cost(edges, cut.sourceSide()), "seed " + seed);
            }
        }
    }
}
