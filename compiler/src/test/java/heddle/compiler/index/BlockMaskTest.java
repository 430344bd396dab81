package heddle.compiler.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.ScalarEvaluator;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.tile.LoopMask;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Blocks are classified as an inspection of every index would classify them, or as partial. */
class BlockMaskTest {
    private static final long N = 50;
    private static final Axis I = new Axis("i", Dim.symbol("N"));
    private static final Axis J = new Axis("j", Dim.symbol("N"));
    private static final Axis B = new Axis("b", Dim.of(3));
    private static final ScalarExpr.Variable I0 = new ScalarExpr.Variable("i0", DType.I64);
    private static final ScalarExpr.Variable I1 = new ScalarExpr.Variable("i1", DType.I64);
    private static final ScalarExpr.Variable J0 = new ScalarExpr.Variable("j0", DType.I64);
    private static final ScalarExpr.Variable J1 = new ScalarExpr.Variable("j1", DType.I64);
    private static final Buffer LENGTHS = new Buffer("lengths", new TensorType(DType.I64, Shape.of(3)));
    private static final Buffer DATA = new Buffer("data", new TensorType(DType.BOOL, Shape.of(N)));

    private static ScalarExpr fn(ScalarFn fn, ScalarExpr... args) {
        return ScalarExpr.apply(fn, args);
    }

    private static ScalarExpr i() {
        return ScalarExpr.of(I);
    }

    private static ScalarExpr j() {
        return ScalarExpr.of(J);
    }

    private static BlockMask classify(ScalarExpr mask) {
        return new LoopMask(mask, List.of())
                .over(Map.of(I, new BlockMask.Range(I0, I1), J, new BlockMask.Range(J0, J1)));
    }

    /** Evaluates programs over one frame. */
    private static final class Bench {
        private final ScalarEvaluator evaluator;
        private final ScalarEvaluator.Code mask;
        private final ScalarEvaluator.Code everywhere;
        private final ScalarEvaluator.Code somewhere;
        private final double[] frame;

        Bench(ScalarExpr mask, long seed) {
            Random random = new Random(seed);
            double[] lengths = random.doubles(3, 0, N).map(Math::floor).toArray();
            double[] data = random.doubles(N).map(Math::round).toArray();
            evaluator = new ScalarEvaluator(b -> b.equals(LENGTHS) ? lengths : data, Map.of("N", N));
            BlockMask found = classify(mask);
            for (ScalarExpr.Variable v : List.of(I0, I1, J0, J1)) {
                evaluator.slot(v);
            }
            for (Axis axis : List.of(I, J, B)) {
                evaluator.slot(axis);
            }
            this.mask = evaluator.code(mask);
            everywhere = evaluator.code(found.everywhere());
            somewhere = evaluator.code(found.somewhere());
            frame = evaluator.frame();
        }

        /** One of the letters E(mpty), P(artial), F(ull). */
        char claimed(long i0, long i1, long j0, long j1) {
            frame[evaluator.slot(I0)] = i0;
            frame[evaluator.slot(I1)] = i1;
            frame[evaluator.slot(J0)] = j0;
            frame[evaluator.slot(J1)] = j1;
            if (somewhere.run(frame) == 0) {
                return 'E';
            }
            return everywhere.run(frame) != 0 ? 'F' : 'P';
        }

        char inspected(long i0, long i1, long j0, long j1) {
            boolean all = true;
            boolean any = false;
            for (long i = i0; i <= i1; i++) {
                for (long j = j0; j <= j1; j++) {
                    frame[evaluator.slot(I)] = i;
                    frame[evaluator.slot(J)] = j;
                    boolean on = mask.run(frame) != 0;
                    all &= on;
                    any |= on;
                }
            }
            return all ? 'F' : any ? 'P' : 'E';
        }
    }

    private static ScalarExpr window(long left, long right) {
        ScalarExpr distance = fn(ScalarFn.SUB, j(), i());
        return fn(
                ScalarFn.AND,
                fn(ScalarFn.GE, distance, ScalarExpr.of(-left)),
                fn(ScalarFn.LE, distance, ScalarExpr.of(right)));
    }

