package heddle.compiler.tile;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * A question that is answered for an expression by way of its parts, once for each: parts may stand in an expression
 * more often than can be counted.
 *
 * @param <T> the answers
 */
public final class Memo<T> {
    private final Function<ScalarExpr, T> rule;
    private final Map<ScalarExpr, T> answers = new HashMap<>();

    /** @param rule answers for one expression, asking this for its parts; never null */
    public Memo(Function<ScalarExpr, T> rule) {
        this.rule = rule;
    }

    /** The answer for {@code e}. */
    public T of(ScalarExpr e) {
        T known = answers.get(e);
        if (known == null) {
            known = rule.apply(e);
            answers.put(e, known);
        }
        return known;
    }
}
