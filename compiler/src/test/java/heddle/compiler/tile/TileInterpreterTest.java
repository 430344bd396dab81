package heddle.compiler.tile;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.index.IndexSimplifier;
import heddle.compiler.op.attention.AttentionDefinition;
import heddle.compiler.op.attention.AttentionResult;
import heddle.compiler.scalar.Annihilating;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.Rounding;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.tile.family.Attention;
import heddle.compiler.tile.family.Contraction;
import heddle.compiler.tile.family.FamilyInterpreter;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs mean the same at any block sizes, in any order and in any parts. */
class TileInterpreterTest {
    private static final Dim N = Dim.symbol("N");
    private static final Dim M = Dim.symbol("M");
    private static final Axis I = new Axis("i", N);
    private static final Axis J = new Axis("j", M);
    private static final Axis D = new Axis("d", Dim.of(3));
    private static final Axis E = new Axis("e", Dim.of(5));
    private static final Buffer Q = buffer("q", N, D.extent());
    private static final Buffer K = buffer("k", M, D.extent());
    private static final Buffer V = buffer("v", M, E.extent());
    private static final Buffer SINKS = buffer("sinks", N);
    private static final Buffer O = buffer("o", N, E.extent());
    private static final Buffer LSE = buffer("lse", N);
    private static final Buffer MAX = buffer("max", N);
    private static final Buffer SUM = buffer("sum", N);
    private static final List<Buffer> RESULTS = List.of(O, LSE, MAX, SUM);

    private static Buffer buffer(String name, Dim... shape) {
        return new Buffer(name, new TensorType(DType.F32, Shape.of(shape)));
    }

    private static ScalarExpr at(Buffer buffer, Axis... index) {
        return new ScalarExpr.Element(buffer, address(buffer, index));
    }

    private static ScalarExpr address(Buffer buffer, Axis... index) {
        return IndexSimplifier.address(
                buffer.type().shape(),
                List.of(index).stream().map(ScalarExpr::of).toList());
    }

    private static ScalarExpr fn(ScalarFn fn, ScalarExpr... args) {
        return ScalarExpr.apply(fn, args);
    }

    /** Attention of which row {@code i} sees keys up to {@code i - 2}, so that the first rows see none. */
    private static Attention attention(boolean sink) {
        var raw = new ScalarExpr.Variable("score", DType.F32);
        ScalarExpr mask = fn(ScalarFn.LE, ScalarExpr.of(J), fn(ScalarFn.SUB, ScalarExpr.of(I), ScalarExpr.of(2)));
        return new Attention(
                new AttentionDefinition(
                        List.of(),
                        I,
                        J,
                        D,
                        E,
                        at(Q, I, D),
                        at(K, J, D),
                        at(V, J, E),
                        Annihilating.NEITHER,
                        raw,
                        fn(ScalarFn.MUL, raw, new ScalarExpr.Literal(DType.F32, 0.5)),
                        Optional.of(mask),
                        Optional.empty(),
                        sink ? Optional.of(at(SINKS, I)) : Optional.empty(),
                        0,
                        false),
                List.of(
                        new Attention.Store(AttentionResult.Kind.OUTPUT, O, address(O, I, E)),
                        new Attention.Store(AttentionResult.Kind.LOG_SUM_EXP, LSE, address(LSE, I)),
                        new Attention.Store(AttentionResult.Kind.ROW_MAX, MAX, address(MAX, I)),
                        new Attention.Store(AttentionResult.Kind.ROW_SUM, SUM, address(SUM, I))));
    }

