package heddle.compiler.scheduled;

import heddle.compiler.scalar.Axis;
import java.util.function.Consumer;

/** Walks over actions. */
public final class ActionParts {
    private ActionParts() {}

    /** The axes whose current block a loop in an action runs over. */
    public static void blocks(Action action, Consumer<Axis> each) {
        if (action instanceof Action.For f) {
            if (f.span() instanceof Span.Block || f.span() instanceof Span.Padded) {
                each.accept(f.axis());
            }
            f.body().forEach(a -> blocks(a, each));
        }
    }
}
