package heddle.compiler.backend.jvm;

import heddle.compiler.backend.jvm.Addresses.Position;
import heddle.compiler.backend.source.JavaText;
import heddle.compiler.scalar.Axis;
import java.util.Set;

/** Writes a loop along an axis that takes one index at a time. */
final class ScalarLoop {
    private final Axis axis;
    private final Locals locals;
    private final Set<Support> support;
    private final String index;
    private final Addresses addresses;

    /** @param before text that stands before the loop */
    ScalarLoop(Axis axis, Locals locals, Set<Support> support, JavaText before) {
        this.axis = axis;
        this.locals = locals;
        this.support = support;
        this.index = locals.fresh(axis.name());
        this.addresses = new Addresses(axis, locals, support, before);
        locals.bind(axis, "(long) " + index);
    }

    /** Begins the loop and gives what writes its body, which the caller closes. */
    ScalarCode open(JavaText out, String from, String to) {
        out.open("for (int " + index + " = " + from + "; " + index + " < " + to + "; " + index + "++)");
        return new ScalarCode(
                locals,
                support,
                out,
                (x, conditional) -> addresses.of(x, index, conditional).map(Position::text));
    }
}
