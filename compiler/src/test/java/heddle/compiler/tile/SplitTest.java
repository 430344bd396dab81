package heddle.compiler.tile;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

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
import heddle.compiler.tile.family.MapFamily;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SplitTest {
    private static final Axis B = new Axis("b", Dim.of(2));
    private static final Axis I = new Axis("i", Dim.symbol("N"));
    private static final Axis J = new Axis("j", Dim.symbol("M"));
    private static final Axis D = new Axis("d", Dim.of(3));
    private static final Axis E = new Axis("e", Dim.of(2));
    private static final Buffer Q = buffer("Q", B, I, D);
    private static final Buffer K = buffer("K", B, J, D);
    private static final Buffer V = buffer("V", B, J, E);
    private static final Buffer SINKS = buffer("SINKS", I);
    private static final Buffer O = buffer("O", B, I, E);
    private static final Buffer LSE = buffer("LSE", B, I);

    private static Buffer buffer(String name, Axis... axes) {
        Dim[] shape = Arrays.stream(axes).map(Axis::extent).toArray(Dim[]::new);
        return new Buffer(name, new TensorType(DType.F32, Shape.of(shape)));
    }

    private static ScalarExpr address(Buffer buffer, Axis... axes) {
        return IndexSimplifier.address(
                buffer.type().shape(),
                Arrays.stream(axes).map(a -> (ScalarExpr) ScalarExpr.of(a)).toList());
    }

    private static ScalarExpr at(Buffer buffer, Axis... axes) {
        return new ScalarExpr.Element(buffer, address(buffer, axes));
    }

    /** Attention of which row {@code i} sees keys up to {@code i + 1}. */
    private static TileProgram attention(boolean sink, boolean mask) {
        var raw = new ScalarExpr.Variable("score", DType.F32);
        ScalarExpr last = ScalarExpr.apply(ScalarFn.ADD, ScalarExpr.of(I), ScalarExpr.of(1));
        return new Attention(
                        new AttentionDefinition(
                                List.of(B),
                                I,
                                J,
                                D,
                                E,
                                at(Q, B, I, D),
                                at(K, B, J, D),
                                at(V, B, J, E),
                                Annihilating.NEITHER,
                                raw,
                                raw,
                                mask
                                        ? Optional.of(ScalarExpr.apply(ScalarFn.LE, ScalarExpr.of(J), last))
                                        : Optional.empty(),
                                Optional.empty(),
                                sink ? Optional.of(at(SINKS, I)) : Optional.empty(),
                                0,
                                false),
                        List.of(
                                new Attention.Store(AttentionResult.Kind.OUTPUT, O, address(O, B, I, E)),
                                new Attention.Store(AttentionResult.Kind.LOG_SUM_EXP, LSE, address(LSE, B, I))))
                .program("attention", List.of());
    }

    private static Map<Buffer, double[]> memory(Map<String, Long> lengths, long seed) {
        Random random = new Random(seed);
        Map<Buffer, double[]> memory = new HashMap<>();
        for (Buffer b : List.of(Q, K, V, SINKS, O, LSE)) {
            double[] data = zeros(b, lengths);
            if (b != O && b != LSE) {
                Arrays.setAll(data, n -> 3 * (float) random.nextGaussian());
            }
            memory.put(b, data);
        }
        return memory;
    }

    private static double[] zeros(Buffer buffer, Map<String, Long> lengths) {
        return new double[(int) buffer.type().shape().size().evaluate(lengths)];
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void partsAndTheirMergeMeanTheWhole(long seed) {
        Random random = new Random(seed);
        Map<String, Long> lengths = Map.of("N", 1L + random.nextInt(5), "M", (long) random.nextInt(14));
        int length = 1 + random.nextInt(6);
        for (int variant = 0; variant < 4; variant++) {
            TileProgram whole = attention(variant % 2 == 1, variant > 1);
            Map<Buffer, double[]> expected = memory(lengths, seed);
            new TileInterpreter(expected::get, lengths, Rounding.REAL, BlockChoice.WHOLE).run(whole);
            Split split = Split.of(whole, length, tile -> "parts_" + tile);
            Map<Buffer, double[]> actual = memory(lengths, seed);
            for (TileProgram program : List.of(split.parts(), split.merge())) {
                TileVerifier.verify(program);
                program.writes().forEach(b -> actual.computeIfAbsent(b, x -> zeros(x, lengths)));
                new TileInterpreter(actual::get, lengths, Rounding.REAL, BlockChoice.drawn(random)).run(program);
            }
            String place = "seed " + seed + ", lengths " + lengths + ", parts of " + length + ", variant " + variant;
            assertArrayEquals(expected.get(O), actual.get(O), 1e-12, place);
            assertArrayEquals(expected.get(LSE), actual.get(LSE), 1e-12, place);
        }
    }

    @Test
    void aProgramWithoutAPartialLoopIsNotSplit() {
        TileProgram map = new MapFamily(List.of(B, I), LSE, address(LSE, B, I), at(SINKS, I)).program("map", List.of());
        assertThrows(IllegalArgumentException.class, () -> Split.of(map, 4, tile -> tile));
        assertThrows(IllegalArgumentException.class, () -> Split.of(attention(false, false), 0, tile -> tile));
    }
}
