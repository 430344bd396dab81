package heddle.compiler.tile;

import static heddle.compiler.scalar.ScalarExpr.apply;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.index.BlockMask;
import heddle.compiler.index.IndexSimplifier;
import heddle.compiler.op.attention.AttentionDefinition;
import heddle.compiler.op.attention.AttentionResult;
import heddle.compiler.scalar.Annihilating;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.ScalarEvaluator;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.tile.family.Attention;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Blocks are counted as a look at every index would count them. */
class BlockCountTest {
    private static final Dim N = Dim.symbol("N");
    private static final Axis B = new Axis("b", Dim.of(2));
    private static final Axis H = new Axis("h", Dim.of(3));
    private static final Axis I = new Axis("i", N);
    private static final Axis J = new Axis("j", N);
    private static final Axis D = new Axis("d", Dim.of(8));
    private static final Axis E = new Axis("e", Dim.of(8));
    private static final Buffer PADDING = new Buffer("padding", new TensorType(DType.BOOL, new Shape(List.of(N))));
    private static final ScalarExpr CAUSAL = apply(ScalarFn.LE, j(), i());
    private static final ScalarExpr DATA = new ScalarExpr.Element(PADDING, j());

    private static ScalarExpr i() {
        return ScalarExpr.of(I);
    }

    private static ScalarExpr j() {
        return ScalarExpr.of(J);
    }

    private static ScalarExpr plus(ScalarExpr x, long y) {
        return apply(ScalarFn.ADD, x, ScalarExpr.of(y));
    }

    private static ScalarExpr and(ScalarExpr x, ScalarExpr y) {
        return apply(ScalarFn.AND, x, y);
    }

    private static ScalarExpr element(String name, Axis row, Axis column) {
        Shape shape = new Shape(List.of(B.extent(), H.extent(), row.extent(), column.extent()));
        List<ScalarExpr> index =
                List.of(B, H, row, column).stream().map(ScalarExpr::of).toList();
        return new ScalarExpr.Element(
                new Buffer(name, new TensorType(DType.F32, shape)), IndexSimplifier.address(shape, index));
    }

    private static TileKernel kernel(Optional<ScalarExpr> mask, KernelSchedule plan) {
        ScalarExpr.Variable score = new ScalarExpr.Variable("score", DType.F32);
        ScalarExpr.Element o = (ScalarExpr.Element) element("o", I, E);
        Attention attention = new Attention(
                new AttentionDefinition(
                        List.of(B, H),
                        I,
                        J,
                        D,
                        E,
                        element("q", I, D),
                        element("k", J, D),
                        element("v", J, E),
                        Annihilating.NEITHER,
                        score,
                        score,
                        mask,
                        Optional.empty(),
                        Optional.empty(),
                        0,
                        false),
                List.of(new Attention.Store(AttentionResult.Kind.OUTPUT, o.buffer(), o.address())));
        return new TileKernel(attention.program("attention", List.of()), plan);
    }

    private static KernelSchedule blocks(int queries, int keys) {
        return KernelSchedule.blocks(Map.of(I.name(), queries, J.name(), keys))
                .with(new Choice.Cut(LoopId.of(E), new Choice.Size.Whole()));
    }

    private static BlockCount count(ScalarExpr mask, long n) {
        return BlockCount.of(kernel(Optional.of(mask), blocks(32, 128)), Map.of("N", n))
                .orElseThrow();
    }

    private static double share(BlockCount count) {
        return (double) count.visited() / count.total();
    }

    @Test
    void aCausalMaskHalvesTheWork() {
        BlockCount count = count(CAUSAL, 4096);
        assertEquals(6 * 128 * 32, count.total());
        assertTrue(share(count) <= 0.55, count.toString());
        assertEquals("visits 12672 of 24576 blocks: 11904 full, 768 partial", count.toString());
    }

    @Test
    void aWindowIsABand() {
        BlockCount count = count(and(CAUSAL, apply(ScalarFn.GT, j(), plus(i(), -256))), 8192);
        assertTrue(share(count) <= 0.07, count.toString());
        assertTrue(count.isKnown());
    }

    @Test
    void everyBlockIsFullWithoutAMask() {
        TileKernel kernel = kernel(Optional.empty(), blocks(32, 128));
        assertEquals(
                new BlockCount(0, 6 * 4, 0, 0),
                BlockCount.of(kernel, Map.of("N", 100L)).orElseThrow());
    }

