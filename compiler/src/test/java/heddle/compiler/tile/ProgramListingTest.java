package heddle.compiler.tile;

import static org.junit.jupiter.api.Assertions.assertEquals;

import heddle.compiler.index.IndexSimplifier;
import heddle.compiler.op.attention.AttentionDefinition;
import heddle.compiler.op.attention.AttentionResult;
import heddle.compiler.scalar.Annihilating;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.tile.family.Attention;
import heddle.compiler.tile.family.Contraction;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ProgramListingTest {
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
        ScalarExpr scaled = ScalarExpr.apply(ScalarFn.MUL, score, new ScalarExpr.Literal(DType.F32, 0.125));
        ScalarExpr causal = ScalarExpr.apply(ScalarFn.LE, ScalarExpr.of(j), ScalarExpr.of(i));
        Attention attention = new Attention(
                new AttentionDefinition(
                        List.of(h),
                        i,
                        j,
                        d,
                        e,
                        at(queries, h, i, d),
                        at(keys, h, j, d),
                        at(values, h, j, e),
                        Annihilating.NEITHER,
                        score,
                        scaled,
                        Optional.of(causal),
                        Optional.empty(),
                        Optional.empty(),
                        0,
                        false),
                List.of(new Attention.Store(AttentionResult.Kind.OUTPUT, result, address(result, i, h, e))));
        TileProgram program = attention.program("softmax#1", List.of("minilm.heddle:12:5"));
        assertEquals("""
                # minilm.heddle:12:5
                attention softmax#1(queries, keys, values) -> result:
                  parallel h < 8, i < N, e < 64:
                    q[i, d] = queries[h * (64*N) + i * 64 + d]
                    acc[i, e] = 0
                    rowMax[i] = -inf
                    rowSum[i] = 0
                    for j < N partial(acc from 0, rowMax from -inf, rowSum from 0) by mask j <= i:
                      k[j, d] = keys[h * (64*N) + j * 64 + d]
                      score[i, j] = dot(q, k) over d
                      score = score * 0.125
                      masked j:
                        score = where(j <= i, score, -inf)
                      blockMax[i] = max(score) over j, NaN may be ignored
                      newMax[i] = max(rowMax, blockMax)
                      shift[i] = where(newMax == -inf, 0, newMax)
                      rescale[i] = exp(rowMax - shift)
                      score = exp(score - shift)
                      blockSum[i] = sum(score) over j
                      rowSum = rowSum * rescale + blockSum
                      rowMax = newMax
                      acc = where(rescale == 0, 0, acc * rescale)
                      v[e, j] = values[h * (64*N) + j * 64 + e]
                      acc += dot(score, v) over j, zeros of score annihilate
                    merge j:
                      top[i] = max(rowMax, rowMaxPart)
                      base[i] = where(top == -inf, 0, top)
                      ownScale[i] = exp(rowMax - base)
                      partScale[i] = exp(rowMaxPart - base)
                      acc = where(ownScale == 0, 0, acc * ownScale) + where(partScale == 0, 0, accPart * partScale)
                      rowSum = rowSum * ownScale + rowSumPart * partScale
                      rowMax = top
                    scale[i] = where(rowSum == 0, 0, 1 / rowSum)
                    acc = acc * scale
                    store result[i * 512 + h * 64 + e] = acc
                """, ProgramListing.of(program));
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
                contraction linear(x, w) -> y:
                  parallel n < 1536, m < N:
                    acc[m, n] = 0
                    for k < 384 partial(acc from 0):
                      left[m, k] = x[m * 384 + k]
                      right[n, k] = w[k * 1536 + n]
                      acc += dot(left, right) over k
                    merge k:
                      acc = acc + accPart
                    store y[m * 1536 + n] = acc
                """, ProgramListing.of(c.program("linear", List.of())));
    }
}
