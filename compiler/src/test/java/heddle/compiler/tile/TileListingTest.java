package heddle.compiler.tile;

import static org.junit.jupiter.api.Assertions.assertEquals;

import heddle.compiler.index.IndexSimplifier;
import heddle.compiler.scalar.Annihilating;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.schedule.Tiling;
import heddle.compiler.tile.family.Attention;
import heddle.compiler.tile.family.Contraction;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TileListingTest {
    private static final Dim N = Dim.symbol("N");

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

    @Test
    void causalAttentionFitsOnOneScreen() {
        Dim heads = Dim.of(8);
        Dim size = Dim.of(64);
        Axis h = new Axis("h", heads);
        Axis i = new Axis("i", N);
        Axis j = new Axis("j", N);
        Axis d = new Axis("d", size);
        Axis e = new Axis("e", size);
        Buffer queries = buffer("queries", heads, N, size);
        Buffer keys = buffer("keys", heads, N, size);
        Buffer values = buffer("values", heads, N, size);
        Buffer result = buffer("result", N, heads, size);
        var score = new ScalarExpr.Variable("score", DType.F32);
        var acc = new ScalarExpr.Variable("acc", DType.F32);
        ScalarExpr scaled = ScalarExpr.apply(ScalarFn.MUL, score, new ScalarExpr.Literal(DType.F32, 0.125));
        ScalarExpr causal = ScalarExpr.apply(ScalarFn.LE, ScalarExpr.of(j), ScalarExpr.of(i));
        Attention attention = new Attention(
                List.of(h),
                i,
                j,
                d,
                e,
                at(queries, h, i, d),
                at(keys, h, j, d),
                at(values, h, j, e),
                score,
                scaled,
                Optional.of(causal),
                Optional.empty(),
                Optional.empty(),
                acc,
                acc,
                result,
                address(result, i, h, e),
                Optional.empty());
        TileKernel kernel = attention.program("attention", Tiling.VECTORS.of(attention), List.of("minilm.heddle:12:5"));
        assertEquals("""
                # minilm.heddle:12:5
                kernel attention(queries, keys, values) -> result:  # plan: i 32, j 128
                  parallel h in 8, i in blocks(N, 32):
                    local q[i, d] = queries[h * (64*N) + i * 64 + d] * 0.125
                    local acc[i, e] = 0
                    register rowMax[i] = -inf
                    register rowSum[i] = 0
                    for j in blocks(N, 128) by mask j <= i:
                      global k[j, d] = keys[h * (64*N) + j * 64 + d]
                      local score[i, j] = dot(q, k) over d
                      in partial blocks:
                        score = where(j <= i, score, -inf)
                      register blockMax[i] = max(score) over j
                      register newMax[i] = max(rowMax, blockMax)
                      register shift[i] = where(newMax == -inf, 0, newMax)
                      register rescale[i] = exp(rowMax - shift)
                      score = exp(score - shift)
                      register blockSum[i] = sum(score) over j
                      rowSum = rowSum * rescale + blockSum
                      rowMax = newMax
                      acc = acc * rescale
                      global v[e, j] = values[h * (64*N) + j * 64 + e]
                      acc += dot(score, v) over j, zeros of score annihilate
                    register scale[i] = where(rowSum == 0, 0, 1 / rowSum)
                    acc = acc * scale
                    store result[i * 512 + h * 64 + e] = acc
                """, TileListing.of(kernel));
    }

    @Test
    void productsRunOverBlocksOfTheSum() {
        Axis m = new Axis("m", N);
        Axis n = new Axis("n", Dim.of(1536));
        Axis k = new Axis("k", Dim.of(384));
        Buffer x = buffer("x", N, k.extent());
        Buffer w = buffer("w", k.extent(), n.extent());
        Buffer y = buffer("y", N, n.extent());
        var acc = new ScalarExpr.Variable("acc", DType.F32);
        Contraction c = new Contraction(
                List.of(), m, n, k, at(x, m, k), at(w, k, n), Annihilating.NEITHER, acc, acc, y, address(y, m, n));
        assertEquals("""
                kernel linear(x, w) -> y:  # plan: k 384, m 192, n 64
                  parallel n in blocks(1536, 64), m in blocks(N, 192):
                    register acc[m, n] = 0
                    for k in blocks(384, 384):
                      global left[m, k] = x[m * 384 + k]
                      global right[n, k] = w[k * 1536 + n]
                      acc += dot(left, right) over k
                    store y[m * 1536 + n] = acc
                """, TileListing.of(c.program("linear", Tiling.VECTORS.of(c), List.of())));
    }
}
