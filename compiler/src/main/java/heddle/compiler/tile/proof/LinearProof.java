package heddle.compiler.tile.proof;

import heddle.compiler.index.IndexSimplifier;
import heddle.compiler.index.LinearForm;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExpr.Apply;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.Dim;
import heddle.compiler.type.LengthFacts;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Shows that a sum of indexes is not negative. Each atom is replaced by its least or its greatest value, whichever makes
 * the sum less, until lengths are left: of an axis from its extent, of a quotient or remainder from its divisor, of a clamp
 * from its limits, and of anything from the conditions that are known to hold.
 */
final class LinearProof {
    /** After how many sums that were tried a proof is given up. */
    private static final int STEPS = 200;

    private final LengthFacts lengths;
    private int steps = STEPS;

    LinearProof(LengthFacts lengths) {
        this.lengths = lengths;
    }

    /** Whether {@code goal} is at least zero wherever all {@code known} are. That it is may not be seen. */
    boolean isNonNegative(LinearForm goal, List<LinearForm> known) {
        try {
            return known.stream().anyMatch(fact -> isNoLess(goal, fact)) || prove(goal, known);
        } catch (ArithmeticException overflow) {
            return false;
        }
    }

    private boolean isNoLess(LinearForm goal, LinearForm fact) {
        LinearForm difference = goal.minus(fact);
        return difference.isConstant() && lengths.isNonNegative(difference.constant());
    }

    private boolean prove(LinearForm goal, List<LinearForm> known) {
        if (goal.isConstant()) {
            return lengths.isNonNegative(goal.constant());
        }
        ScalarExpr atom = next(goal);
        Dim c = goal.terms().get(atom);
        boolean down = c.times(-1).isNonNegative();
        boolean up = !down && lengths.isNonNegative(c);
        if (steps-- <= 0 || !up && !down && !lengths.isNonNegative(c.times(-1))) {
            return false;
        }
        for (LinearForm fact : known) {
            List<LinearForm> others = new ArrayList<>(known);
            others.remove(fact);
            if (without(goal, atom, fact, up).filter(g -> prove(g, others)).isPresent()) {
                return true;
            }
        }
        for (LinearForm fact : ofAtom(atom)) {
            if (without(goal, atom, fact, up).filter(g -> prove(g, known)).isPresent()) {
                return true;
            }
        }
        return atom instanceof Apply a && isEitherWay(goal, a, c, known);
    }

    /** What is computed from indexes goes first: its bounds are made of indexes. */
    private static ScalarExpr next(LinearForm goal) {
        Set<ScalarExpr> atoms = goal.terms().keySet();
        return atoms.stream()
                .filter(Apply.class::isInstance)
                .findFirst()
                .orElseGet(() -> atoms.iterator().next());
    }

    /** {@code goal} less as much of {@code fact} as it takes for an atom to vanish, or empty when that proves nothing. */
    private Optional<LinearForm> without(LinearForm goal, ScalarExpr atom, LinearForm fact, boolean up) {
        Dim a = fact.terms().get(atom);
        if (a == null) {
            return Optional.empty();
        }
        Dim c = goal.terms().get(atom);
        Optional<Dim> times = c.dividedExactlyBy(a);
        if (times.isPresent()) {
            return times.filter(lengths::isNonNegative).map(t -> goal.minus(fact.times(t)));
        }
        Dim size = up ? a : a.times(-1);
        if (!lengths.isPositive(size)) {
            return Optional.empty();
        }
        // A whole number is not negative when a multiple of it is greater than minus the factor.
        LinearForm multiple = goal.times(size).plus(LinearForm.of(size.minus(1)));
        return Optional.of(multiple.minus(fact.times(up ? c : c.times(-1))));
    }

