package heddle.compiler.scalar;

import heddle.compiler.type.DType;
import heddle.compiler.type.Precision;
import java.util.List;
import java.util.Map;

/**
 * Computes in {@code f32} what a program computes in sixteen bits. A type that only follows from the types of operands
 * rounds nothing within a kernel; a cast that is written rounds.
 *
 * @param held what stands for variables of sixteen bits whose values are held in a wider type
 */
public record Widening(Map<ScalarExpr.Variable, ScalarExpr> held) {
    /** A value as a buffer of {@code type} holds it: rounded where that is of sixteen bits. */
    public static ScalarExpr stored(DType type, ScalarExpr value) {
        boolean isRounded = value instanceof ScalarExpr.Apply a && a.fn() == ScalarFn.CAST && a.type() == type;
        return Precision.isNarrow(type) && !isRounded
                ? new ScalarExpr.Apply(ScalarFn.CAST, type, List.of(value))
                : value;
    }

    /** The program in the type that its own {@linkplain Precision#computed is computed in}. */
    public ScalarExpr of(ScalarExpr program) {
        return widened(ScalarExprs.transform(program, this::part));
    }

    /** A part whose operands are done already: elements, and casts that round, keep their type to be read by it. */
    private ScalarExpr part(ScalarExpr e) {
        return switch (e) {
            case ScalarExpr.Variable v -> held.getOrDefault(v, v);
            case ScalarExpr.Literal l -> new ScalarExpr.Literal(Precision.computed(l.type()), l.value());
            case ScalarExpr.Apply a -> a.fn() == ScalarFn.CAST ? cast(a) : function(a);
            default -> e;
        };
    }

    private static ScalarExpr function(ScalarExpr.Apply a) {
        List<ScalarExpr> args = a.args().stream().map(Widening::widened).toList();
        return new ScalarExpr.Apply(a.fn(), Precision.computed(a.type()), args);
    }

    private static ScalarExpr cast(ScalarExpr.Apply a) {
        ScalarExpr from = a.args().getFirst();
        return Precision.isNarrow(a.type()) ? a : ScalarExpr.cast(a.type(), widened(from));
    }

    private static ScalarExpr widened(ScalarExpr e) {
        return ScalarExpr.cast(Precision.computed(e.type()), e);
    }
}