    @Test
    void dataIsKnownAtRunTime() {
        assertEquals(new BlockCount(0, 0, 0, 6 * 8 * 2), count(DATA, 256));
        assertEquals(
                "visits at most 96 of 96 blocks: 96 known at run time",
                count(DATA, 256).toString());
        BlockCount both = count(and(CAUSAL, DATA), 256);
        assertEquals(new BlockCount(6 * 4, 0, 0, 6 * 12), both);
        BlockCount either = count(apply(ScalarFn.OR, CAUSAL, DATA), 256);
        assertEquals(new BlockCount(0, 6 * 4, 0, 6 * 12), either);
    }

    @Test
    void blocksThatDifferInNothingAreCountedOnce() {
        long n = 1L << 25; // Going through 2^38 blocks one by one would take an hour.
        assertEquals(new BlockCount(0, 0, 0, 6 * (n / 32) * (n / 128)), count(DATA, n));
    }

    @Test
    void whatIsSkippedCostsNothing() {
        Map<String, Long> lengths = Map.of("N", 4096L);
        TileKernel full = kernel(Optional.empty(), blocks(32, 128));
        TileKernel causal = kernel(Optional.of(CAUSAL), blocks(32, 128));
        double all = KernelCost.of(full, lengths).flops().value().doubleValue();
        assertEquals(KernelCost.of(full).flops().at(lengths).doubleValue(), all);
        assertEquals(
                12672.0 / 24576, KernelCost.of(causal, lengths).flops().value().doubleValue() / all, 0.005);
    }

    @Test
    void bandsAreCountedAsEveryIndexSays() {
        for (long seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            long offset = random.nextInt(-40, 40);
            ScalarExpr shift = random.nextBoolean() ? ScalarExpr.of(H) : ScalarExpr.of(0);
            ScalarExpr from = apply(ScalarFn.ADD, plus(i(), offset), apply(ScalarFn.MUL, shift, ScalarExpr.of(7)));
            ScalarExpr mask = apply(ScalarFn.LE, from, j());
            if (random.nextBoolean()) {
                mask = and(mask, apply(ScalarFn.LT, j(), plus(from, 1 + random.nextInt(30))));
            }
            if (random.nextBoolean()) {
                mask = apply(ScalarFn.NOT, mask);
            }
            long n = 1 + random.nextInt(60);
            KernelSchedule plan = blocks(1 + random.nextInt(12), 2 + random.nextInt(12));
            TileKernel kernel = kernel(Optional.of(mask), plan);
            BlockCount expected = new EveryIndex(mask, plan, n).count();
            assertEquals(expected, BlockCount.of(kernel, Map.of("N", n)).orElseThrow(), "seed " + seed + ": " + mask);
        }
    }

    @Test
    void longSequencesAreCountedAlongTheBorderOfTheirMask() {
        long n = 10_000_000;
        long partial = 0;
        long full = 0;
        for (long i = 0; i < n; i += 32) {
            long last = Math.min(i + 31, n - 1);
            long before = (i + 1) / 128;
            full += before;
            partial += last / 128 + 1 - before;
        }
        long all = (n / 32) * (n / 128);
        assertEquals(new BlockCount(6 * (all - full - partial), 6 * full, 6 * partial, 0), count(CAUSAL, n));
    }

    /** No interval tells anything of it, and there are 9.8 million blocks for each head. */
    @Test
    void whatCannotBeCountedIsBounded() {
        ScalarExpr even = apply(ScalarFn.EQ, apply(ScalarFn.MOD, plus(i(), 1), ScalarExpr.of(2)), ScalarExpr.of(0));
        ScalarExpr dilated = and(
                CAUSAL,
                apply(
                        ScalarFn.OR,
                        even,
                        apply(ScalarFn.EQ, apply(ScalarFn.MOD, j(), ScalarExpr.of(2)), ScalarExpr.of(0))));
        long n = 200_000;
        BlockCount exact = count(CAUSAL, n);
        BlockCount bound = count(dilated, n);
        assertEquals(exact.total(), bound.total());
        assertFalse(bound.isKnown());
        assertTrue(bound.visited() >= exact.visited(), bound + " is less than " + exact);
        assertTrue(bound.visited() <= 1.1 * exact.visited(), bound + " is more than " + exact);
    }

