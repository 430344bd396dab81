package heddle.compiler.backend.jvm;

import heddle.compiler.backend.emit.JavaText;
import heddle.compiler.backend.jvm.text.Lanes;
import heddle.compiler.backend.jvm.text.Locals;
import heddle.compiler.backend.jvm.text.Support;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ValueNumbers;
import heddle.compiler.type.DType;
import java.util.HashMap;
import java.util.Map;
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
    private final ValueNumbers numbers = new ValueNumbers();
    private final Map<Integer, String> vectors = new HashMap<>();
    private final Map<Integer, String> scalars = new HashMap<>();

    /** @param before text that stands before the loop */
    LaneInvariants(Lanes lanes, Locals locals, Set<Support> support, JavaText before) {
        this.lanes = lanes;
        this.locals = locals;
        this.before = before;
        this.code = new ScalarCode(locals, support, before);
    }

    JavaText before() {
        return before;
    }

    /** A vector, or for bools a mask, that has the value of {@code e} in every lane. */
    String spread(ScalarExpr e) {
        return vectors.computeIfAbsent(numbers.of(e), number -> {
            String scalar = code.of(e);
            String name = locals.fresh(name(e) + "All");
            if (e.type() == DType.BOOL) {
                before.line(lanes.mask() + " " + name + " = " + lanes.species() + ".maskAll(" + scalar + ");");
            } else {
                before.line(lanes.vector() + " " + name + " = " + lanes.broadcast(scalar) + ";");
            }
            return name;
        });
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

    /** A local variable with the value of {@code e}. */
    String scalar(ScalarExpr e) {
        return scalars.computeIfAbsent(numbers.of(e), number -> {
            String text = code.of(e);
            if (text.matches("(\\(long\\) )?\\w+")) {
                return text;
            }
            String name = locals.fresh("s");
            before.line(Locals.type(e.type()) + " " + name + " = " + text + ";");
            return name;
        });
    }
}