    /** Elements of every buffer, drawn from a seed, those of results zero. */
    private static Map<Buffer, double[]> memory(Map<String, Long> lengths, long seed) {
        Random random = new Random(seed);
        Map<Buffer, double[]> memory = new HashMap<>();
        for (Buffer b : List.of(Q, K, V, SINKS, O, LSE, MAX, SUM)) {
            long[] shape = b.type().shape().evaluate(lengths);
            double[] data = new double[(int) java.util.Arrays.stream(shape).reduce(1, (x, y) -> x * y)];
            if (!RESULTS.contains(b)) {
                java.util.Arrays.setAll(data, n -> (float) random.nextGaussian());
            }
            memory.put(b, data);
        }
        return memory;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
    void attentionMeansTheSameHoweverItIsCut(long seed) {
        Random random = new Random(seed);
        Map<String, Long> lengths = Map.of("N", 1L + random.nextInt(9), "M", (long) random.nextInt(9));
        for (boolean sink : new boolean[] {false, true}) {
            for (double special : new double[] {0, Double.NaN, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY}) {
                Attention attention = attention(sink);
                Map<Buffer, double[]> expected = memory(lengths, seed);
                Map<Buffer, double[]> actual = memory(lengths, seed);
                if (special != 0) {
                    for (Map<Buffer, double[]> m : List.of(expected, actual)) {
                        m.get(SINKS)[0] = special;
                        if (m.get(K).length > 0) {
                            m.get(K)[m.get(K).length - 1] = Double.isNaN(special) ? special : 0;
                            m.get(V)[m.get(V).length - 1] = special;
                        }
                    }
                }
                new FamilyInterpreter(expected, lengths).run(attention);
                TileProgram program = attention.program("attention", List.of());
                TileVerifier.verify(program);
                new TileInterpreter(actual::get, lengths, Rounding.REAL, BlockChoice.drawn(random)).run(program);
                String place = "seed " + seed + ", lengths " + lengths + ", sink " + sink + ", special " + special;
                for (Buffer result : List.of(O, LSE, SUM)) {
                    assertArrayEquals(expected.get(result), actual.get(result), 1e-12, result + ", " + place);
                }
                for (int row = 0; row < expected.get(MAX).length; row++) {
                    // The maximum of a row that has a NaN says nothing; its sum is NaN.
                    if (!Double.isNaN(expected.get(SUM)[row])) {
                        assertEquals(expected.get(MAX)[row], actual.get(MAX)[row], 1e-12, "max, " + place);
                    }
                }
            }
        }
    }

    @Test
    void typedArithmeticRoundsEachFunction() {
        Map<String, Long> lengths = Map.of("N", 6L, "M", 7L);
        Map<Buffer, double[]> real = memory(lengths, 1);
        Map<Buffer, double[]> typed = memory(lengths, 1);
        TileProgram program = attention(false).program("attention", List.of());
        new TileInterpreter(real::get, lengths, Rounding.REAL, BlockChoice.WHOLE).run(program);
        new TileInterpreter(typed::get, lengths, Rounding.TYPED, BlockChoice.WHOLE).run(program);
        assertArrayEquals(real.get(O), typed.get(O), 1e-5);
        boolean differs = false;
        for (int n = 0; n < real.get(O).length; n++) {
            assertEquals((float) typed.get(O)[n], typed.get(O)[n], "an f32 element");
            differs |= real.get(O)[n] != typed.get(O)[n];
        }
        assertTrue(differs, "nothing was rounded");
    }

    @Test
    void sumsInABufferGatherWhatBlocksAdd() {
        // counts[j % 2] += x[j], in blocks of any size
        Buffer x = buffer("x", M);
        Buffer sums = buffer("sums", Dim.of(2));
        TileStmt add =
                new TileStmt.AddTo(sums, List.of(J), fn(ScalarFn.MOD, ScalarExpr.of(J), ScalarExpr.of(2)), at(x, J));
        TileProgram program = TileProgram.parallel("scatter", "scatter", List.of(J), List.of(add), List.of());
        TileVerifier.verify(program);
        for (long seed = 0; seed < 20; seed++) {
            Map<Buffer, double[]> memory = Map.of(x, new double[] {1, 10, 2, 20, 3, 30, 4}, sums, new double[] {0, 0});
            BlockChoice choice = BlockChoice.drawn(new Random(seed));
            new TileInterpreter(memory::get, Map.of("M", 7L), Rounding.REAL, choice).run(program);
            assertArrayEquals(new double[] {10, 60}, memory.get(sums), "seed " + seed);
        }
    }

    @Test
    void boundsOfAnInnerLoopMayReadAnOuterIndex() {
        // y[i] = sum over j from i to i + 2 of x[j]: neighbours, by a loop whose bounds move with i
        Buffer x = buffer("x", M);
        Buffer y = buffer("y", N);
        Tile sum = new Tile("sum", DType.F32, List.of());
        Tile block = new Tile("block", DType.F32, List.of());
        ScalarExpr next = fn(ScalarFn.ADD, sum.value(), block.value());
        TileStmt inner = new TileStmt.Loop(
                LoopId.of(J),
                J,
                new LoopBounds(ScalarExpr.of(I), fn(ScalarFn.ADD, ScalarExpr.of(I), ScalarExpr.of(2))),
                LoopMode.SEQUENTIAL,
                Optional.empty(),
                List.of(
                        new TileStmt.Define(
                                block, new TileExpr.Reduce(heddle.compiler.scalar.Reduction.SUM, at(x, J), J)),
                        new TileStmt.Update(sum, new TileExpr.Map(next))));
        TileProgram program = TileProgram.parallel(
                "windows",
                "windows",
                List.of(I),
                List.of(
                        new TileStmt.Define(sum, new TileExpr.Map(ScalarExpr.zero(DType.F32))),
                        inner,
                        new TileStmt.Store(y, List.of(), address(y, I), sum.value())),
                List.of());
        TileVerifier.verify(program);
        for (long seed = 0; seed < 20; seed++) {
            Map<Buffer, double[]> memory = Map.of(x, new double[] {1, 2, 4, 8}, y, new double[3]);
            BlockChoice choice = BlockChoice.drawn(new Random(seed));
            new TileInterpreter(memory::get, Map.of("N", 3L, "M", 4L), Rounding.REAL, choice).run(program);
            assertArrayEquals(new double[] {3, 6, 12}, memory.get(y), "seed " + seed);
        }
    }

    @Test
    void anElementIsStoredOnce() {
        Buffer y = buffer("y", Dim.of(4));
        ScalarExpr half = fn(ScalarFn.FLOOR_DIV, ScalarExpr.of(I), ScalarExpr.of(2));
        TileStmt store = new TileStmt.Store(y, List.of(I), half, ScalarExpr.zero(DType.F32));
        TileProgram program = TileProgram.parallel("halves", "map", List.of(I), List.of(store), List.of());
        TileInterpreter interpreter =
                new TileInterpreter(b -> new double[4], Map.of("N", 4L), Rounding.REAL, BlockChoice.WHOLE);
        assertEquals(
                "element 0 of y is stored twice",
                assertThrows(IllegalStateException.class, () -> interpreter.run(program))
                        .getMessage());
    }

    /** Sums that would be repeated for each block are made for each index, however loops are cut. */
    @Test
    void whatIsRepeatedForEachBlockIsNotCut() {
        Buffer x = buffer("x", N);
        Buffer sums = buffer("sums", N);
        TileStmt add = new TileStmt.AddTo(sums, List.of(I), ScalarExpr.of(I), at(x, I));
        TileProgram program = TileProgram.parallel("add", "add", List.of(E, I), List.of(add), List.of());
        Cuttable cuttable = new Cuttable(program);
        assertEquals(
                List.of(false, true),
                program.parallel().stream().map(cuttable::isCuttable).toList());
        for (long seed = 0; seed < 10; seed++) {
            Map<Buffer, double[]> memory = Map.of(x, new double[] {1, 2, 3}, sums, new double[3]);
            BlockChoice choice = BlockChoice.drawn(new Random(seed));
            new TileInterpreter(memory::get, Map.of("N", 3L), Rounding.REAL, choice).run(program);
            assertArrayEquals(new double[] {5, 10, 15}, memory.get(sums), "seed " + seed);
        }
    }

    /** A value that lost its weight does not show, be it infinite, wherever the blocks of keys end. */
    @Test
    void valuesOfNoProbabilityDoNotLeakBetweenBlocks() {
        Map<String, Long> lengths = Map.of("N", 8L, "M", 6L);
        for (long seed = 0; seed < 20; seed++) {
            Map<Buffer, double[]> memory = memory(lengths, seed);
            memory.get(V)[0] = Double.POSITIVE_INFINITY;
            for (int d = 0; d < 3; d++) {
                // The last query and the last key that it sees: a score that leaves the others no probability.
                memory.get(Q)[7 * 3 + d] = 100;
                memory.get(K)[5 * 3 + d] = 100;
            }
            TileProgram program = attention(false).program("attention", List.of());
            BlockChoice choice = BlockChoice.drawn(new Random(seed));
            new TileInterpreter(memory::get, lengths, Rounding.REAL, choice).run(program);
            for (int e = 0; e < 5; e++) {
                assertEquals(memory.get(V)[5 * 5 + e], memory.get(O)[7 * 5 + e], 1e-12, "seed " + seed);
            }
        }
    }

    @Test
    void loopsOverBatchesRunIndexByIndex() {
        Axis b = new Axis("b", Dim.of(2));
        Buffer x = buffer("x", b.extent(), N, D.extent());
        Buffer w = buffer("w", D.extent(), E.extent());
        Buffer y = buffer("y", b.extent(), N, E.extent());
        var acc = new ScalarExpr.Variable("acc", DType.F32);
        TileProgram program = new Contraction(
                        List.of(b),
                        I,
                        E,
                        D,
                        at(x, b, I, D),
                        at(w, D, E),
                        Annihilating.NEITHER,
                        acc,
                        acc,
                        y,
                        address(y, b, I, E))
                .program("product", List.of());
        Cuttable cuttable = new Cuttable(program);
        List<String> cut = new ArrayList<>();
        program.parallel().stream()
                .filter(cuttable::isCuttable)
                .forEach(l -> cut.add(l.axis().name()));
        assertEquals(List.of("e", "i"), cut);
    }
}
