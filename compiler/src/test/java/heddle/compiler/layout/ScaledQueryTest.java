package heddle.compiler.layout;

import static org.junit.jupiter.api.Assertions.assertEquals;

import heddle.compiler.op.attention.AttentionDefinition;
import heddle.compiler.scalar.Annihilating;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.scalar.ScalarText;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ScaledQueryTest {
    private static final ScalarExpr.Variable SCORE = new ScalarExpr.Variable("score", DType.F32);

    private static ScalarExpr times(ScalarExpr e, double factor) {
        return ScalarExpr.apply(ScalarFn.MUL, e, new ScalarExpr.Literal(DType.F32, factor));
    }

    private static ScaledQuery scaled(ScalarExpr score) {
        Axis i = new Axis("i", Dim.symbol("N"));
        Axis j = new Axis("j", Dim.symbol("N"));
        Axis d = new Axis("d", Dim.of(8));
        Axis e = new Axis("e", Dim.of(8));
        Buffer x = new Buffer("x", new TensorType(DType.F32, new Shape(List.of(Dim.symbol("N"), Dim.of(8)))));
        ScalarExpr element = new ScalarExpr.Element(x, ScalarExpr.of(d));
        return ScaledQuery.of(new AttentionDefinition(
                List.of(),
                i,
                j,
                d,
                e,
                element,
                element,
                element,
                Annihilating.NEITHER,
                SCORE,
                score,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                0,
                false));
    }

    @Test
    void aScaleMovesToTheQueries() {
        ScaledQuery s = scaled(times(SCORE, 0.5));
        assertEquals("x[d] * 0.5", ScalarText.of(s.query()));
        assertEquals("score", ScalarText.of(s.score()));
    }

    @Test
    void ofTwoEqualScalesOneMoves() {
        ScaledQuery s = scaled(times(times(SCORE, 0.5), 0.5));
        assertEquals("x[d] * 0.5", ScalarText.of(s.query()));
        assertEquals("score * 0.5", ScalarText.of(s.score()));
    }
}