    /** What always holds of an atom: sums that are not negative. */
    private List<LinearForm> ofAtom(ScalarExpr atom) {
        LinearForm t = LinearForm.of(atom);
        return switch (atom) {
            case ScalarExpr.Index i ->
                List.of(t, LinearForm.of(i.axis().extent().minus(1)).minus(t));
            case Apply a ->
                switch (a.fn()) {
                    case FLOOR_DIV -> ofQuotient(t, argument(a, 0), argument(a, 1));
                    case MOD -> ofRemainder(t, argument(a, 1));
                    case MIN -> limits(a).map(x -> x.minus(t)).toList();
                    case MAX -> limits(a).map(t::minus).toList();
                    default -> List.of();
                };
            default -> List.of();
        };
    }

    /** The arguments of a minimum or maximum, lengths before what moves with an index. */
    private static Stream<LinearForm> limits(Apply a) {
        return Stream.of(argument(a, 0), argument(a, 1)).sorted(Comparator.comparing(x -> !x.isConstant()));
    }

    private List<LinearForm> ofRemainder(LinearForm t, LinearForm divisor) {
        return isPositive(divisor)
                ? List.of(t, LinearForm.of(divisor.constant().minus(1)).minus(t))
                : List.of();
    }

    private List<LinearForm> ofQuotient(LinearForm t, LinearForm x, LinearForm divisor) {
        if (!isPositive(divisor)) {
            return List.of();
        }
        Dim d = divisor.constant();
        List<LinearForm> known = new ArrayList<>();
        if (prove(x, List.of())) {
            known.add(t);
        }
        greatest(x)
                .ifPresent(last -> known.add(
                        LinearForm.of(blocks(last.plus(1), d).minus(1)).minus(t)));
        LinearForm rest = x.minus(t.times(d));
        known.add(rest);
        known.add(LinearForm.of(d.minus(1)).minus(rest));
        return known;
    }

    /** How many blocks of a size a length has. */
    private static Dim blocks(Dim length, Dim size) {
        return length.dividedExactlyBy(size).orElseGet(() -> length.ceilDiv(size));
    }

    private boolean isPositive(LinearForm divisor) {
        return divisor.isConstant() && lengths.isPositive(divisor.constant());
    }

    /** The greatest value of a sum of axes, none of which is taken away. */
    private Optional<Dim> greatest(LinearForm x) {
        Dim sum = x.constant();
        for (var term : x.terms().entrySet()) {
            if (!(term.getKey() instanceof ScalarExpr.Index i) || !lengths.isNonNegative(term.getValue())) {
                return Optional.empty();
            }
            sum = sum.plus(i.axis().extent().minus(1).times(term.getValue()));
        }
        return Optional.of(sum);
    }

    /** Whether the goal holds whichever argument a minimum, a maximum or a select gives. */
    private boolean isEitherWay(LinearForm goal, Apply a, Dim c, List<LinearForm> known) {
        if (a.fn() == ScalarFn.SELECT) {
            return isWith(goal, a, argument(a, 1), c, with(known, forms(a.args().getFirst(), true)))
                    && isWith(
                            goal,
                            a,
                            argument(a, 2),
                            c,
                            with(known, forms(a.args().getFirst(), false)));
        }
        if (a.fn() != ScalarFn.MIN && a.fn() != ScalarFn.MAX) {
            return false;
        }
        LinearForm x = argument(a, 0);
        LinearForm y = argument(a, 1);
        LinearForm difference = a.fn() == ScalarFn.MIN ? y.minus(x) : x.minus(y);
        return isWith(goal, a, x, c, with(known, List.of(difference)))
                && isWith(goal, a, y, c, with(known, List.of(difference.times(Dim.of(-1)))));
    }

    private boolean isWith(LinearForm goal, Apply atom, LinearForm value, Dim c, List<LinearForm> known) {
        return prove(goal.minus(LinearForm.of(atom).times(c)).plus(value.times(c)), known);
    }

    private static List<LinearForm> forms(ScalarExpr truth, boolean holds) {
        return Condition.of(truth, holds).stream()
                .flatMap(condition -> condition.forms().stream())
                .toList();
    }

    private static List<LinearForm> with(List<LinearForm> known, List<LinearForm> more) {
        List<LinearForm> all = new ArrayList<>(known);
        all.addAll(more);
        return all;
    }

    private static LinearForm argument(Apply a, int slot) {
        return IndexSimplifier.form(a.args().get(slot));
    }
}
