package heddle.compiler.index;

import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.type.Dim;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The smallest and the largest value that an i64 expression can take, as far as they are known. An axis runs from zero
 * to its extent minus one. An expression over an axis of length zero is never evaluated, so extents count as positive.
 */
record IndexBounds(Optional<Dim> low, Optional<Dim> high) {
    /**
     * The answers found so far for one query.
     *
     * @param positive lengths known to be positive
     * @param atoms    the bounds of the atoms seen so far
     */
    private record Known(Set<String> positive, Map<ScalarExpr, IndexBounds> atoms) {
        static Known of(LinearForm form) {
            return new Known(IndexBounds.positive(form), new HashMap<>());
        }
    }

    private static final IndexBounds UNKNOWN = new IndexBounds(Optional.empty(), Optional.empty());

    private static IndexBounds of(Dim low, Dim high) {
        return new IndexBounds(Optional.of(low), Optional.of(high));
    }

    static IndexBounds of(LinearForm form) {
        return of(form, Known.of(form));
    }

    private static IndexBounds of(LinearForm form, Known known) {
        Optional<Dim> low = Optional.of(form.constant());
        Optional<Dim> high = low;
        for (var term : form.terms().entrySet()) {
            Dim c = term.getValue();
            IndexBounds b = of(term.getKey(), known);
            boolean up = isNonNegative(c, known);
            if (!up && !isNonNegative(c.times(-1), known)) {
                return UNKNOWN;
            }
            low = sum(low, c, up ? b.low : b.high);
            high = sum(high, c, up ? b.high : b.low);
        }
        return new IndexBounds(low, high);
    }

    private static Optional<Dim> sum(Optional<Dim> a, Dim factor, Optional<Dim> b) {
        return a.flatMap(x -> b.map(y -> x.plus(factor.times(y))));
    }

    private static IndexBounds of(ScalarExpr atom, Known known) {
        IndexBounds before = known.atoms.get(atom);
        if (before == null) {
            before = find(atom, known);
            known.atoms.put(atom, before);
        }
        return before;
    }

    private static IndexBounds find(ScalarExpr atom, Known known) {
        return switch (atom) {
            case ScalarExpr.Index i -> of(Dim.ZERO, i.axis().extent().minus(1));
            case ScalarExpr.Apply a ->
                switch (a.fn()) {
                    case MOD -> mod(a, known);
                    case FLOOR_DIV -> floorDiv(a, known);
                    case MIN -> min(a, known);
                    case MAX -> max(a, known);
                    default -> UNKNOWN;
                };
            default -> UNKNOWN;
        };
    }

    /** A remainder by zero is zero, so that it is below the divisor only where that is seen to be positive. */
    private static IndexBounds mod(ScalarExpr.Apply a, Known known) {
        LinearForm divisor = IndexSimplifier.form(a.args().get(1));
        return divisor.isConstant() && isNonNegative(divisor.constant().minus(1), known)
                ? of(Dim.ZERO, divisor.constant().minus(1))
                : UNKNOWN;
    }

    private static IndexBounds floorDiv(ScalarExpr.Apply a, Known known) {
        LinearForm divisor = IndexSimplifier.form(a.args().get(1));
        if (!divisor.isConstant() || !divisor.constant().isNonNegative()) {
            return UNKNOWN;
        }
        IndexBounds b = of(IndexSimplifier.form(a.args().getFirst()), known);
        Dim d = divisor.constant();
        return new IndexBounds(b.low.map(low -> low.floorDiv(d)), b.high.map(high -> floorDivOfLast(high, d)));
    }

    /** {@code last div d}, where {@code last} is often one less than a multiple of {@code d}. */
    private static Dim floorDivOfLast(Dim last, Dim d) {
        return last.plus(1)
                .dividedExactlyBy(d)
                .map(quotient -> quotient.minus(1))
                .orElseGet(() -> last.floorDiv(d));
    }

    /** At most either side. Of two upper bounds it takes the second, where clamps have their limit. */
    private static IndexBounds min(ScalarExpr.Apply a, Known known) {
        IndexBounds x = of(IndexSimplifier.form(a.args().get(0)), known);
        IndexBounds y = of(IndexSimplifier.form(a.args().get(1)), known);
        return new IndexBounds(lesser(x.low, y.low, known), y.high.or(() -> x.high));
    }

    private static IndexBounds max(ScalarExpr.Apply a, Known known) {
        IndexBounds x = of(IndexSimplifier.form(a.args().get(0)), known);
        IndexBounds y = of(IndexSimplifier.form(a.args().get(1)), known);
        return new IndexBounds(y.low.or(() -> x.low), greater(x.high, y.high, known));
    }

    private static Optional<Dim> lesser(Optional<Dim> x, Optional<Dim> y, Known known) {
        if (x.isEmpty() || y.isEmpty()) {
            return Optional.empty();
        }
        if (isNonNegative(y.get().minus(x.get()), known)) {
            return x;
        }
        return isNonNegative(x.get().minus(y.get()), known) ? y : Optional.empty();
    }

    private static Optional<Dim> greater(Optional<Dim> x, Optional<Dim> y, Known known) {
        return lesser(x, y, known).flatMap(least -> least.equals(x.get()) ? y : x);
    }

    /** Whether {@code 0 <= form < divisor} at every index. */
    static boolean isWithin(LinearForm form, Dim divisor) {
        Known known = Known.of(form);
        known.positive.addAll(divisor.factors());
        IndexBounds b = of(form, known);
        return b.low.isPresent()
                && b.high.isPresent()
                && isNonNegative(b.low.get(), known)
                && isNonNegative(divisor.minus(1).minus(b.high.get()), known);
    }

    /** Whether {@code form >= 0} at every index. */
    static boolean isNonNegative(LinearForm form) {
        Known known = Known.of(form);
        return of(form, known).low.filter(d -> isNonNegative(d, known)).isPresent();
    }

    private static boolean isNonNegative(Dim dim, Known known) {
        if (dim.isNonNegative()) {
            return true;
        }
        Map<String, Dim> atLeastOne = new TreeMap<>();
        known.positive.forEach(s -> atLeastOne.put(s, Dim.symbol(s).plus(1)));
        return dim.bind(atLeastOne).isNonNegative();
    }

    /** The lengths known to be positive because an index runs over them. */
    private static Set<String> positive(LinearForm form) {
        Set<String> symbols = new TreeSet<>();
        form.terms()
                .keySet()
                .forEach(atom -> ScalarExprs.visit(atom, x -> {
                    if (x instanceof ScalarExpr.Index i) {
                        symbols.addAll(i.axis().extent().factors());
                    }
                }));
        return symbols;
    }
}
