package heddle.compiler.backend.jvm;

import heddle.compiler.backend.emit.JavaText;
import heddle.compiler.backend.jvm.text.Locals;
import heddle.compiler.backend.jvm.text.Support;
import heddle.compiler.index.Stride;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExpr.Element;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.type.Dim;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Addresses of elements along the axis of a loop. The part that does not change is computed before the loop, as {@code
 * int}.
 */
final class Addresses {
    /**
     * A position in an array that moves by {@code step} from one index to the next.
     *
     * @param text the position at the index asked for
     */
    record Position(String text, Dim step) {}

    /** The most characters of a part that is written where it is used. */
    private static final int SHORT = 32;

    private final Axis axis;
    private final Locals locals;
    private final JavaText before;
    private final ScalarCode code;
    private final Map<Element, String> starts = new HashMap<>();

    /** @param before text that stands before the loop over {@code axis} */
    Addresses(Axis axis, Locals locals, Set<Support> support, JavaText before) {
        this.axis = axis;
        this.locals = locals;
        this.before = before;
        this.code = new ScalarCode(locals, support, before);
    }

    /**
     * The position of an element, or empty when it does not move evenly.
     *
     * @param at          the index, an {@code int} expression
     * @param conditional whether the element may only be read on some condition, so that nothing may be read for it
     *                    before
     */
    Optional<Position> of(Element x, String at, boolean conditional) {
        Optional<Stride> stride = Stride.of(x.address(), axis);
        if (stride.isEmpty()
                || conditional && ScalarExprs.readsMemory(stride.get().start())) {
            return Optional.empty();
        }
        String start = starts.computeIfAbsent(
                new Element(x.buffer(), stride.get().start()), first -> declare(first.buffer(), first.address()));
        Dim step = stride.get().step();
        if (step.isZero()) {
            return Optional.of(new Position(start, step));
        }
        String length = ScalarCode.operand(Locals.length(step));
        String moved = step.is(1) ? at : (step.isKnown() ? "" : "(int) ") + length + " * " + ScalarCode.operand(at);
        return Optional.of(new Position(start + " + " + moved, step));
    }

    private String declare(Buffer buffer, ScalarExpr start) {
        Locals.Array array = locals.array(buffer);
        String position = code.position(array.offset(), start);
        if (position.length() <= SHORT && !position.contains("(int)")) {
            return position;
        }
        String name = locals.fresh(array.array() + "Start");
        before.line("int " + name + " = " + position + ";");
        return name;
    }
}