    /** Halving boxes finds the same as a look at each block. */
    @Test
    void blocksAreCountedAsTheProgramsOfEachSay() {
        for (long seed = 0; seed < 100; seed++) {
            Random random = new Random(seed);
            ScalarExpr sum = apply(ScalarFn.ADD, apply(ScalarFn.MUL, i(), ScalarExpr.of(random.nextInt(-3, 4))), j());
            ScalarExpr folded = apply(
                    ScalarFn.MOD,
                    apply(ScalarFn.ADD, sum, apply(ScalarFn.MUL, ScalarExpr.of(H), ScalarExpr.of(5))),
                    ScalarExpr.of(2 + random.nextInt(40)));
            ScalarExpr mask = apply(ScalarFn.LE, folded, ScalarExpr.of(random.nextInt(20)));
            mask = random.nextBoolean() ? and(mask, CAUSAL) : apply(ScalarFn.OR, mask, apply(ScalarFn.NOT, CAUSAL));
            long n = 1 + random.nextInt(90);
            KernelSchedule plan = blocks(1 + random.nextInt(12), 2 + random.nextInt(12));
            assertEquals(
                    eachBlock(mask, plan, n),
                    BlockCount.of(kernel(Optional.of(mask), plan), Map.of("N", n))
                            .orElseThrow(),
                    "seed " + seed + ": " + mask);
        }
    }

    private static BlockCount eachBlock(ScalarExpr mask, KernelSchedule plan, long n) {
        ScalarEvaluator evaluator = new ScalarEvaluator(b -> new double[0], Map.of("N", n));
        Map<Axis, BlockMask.Range> ranges = new HashMap<>();
        for (Axis axis : plan.block(LoopId.of(I)) > 1 ? List.of(I, J) : List.of(J)) {
            ranges.put(axis, new BlockMask.Range(variable("first", axis), variable("last", axis)));
        }
        BlockMask found = BlockMask.ofIndexes(mask, ranges);
        ScalarEvaluator.Code everywhere = evaluator.code(found.everywhere());
        ScalarEvaluator.Code somewhere = evaluator.code(found.somewhere());
        List.of(H, I, J).forEach(evaluator::slot);
        List.of(I, J).forEach(a -> List.of("first", "last").forEach(end -> evaluator.slot(variable(end, a))));
        double[] frame = evaluator.frame();
        long[] counted = new long[3];
        for (int h = 0; h < 3; h++) {
            frame[evaluator.slot(H)] = h;
            for (long i = 0; i < n; i += plan.block(LoopId.of(I))) {
                frame[evaluator.slot(I)] = i;
                frame[evaluator.slot(variable("first", I))] = i;
                frame[evaluator.slot(variable("last", I))] = Math.min(i + plan.block(LoopId.of(I)), n) - 1;
                for (long j = 0; j < n; j += plan.block(LoopId.of(J))) {
                    frame[evaluator.slot(variable("first", J))] = j;
                    frame[evaluator.slot(variable("last", J))] = Math.min(j + plan.block(LoopId.of(J)), n) - 1;
                    counted[somewhere.run(frame) == 0 ? 0 : everywhere.run(frame) != 0 ? 1 : 2] += 2;
                }
            }
        }
        return new BlockCount(counted[0], counted[1], counted[2], 0);
    }

    private static ScalarExpr.Variable variable(String end, Axis axis) {
        return new ScalarExpr.Variable(end + " " + axis, DType.I64);
    }

    /** Looks at every index of every block. */
    private static final class EveryIndex {
        private final KernelSchedule plan;
        private final long n;
        private final ScalarEvaluator evaluator;
        private final ScalarEvaluator.Code mask;
        private final double[] frame;

        EveryIndex(ScalarExpr mask, KernelSchedule plan, long n) {
            this.plan = plan;
            this.n = n;
            evaluator = new ScalarEvaluator(b -> new double[0], Map.of("N", n));
            List.of(B, H, I, J).forEach(evaluator::slot);
            this.mask = evaluator.code(mask);
            frame = evaluator.frame();
        }

        BlockCount count() {
            long[] found = new long[3];
            for (int bh = 0; bh < 6; bh++) {
                frame[evaluator.slot(B)] = bh / 3;
                frame[evaluator.slot(H)] = bh % 3;
                for (long i = 0; i < n; i += plan.block(LoopId.of(I))) {
                    for (long j = 0; j < n; j += plan.block(LoopId.of(J))) {
                        found[kind(i, j)]++;
                    }
                }
            }
            return new BlockCount(found[0], found[1], found[2], 0);
        }

        private int kind(long i, long j) {
            boolean some = false;
            boolean all = true;
            for (long x = i; x < Math.min(n, i + plan.block(LoopId.of(I))); x++) {
                for (long y = j; y < Math.min(n, j + plan.block(LoopId.of(J))); y++) {
                    frame[evaluator.slot(I)] = x;
                    frame[evaluator.slot(J)] = y;
                    boolean here = mask.run(frame) != 0;
                    some |= here;
                    all &= here;
                }
            }
            return all ? 1 : some ? 2 : 0;
        }
    }
}
