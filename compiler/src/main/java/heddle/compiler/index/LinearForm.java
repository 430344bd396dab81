package heddle.compiler.index;

import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.Dim;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * An i64 value as {@code constant + sum of coefficient * atom}. Coefficients are lengths, so they may be symbols. An
 * atom is an axis index or any other term that is not a sum: a quotient, a remainder, an element of a buffer. {@link
 * IndexSimplifier} makes the atoms canonical, so equal forms mean equal values.
 *
 * @param terms the coefficient of each atom, none of them zero
 */
public record LinearForm(Map<ScalarExpr, Dim> terms, Dim constant) {
    public static final LinearForm ZERO = new LinearForm(Map.of(), Dim.ZERO);

    public LinearForm {
        terms = Collections.unmodifiableMap(new LinkedHashMap<>(terms)); // In an order that is the same each time.
    }

    /** A sum of no atoms. */
    public static LinearForm of(Dim constant) {
        return new LinearForm(Map.of(), constant);
    }

    /** An atom by itself. */
    public static LinearForm of(ScalarExpr atom) {
        return new LinearForm(Map.of(atom, Dim.ONE), Dim.ZERO);
    }

    /** The sum of these terms; those with a coefficient of zero vanish. */
    public static LinearForm of(Map<ScalarExpr, Dim> terms, Dim constant) {
        Map<ScalarExpr, Dim> kept = new LinkedHashMap<>(terms);
        kept.values().removeIf(Dim::isZero);
        return new LinearForm(kept, constant);
    }

    public LinearForm plus(LinearForm other) {
        Map<ScalarExpr, Dim> sum = new LinkedHashMap<>(terms);
        other.terms.forEach((atom, c) -> sum.merge(atom, c, Dim::plus));
        return of(sum, constant.plus(other.constant));
    }

    public LinearForm minus(LinearForm other) {
        return plus(other.times(Dim.of(-1)));
    }

    public LinearForm times(Dim factor) {
        Map<ScalarExpr, Dim> product = new LinkedHashMap<>();
        terms.forEach((atom, c) -> product.put(atom, c.times(factor)));
        return of(product, constant.times(factor));
    }

    public boolean isConstant() {
        return terms.isEmpty();
    }

    /** The elements from one index to the next along {@code axis}, as far as the axis stands outside other atoms. */
    public Dim coefficient(Axis axis) {
        return terms.getOrDefault(ScalarExpr.of(axis), Dim.ZERO);
    }

    /** Whether every atom that reads one of {@code axes} is the index of an axis itself: strides exist along them. */
    public boolean isAffineIn(Set<Axis> axes) {
        return terms.keySet().stream()
                .allMatch(atom -> atom instanceof ScalarExpr.Index
                        || axes.stream().noneMatch(axis -> ScalarExprs.reads(atom, axis)));
    }

    /** Whether every atom is the index of an axis. */
    public boolean isAffine() {
        return terms.keySet().stream().allMatch(ScalarExpr.Index.class::isInstance);
    }

    /** The single atom with coefficient one that this is, or null. */
    ScalarExpr asAtom() {
        return constant.isZero()
                        && terms.size() == 1
                        && terms.values().iterator().next().is(1)
                ? terms.keySet().iterator().next()
                : null;
    }

    /** As an expression, larger coefficients first. */
    public ScalarExpr toExpr() {
        ScalarExpr sum = null;
        for (var term : sorted()) {
            sum = plus(sum, term.getKey(), term.getValue());
        }
        if (sum == null) {
            return ScalarExpr.of(constant);
        }
        if (constant.isZero()) {
            return sum;
        }
        return isNegative(constant)
                ? ScalarExpr.apply(ScalarFn.SUB, sum, ScalarExpr.of(constant.times(-1)))
                : ScalarExpr.apply(ScalarFn.ADD, sum, ScalarExpr.of(constant));
    }

    /** {@code sum + atom * factor}; a sum that is null is not there yet. */
    private static ScalarExpr plus(ScalarExpr sum, ScalarExpr atom, Dim factor) {
        boolean subtract = sum != null && isNegative(factor);
        Dim size = subtract ? factor.times(-1) : factor;
        ScalarExpr product = size.is(1) ? atom : ScalarExpr.apply(ScalarFn.MUL, atom, ScalarExpr.of(size));
        return sum == null ? product : ScalarExpr.apply(subtract ? ScalarFn.SUB : ScalarFn.ADD, sum, product);
    }

    private static boolean isNegative(Dim dim) {
        return dim.isKnown() && dim.value() < 0;
    }

    /** A term, and what its place among others goes by. Writing a large atom takes time, so each is written once. */
    private record Sortable(Map.Entry<ScalarExpr, Dim> term, long coefficient, String text) {
        static Sortable of(Map.Entry<ScalarExpr, Dim> term) {
            Dim factor = term.getValue();
            return new Sortable(term, factor.isKnown() ? factor.value() : Long.MAX_VALUE, factor + " " + term.getKey());
        }
    }

    private List<Map.Entry<ScalarExpr, Dim>> sorted() {
        if (terms.size() < 2) {
            return List.copyOf(terms.entrySet());
        }
        return terms.entrySet().stream()
                .map(Sortable::of)
                .sorted(Comparator.comparingLong(Sortable::coefficient)
                        .reversed()
                        .thenComparing(Sortable::text))
                .map(Sortable::term)
                .toList();
    }

    @Override
    public String toString() {
        return sorted().stream().map(t -> t.getValue() + "*" + t.getKey()).collect(Collectors.joining(" + ")) + " + "
                + constant;
    }
}
