package heddle.compiler.backend.jvm;

import heddle.compiler.backend.emit.JavaText;
import heddle.compiler.backend.jvm.text.Lanes;
import heddle.compiler.backend.jvm.text.Locals;
import heddle.compiler.backend.jvm.text.Support;
import heddle.compiler.scalar.Memo;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.type.DType;
import java.util.Set;

/**
 * Values that are the same at every index of a lane loop. They are computed once, before the loop, and broadcast to the
 * lanes.
 */
final class LaneInvariants {
    private final Lanes lanes;
    private final Locals locals;
    private final JavaText before;
    private final ScalarCode code;
    private final Memo<String> vectors = new Memo<>(this::newVector);
    private final Memo<String> scalars = new Memo<>(this::newScalar);

    /** @param before text that stands before the loop */
    LaneInvariants(Lanes lanes, Locals locals, Set<Support> support, JavaText before) {
        this.lanes = lanes;
        this.locals = locals;
        this.before = before;
        this.code = new ScalarCode(locals, support, before);
    }

    /** A vector, or for bools a mask, that has the value of {@code e} in every lane. */
    String spread(ScalarExpr e) {
        return vectors.of(e);
    }

    /** A local variable with the value of {@code e}. */
    String scalar(ScalarExpr e) {
        return scalars.of(e);
    }

    private String newVector(ScalarExpr e) {
        String scalar = code.of(e);
        return e.type() == DType.BOOL
                ? declare(lanes.mask(), name(e) + "All", lanes.species() + ".maskAll(" + scalar + ")")
                : declare(lanes.vector(), name(e) + "All", lanes.broadcast(scalar));
    }

    private String newScalar(ScalarExpr e) {
        String text = code.of(e);
        return text.matches("(\\(long\\) )?\\w+") ? text : declare(Locals.type(e.type()), "s", text);
    }

    private String declare(String type, String wish, String value) {
        String name = locals.fresh(wish);
        before.line(type + " " + name + " = " + value + ";");
        return name;
    }

    private static String name(ScalarExpr e) {
        return switch (e) {
            case ScalarExpr.Variable v -> v.name();
            case ScalarExpr.Element x -> x.buffer().name();
            case ScalarExpr.Apply a -> a.fn().text();
            default -> "constant";
        };
    }

    /** A literal as it stands in Java. */
    String literal(ScalarExpr e) {
        return code.of(e);
    }
}
