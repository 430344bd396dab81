package heddle.compiler.tile.proof;

import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExpr.Apply;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.scalar.ScalarFn;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What holds wherever a part of a program is computed: the conditions of the selects around it. A part that stands in
 * several places has those that all of its places have. Only a select keeps what is not chosen from being computed; both
 * sides of an {@code and} are.
 */
final class Conditions {
    private final Map<ScalarExpr, Set<Condition>> at = new HashMap<>();

    Conditions(ScalarExpr program) {
        List<ScalarExpr> parts = new ArrayList<>();
        ScalarExprs.visit(program, parts::add);
        at.put(program, Set.of());
        // What a part stands in comes before it in this order.
        parts.reversed().forEach(this::pass);
    }

    private void pass(ScalarExpr e) {
        Set<Condition> here = at.get(e);
        List<ScalarExpr> parts = ScalarExprs.operands(e);
        for (int slot = 0; slot < parts.size(); slot++) {
            Set<Condition> there = here;
            if (slot > 0 && e instanceof Apply a && a.fn() == ScalarFn.SELECT) {
                there = new LinkedHashSet<>(here);
                there.addAll(Condition.of(parts.getFirst(), slot == 1));
            }
            Set<Condition> other = at.putIfAbsent(parts.get(slot), there);
            if (other != null && !other.equals(there)) {
                Set<Condition> both = new LinkedHashSet<>(other);
                both.retainAll(there);
                at.put(parts.get(slot), both);
            }
        }
    }

    /** The conditions in force at a part of the program. */
    Set<Condition> at(ScalarExpr part) {
        return at.get(part);
    }
}
