package heddle.compiler.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.op.RandomGraph;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.tile.KernelSchedule;
import heddle.compiler.tile.TileKernel;
import heddle.compiler.tile.family.MapFamily;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.Stored;
import heddle.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryPlanTest {
    private static Buffer buffer(String name, DType type, long size) {
        return new Buffer(name, new TensorType(type, Shape.of(Dim.of(size))));
    }

    private static TileKernel kernel(Buffer write, Buffer... reads) {
        ScalarExpr sum = Arrays.stream(reads)
                .map(r -> ScalarExpr.cast(DType.F64, new ScalarExpr.Element(r, ScalarExpr.of(0))))
                .reduce((a, b) -> ScalarExpr.apply(ScalarFn.ADD, a, b))
                .orElse(ScalarExpr.zero(DType.F64));
        ScalarExpr value = ScalarExpr.cast(write.type().dtype(), sum);
        MapFamily map = new MapFamily(List.of(), write, ScalarExpr.of(0), value);
        return new TileKernel(map.program("make_" + write, List.of()), KernelSchedule.NONE);
    }

    private static Plan plan(Buffer output, TileKernel... launches) {
        SequencedMap<String, Buffer> outputs = new LinkedHashMap<>();
        outputs.put("y", output);
        SequencedMap<String, Buffer> none = new LinkedHashMap<>();
        return new Plan("p", List.of("N"), none, none, List.of(), outputs, List.of(), List.of(launches));
    }

    @Test
    void aChainNeedsTwoPlaces() {
        Buffer a = buffer("aaa", DType.F32, 1600);
        Buffer b = buffer("bbb", DType.F32, 1600);
        Buffer c = buffer("ccc", DType.F16, 1600);
        Buffer y = buffer("yyy", DType.F32, 16);
        MemoryPlan memory = MemoryPlan.of(plan(y, kernel(a), kernel(b, a), kernel(c, b), kernel(y, c)), Map.of());
        assertEquals(List.of(new MemoryPlan.Array(Stored.F32, 3200)), memory.arrays());
        assertEquals(memory.places().get(a), memory.places().get(c));
        assertEquals(4 * 3200 + 4 * 16, memory.peakBytes());
        assertFalse(memory.places().containsKey(y));
    }

    @Test
    void aLifeGoesFromTheFirstToTheLastLaunchThatNeedsIt() {
        Buffer x = buffer("xxx", DType.F32, 16);
        Buffer a = buffer("aaa", DType.F32, 16);
        Buffer y = buffer("yyy", DType.F32, 16);
        var lives = MemoryPlan.lives(plan(y, kernel(a, x), kernel(y, a), kernel(y, a, x)));
        assertEquals(new MemoryPlan.Life(0, 2), lives.get(x));
        assertEquals(new MemoryPlan.Life(0, 2), lives.get(a));
        assertEquals(new MemoryPlan.Life(1, 2), lives.get(y));
        assertTrue(lives.get(x).meets(lives.get(y)));
        assertFalse(new MemoryPlan.Life(0, 1).meets(new MemoryPlan.Life(2, 3)));
    }

    @Test
    void elementKindsHaveArraysOfTheirOwn() {
        Buffer a = buffer("aaa", DType.F64, 5);
        Buffer b = buffer("bbb", DType.BOOL, 5);
        Buffer y = buffer("yyy", DType.F32, 1);
        MemoryPlan memory = MemoryPlan.of(plan(y, kernel(a), kernel(b), kernel(y, a, b)), Map.of());
        assertEquals(2, memory.arrays().size());
        assertEquals(16 * 8 + 16 + 4, memory.peakBytes());
    }

    @Test
    void whatFitsNoArrayHasItsSizeAllTheSame() {
        Buffer a = new Buffer("aaa", new TensorType(DType.F32, Shape.of(Dim.symbol("N"), Dim.symbol("N"))));
        Buffer y = buffer("yyy", DType.F32, 1);
        Plan plan = plan(y, kernel(a), kernel(y, a));
        assertEquals(40_000_000_004L, MemoryPlan.of(plan, Map.of("N", 100_000L)).peakBytes());
    }

    @Test
    void whatFitsNoArraySharesSpaceAllTheSame() {
        TensorType square = new TensorType(DType.F32, Shape.of(Dim.symbol("N"), Dim.symbol("N")));
        Buffer a = new Buffer("aaa", square);
        Buffer b = new Buffer("bbb", square);
        Buffer c = new Buffer("ccc", square);
        Buffer y = buffer("yyy", DType.F32, 1);
        Plan plan = plan(y, kernel(a), kernel(b, a), kernel(c, b), kernel(y, c));
        assertEquals(
                2 * 4_000_000L + 4, MemoryPlan.of(plan, Map.of("N", 1_000L)).peakBytes());
        assertEquals(
                2 * 40_000_000_000L + 4,
                MemoryPlan.of(plan, Map.of("N", 100_000L)).peakBytes());
        // Two of them are more than 64 bits count.
        assertEquals(
                Long.MAX_VALUE, MemoryPlan.of(plan, Map.of("N", 1_500_000_000L)).peakBytes());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void nothingThatIsNeededAtOnceOverlaps(long seed) {
        Plan plan = Lower.unfused(RandomGraph.of(seed, 60), SchedulePolicy.PROCESSOR)
                .plan();
        MemoryPlan memory = MemoryPlan.of(plan, RandomGraph.lengths());
        List<Buffer> buffers = new ArrayList<>(memory.places().keySet());
        for (Buffer a : buffers) {
            for (Buffer b : buffers) {
                if (!a.equals(b) && overlap(memory, a, b)) {
                    assertTrue(
                            last(plan, a) < first(plan, b) || last(plan, b) < first(plan, a),
                            "seed " + seed + ": " + a + " and " + b);
                }
            }
        }
    }

    private static boolean overlap(MemoryPlan memory, Buffer a, Buffer b) {
        MemoryPlan.Place p = memory.places().get(a);
        MemoryPlan.Place q = memory.places().get(b);
        return p.array() == q.array() && p.offset() < q.offset() + size(b) && q.offset() < p.offset() + size(a);
    }

    private static long size(Buffer b) {
        return b.type().shape().size().evaluate(RandomGraph.lengths());
    }

    private static int first(Plan plan, Buffer b) {
        for (int i = 0; i < plan.launches().size(); i++) {
            if (plan.launches().get(i).writes().contains(b)) {
                return i;
            }
        }
        throw new AssertionError(b);
    }

    private static int last(Plan plan, Buffer b) {
        int last = first(plan, b);
        for (int i = 0; i < plan.launches().size(); i++) {
            last = plan.launches().get(i).reads().contains(b) ? i : last;
        }
        return last;
    }
}