    private static List<ScalarExpr> exactMasks() {
        ScalarExpr offset = fn(ScalarFn.ADD, i(), ScalarExpr.of(7));
        ScalarExpr length = new ScalarExpr.Element(LENGTHS, ScalarExpr.of(B));
        return List.of(
                fn(ScalarFn.LE, j(), i()),
                fn(ScalarFn.LE, j(), offset),
                fn(ScalarFn.NOT, fn(ScalarFn.GT, j(), i())),
                fn(ScalarFn.LT, j(), length),
                fn(ScalarFn.LT, fn(ScalarFn.ABS, fn(ScalarFn.SUB, i(), j())), ScalarExpr.of(5)),
                fn(ScalarFn.LE, ScalarExpr.cast(DType.F32, j()), ScalarExpr.cast(DType.F32, i())));
    }

    @Test
    void exactForCausalMasksOffsetsAndLengths() {
        for (ScalarExpr mask : exactMasks()) {
            Bench bench = new Bench(mask, 5);
            for (long i0 = 0; i0 < N; i0 += 8) {
                for (long j0 = 0; j0 < N; j0 += 8) {
                    long i1 = Math.min(i0 + 7, N - 1);
                    long j1 = Math.min(j0 + 7, N - 1);
                    assertEquals(
                            bench.inspected(i0, i1, j0, j1),
                            bench.claimed(i0, i1, j0, j1),
                            mask + " at " + i0 + ", " + j0);
                }
            }
        }
    }

    /** Two of three batches have a number. Whatever is asked of the third reads none. */
    @Test
    void readsNothingThatTheMaskDoesNot() {
        ScalarExpr isFirst = fn(ScalarFn.LT, ScalarExpr.of(B), ScalarExpr.of(2));
        ScalarExpr length = new ScalarExpr.Element(LENGTHS, fn(ScalarFn.ADD, ScalarExpr.of(B), ScalarExpr.of(1)));
        for (ScalarExpr mask : List.of(
                fn(ScalarFn.SELECT, isFirst, fn(ScalarFn.LT, j(), length), fn(ScalarFn.LE, j(), i())),
                fn(ScalarFn.SELECT, fn(ScalarFn.NOT, isFirst), fn(ScalarFn.LE, j(), i()), fn(ScalarFn.LT, j(), length)),
                fn(ScalarFn.LT, j(), fn(ScalarFn.SELECT, isFirst, length, i())))) {
            Bench bench = new Bench(mask, 3);
            for (int b = 0; b < 3; b++) {
                bench.frame[bench.evaluator.slot(B)] = b;
                assertEquals(bench.inspected(8, 15, 0, 7), bench.claimed(8, 15, 0, 7), b + ": " + mask);
                assertEquals(bench.inspected(0, 7, 40, 47), bench.claimed(0, 7, 40, 47), b + ": " + mask);
            }
        }
    }

