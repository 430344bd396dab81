package heddle.compiler.scalar;

import heddle.compiler.scalar.ScalarExpr.Apply;
import java.util.LinkedHashSet;
import java.util.SequencedSet;

/** Finds the parts that programs compute whatever their selects choose. */
public final class Needed {
    private final Memo<SequencedSet<ScalarExpr>> parts = new Memo<>(this::find);

    /**
     * The functions and elements that both branches of a select compute, and so may be computed before it; what they are
     * made of first.
     */
    public SequencedSet<ScalarExpr> ofBoth(Apply select) {
        SequencedSet<ScalarExpr> both =
                new LinkedHashSet<>(parts.of(select.args().get(1)));
        both.retainAll(parts.of(select.args().get(2)));
        return both;
    }

    private SequencedSet<ScalarExpr> find(ScalarExpr e) {
        SequencedSet<ScalarExpr> found = new LinkedHashSet<>();
        add(e, found);
        return found;
    }

    private void add(ScalarExpr e, SequencedSet<ScalarExpr> to) {
        if (!(e instanceof SharedExpr s) || to.contains(e)) {
            return;
        }
        if (e instanceof Apply a && a.fn() == ScalarFn.SELECT) {
            add(a.args().getFirst(), to);
            to.addAll(ofBoth(a));
        } else {
            s.operands().forEach(x -> add(x, to));
        }
        to.add(e);
    }
}
