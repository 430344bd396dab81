package heddle.compiler.scalar;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * Computes an answer for an expression from the answers for its parts, once for each distinct part. A part may occur in
 * an expression more often than can be counted.
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
