package heddle.compiler.backend.jvm;

import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.scalar.ValueNumbers;
import heddle.compiler.scheduled.Action;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How often the actions of one step want a value. What is wanted once needs no name. */
final class Uses {
    private final List<Action> actions;
    private final ValueNumbers numbers;

    /** Of each action, how often values are operands in it. */
    private final List<Map<Integer, Integer>> counts;

    private int now;

    Uses(List<Action> actions, ValueNumbers numbers) {
        this.actions = actions;
        this.numbers = numbers;
        this.counts = actions.stream().map(this::counted).toList();
    }

    private Map<Integer, Integer> counted(Action action) {
        Map<Integer, Integer> found = new HashMap<>();
        switch (action) {
            case Action.Let l -> count(l.value(), found);
            case Action.Fold f -> count(f.value(), found);
            case Action.Store s -> count(s.value(), found);
            case Action.Add a -> count(a.stored().value(), found);
            default -> {} // The bodies of loops compute what they want themselves.
        }
        return found;
    }

    /** A value that is wanted again is computed once, so its operands count once. */
    private void count(ScalarExpr e, Map<Integer, Integer> found) {
        boolean first = found.merge(numbers.of(e), 1, Integer::sum) == 1;
        if (first && e instanceof ScalarExpr.Apply a) {
            a.args().forEach(x -> count(x, found));
        }
    }

    /** Says which action is being written. */
    void begin(Action action) {
        while (actions.get(now) != action) {
            now++;
        }
    }

    /** Whether nothing wants {@code e} but one operand of the action. */
    boolean isOnce(ScalarExpr e) {
        return counts.isEmpty()
                || counts.get(now).getOrDefault(numbers.of(e), 0) <= 1 && (isOutdated(e) || !isWantedLater(e));
    }

    /** Whether a later action wants {@code e} with the value it has after this one. */
    boolean isWantedLater(ScalarExpr e) {
        for (int n = now + 1; n < actions.size(); n++) {
            if (counts.get(n).containsKey(numbers.of(e))) {
                return true;
            }
            if (stores(actions.get(n), e)) {
                return false;
            }
        }
        return false;
    }

    /** Whether the action stores to what {@code e} was read from. */
    private boolean isOutdated(ScalarExpr e) {
        return stores(actions.get(now), e);
    }

    private static boolean stores(Action action, ScalarExpr e) {
        return switch (action) {
            case Action.Store s -> ScalarExprs.reads(e, s.to());
            case Action.Add a -> ScalarExprs.reads(e, a.to());
            default -> false;
        };
    }
}