    /** Looks at random blocks. @return whether any was not partial */
    private static boolean decidesRightly(ScalarExpr mask, Random random, long seed) {
        Bench bench = new Bench(mask, seed);
        boolean decided = false;
        for (int block = 0; block < 40; block++) {
            long i0 = random.nextInt((int) N);
            long j0 = random.nextInt((int) N);
            long i1 = Math.min(N - 1, i0 + random.nextInt(9));
            long j1 = Math.min(N - 1, j0 + random.nextInt(9));
            char claimed = bench.claimed(i0, i1, j0, j1);
            if (claimed != 'P') {
                decided = true;
                assertEquals(bench.inspected(i0, i1, j0, j1), claimed, "seed " + seed + ": " + mask);
            }
        }
        return decided;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void neverWrongForRandomMasks(long seed) {
        Random random = new Random(seed);
        for (int n = 0; n < 40; n++) {
            ScalarExpr mask = condition(random, 3);
            decidesRightly(mask, random, seed);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void neverWrongWhereThirtyTwoBitsWrap(long seed) {
        Random random = new Random(seed);
        boolean decided = false;
        for (int n = 0; n < 40; n++) {
            ScalarFn[] compare = {ScalarFn.LT, ScalarFn.LE, ScalarFn.EQ, ScalarFn.NE, ScalarFn.GE};
            ScalarExpr mask = fn(compare[random.nextInt(compare.length)], narrow(random, 2), narrow(random, 1));
            decided |= decidesRightly(mask, random, seed);
        }
        assertTrue(decided, "something is known of blocks on which nothing wraps");
    }

    /** Numbers of 32 bits, of which some are near the ends of their range. */
    private static ScalarExpr narrow(Random random, int depth) {
        ScalarExpr index = ScalarExpr.cast(DType.I32, random.nextBoolean() ? i() : j());
        int kind = random.nextInt(depth == 0 ? 2 : 7);
        if (kind < 2) {
            int shift = random.nextInt(31);
            return kind == 0 ? index : new ScalarExpr.IntLiteral(DType.I32, Integer.MAX_VALUE >> shift);
        }
        ScalarExpr x = narrow(random, depth - 1);
        return switch (kind) {
            case 2 -> fn(ScalarFn.ADD, x, narrow(random, depth - 1));
            case 3 -> fn(ScalarFn.SUB, x, narrow(random, depth - 1));
            case 4 -> fn(ScalarFn.MUL, x, narrow(random, depth - 1));
            case 5 -> fn(ScalarFn.NEG, x);
            default ->
                ScalarExpr.cast(
                        DType.I32,
                        fn(ScalarFn.MUL, ScalarExpr.cast(DType.I64, x), ScalarExpr.of(1L << random.nextInt(20))));
        };
    }

    private static ScalarExpr condition(Random random, int depth) {
        int kind = random.nextInt(depth == 0 ? 6 : 10);
        if (kind < 5) {
            ScalarFn[] compare = {ScalarFn.LT, ScalarFn.LE, ScalarFn.EQ, ScalarFn.NE, ScalarFn.GE};
            return fn(compare[kind], number(random, depth), number(random, depth));
        }
        ScalarExpr first = kind == 5 ? new ScalarExpr.Element(DATA, j()) : condition(random, depth - 1);
        return switch (kind) {
            case 6 -> fn(ScalarFn.AND, first, condition(random, depth - 1));
            case 7 -> fn(ScalarFn.OR, first, condition(random, depth - 1));
            case 8 -> fn(ScalarFn.NOT, first);
            case 9 -> fn(ScalarFn.SELECT, first, condition(random, depth - 1), condition(random, depth - 1));
            default -> first;
        };
    }

    private static ScalarExpr number(Random random, int depth) {
        int kind = random.nextInt(depth == 0 ? 3 : 11);
        if (kind < 3) {
            return kind == 0 ? i() : kind == 1 ? j() : ScalarExpr.of(random.nextInt(20) - 5);
        }
        ScalarExpr x = number(random, depth - 1);
        ScalarExpr positive = ScalarExpr.of(1 + random.nextInt(9));
        return switch (kind) {
            case 3 -> fn(ScalarFn.ADD, x, number(random, depth - 1));
            case 4 -> fn(ScalarFn.SUB, x, number(random, depth - 1));
            case 5 -> fn(ScalarFn.MUL, x, number(random, depth - 1));
            case 6 -> fn(ScalarFn.FLOOR_DIV, x, positive);
            case 7 -> fn(ScalarFn.MOD, x, positive);
            case 8 -> fn(ScalarFn.ABS, x);
            case 9 -> fn(ScalarFn.MIN, x, number(random, depth - 1));
            default -> fn(ScalarFn.SELECT, condition(random, depth - 1), x, number(random, depth - 1));
        };
    }

    @Test
    void dataMasksArePartial() {
        BlockMask data = classify(new ScalarExpr.Element(DATA, j()));
        assertFalse(data.isKnown());
        BlockMask both = classify(fn(ScalarFn.AND, fn(ScalarFn.LE, j(), i()), new ScalarExpr.Element(DATA, j())));
        assertTrue(both.isKnown(), "a block above the diagonal stays empty");
    }

    @Test
    void causalAttentionDoesAboutHalfTheBlocks() {
        long n = 4096;
        Bench bench = new Bench(fn(ScalarFn.LE, j(), i()), 1);
        int computed = 0;
        int all = 0;
        for (long i = 0; i < n; i += 32) {
            for (long j = 0; j < n; j += 128) {
                computed += bench.claimed(i, i + 31, j, j + 127) == 'E' ? 0 : 1;
                all++;
            }
        }
        assertTrue(computed <= 0.55 * all, computed + " of " + all);
    }

    @Test
    void windowsSkipWhatIsFarAway() {
        Bench bench = new Bench(window(256, 0), 1);
        long n = 8192;
        int computed = 0;
        int all = 0;
        for (long i = 0; i < n; i += 32) {
            for (long j = 0; j < n; j += 128) {
                computed += bench.claimed(i, i + 31, j, j + 127) == 'E' ? 0 : 1;
                all++;
            }
        }
        assertTrue(computed <= 0.07 * all, computed + " of " + all);
    }
}
