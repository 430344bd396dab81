package heddle.compiler.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BlockStridesTest {
    private static final Axis K = new Axis("k", Dim.of(7));

    private static ScalarExpr apply(ScalarFn fn, ScalarExpr a, long b) {
        return ScalarExpr.apply(fn, a, ScalarExpr.of(b));
    }

    /** {@code panels[n div width, k, n % width]}. */
    private static ScalarExpr panels(Axis n, int width) {
        long all = n.extent().value();
        Buffer buffer = new Buffer("panels", new TensorType(DType.F32, Shape.of(all / width, 7, width)));
        ScalarExpr panel = apply(ScalarFn.FLOOR_DIV, ScalarExpr.of(n), width);
        ScalarExpr row = ScalarExpr.apply(ScalarFn.ADD, apply(ScalarFn.MUL, panel, 7), ScalarExpr.of(K));
        ScalarExpr column = apply(ScalarFn.MOD, ScalarExpr.of(n), width);
        return new ScalarExpr.Element(buffer, ScalarExpr.apply(ScalarFn.ADD, apply(ScalarFn.MUL, row, width), column));
    }

    @Test
    void aBlockWithinAPanelHasStrides() {
        Axis n = new Axis("n", Dim.of(128));
        BlockStrides block = BlockStrides.of(panels(n, 16), Map.of(n, 16, K, 7)).orElseThrow();
        assertEquals(Dim.of(1), block.along(n));
        assertEquals(Dim.of(16), block.along(K));
        assertTrue(block.parts().isEmpty());
    }

    @ParameterizedTest
    @ValueSource(ints = {32, 64})
    void aBlockOfSeveralPanelsHasParts(int size) {
        Axis n = new Axis("n", Dim.of(128));
        Map<Axis, Integer> sizes = Map.of(n, size, K, 7);
        assertTrue(BlockStrides.of(panels(n, 16), sizes).isEmpty());
        BlockStrides block = BlockStrides.inParts(panels(n, 16), sizes, n).orElseThrow();
        assertEquals(
                new BlockStrides.Parts(n, 16, Dim.of(7 * 16)), block.parts().orElseThrow());
        assertEquals(Dim.of(1), block.along(n));
        assertEquals(Dim.of(16), block.along(K));
    }

    /** More panels than four, and blocks of which the last one ends sooner. */
    @Test
    void otherBlocksHaveNone() {
        Axis n = new Axis("n", Dim.of(128));
        assertTrue(BlockStrides.inParts(panels(n, 16), Map.of(n, 128, K, 7), n).isEmpty());
        Axis shorter = new Axis("n", Dim.of(96));
        assertTrue(BlockStrides.inParts(panels(shorter, 16), Map.of(shorter, 64, K, 7), shorter)
                .isEmpty());
        assertTrue(
                BlockStrides.inParts(ScalarExpr.of(1), Map.of(n, 32, K, 7), n).isEmpty());
    }
}
