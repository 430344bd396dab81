package heddle.compiler.tile;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The buffers that scalar programs read. */
public final class Reads {
    private Reads() {}

    /** Each buffer once, in the order they are met. */
    public static List<Buffer> of(Collection<ScalarExpr> programs) {
        Set<Buffer> buffers = new LinkedHashSet<>();
        for (ScalarExpr program : programs) {
            ScalarExprs.visit(program, e -> {
                if (e instanceof ScalarExpr.Element element) {
                    buffers.add(element.buffer());
                }
            });
        }
        return List.copyOf(buffers);
    }
}
