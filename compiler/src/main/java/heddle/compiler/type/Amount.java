package heddle.compiler.type;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What something costs: an integer polynomial over symbols, as a {@link Dim} is, of numbers of any size. Of a model that no machine
 * runs, it can be said how many operations that would be.
 */
public final class Amount {
    public static final Amount ZERO = new Amount(new TreeMap<>());

    /** More products than any cost is a sum of; those of polynomials grow without end. */
    private static final int MAX_TERMS = 10_000;

    private final SortedMap<Monomial, BigInteger> terms;

    private Amount(SortedMap<Monomial, BigInteger> terms) {
        terms.values().removeIf(c -> c.signum() == 0);
        this.terms = terms;
    }

    /** A number. */
    public static Amount of(long value) {
        return of(BigInteger.valueOf(value));
    }

    /** A number. */
    public static Amount of(BigInteger value) {
        SortedMap<Monomial, BigInteger> t = new TreeMap<>();
        t.put(Monomial.ONE, value);
        return new Amount(t);
    }

    /** As many as a length says. */
    public static Amount of(Dim length) {
        SortedMap<Monomial, BigInteger> t = new TreeMap<>();
        length.terms().forEach((product, factor) -> t.put(product, BigInteger.valueOf(factor)));
        return new Amount(t);
    }

    public Amount plus(Amount other) {
        SortedMap<Monomial, BigInteger> t = new TreeMap<>(terms);
        other.terms.forEach((product, factor) -> t.merge(product, factor, BigInteger::add));
        return new Amount(t);
    }

    /** @throws LengthTooLargeException when that is a sum of too many products */
    public Amount times(Dim length) {
        Amount other = of(length);
        if ((long) terms.size() * other.terms.size() > MAX_TERMS) {
            throw LengthTooLargeException.tooManyParts(MAX_TERMS);
        }
        SortedMap<Monomial, BigInteger> t = new TreeMap<>();
        terms.forEach((a, x) -> other.terms.forEach((b, y) -> t.merge(a.times(b), x.multiply(y), BigInteger::add)));
        return new Amount(t);
    }

    /** The number this is at some lengths. @throws IllegalStateException when a symbol is not among them */
    public BigInteger at(Map<String, Long> lengths) {
        BigInteger sum = BigInteger.ZERO;
        for (var term : terms.entrySet()) {
            BigInteger product = term.getValue();
            for (Monomial.Atom atom : term.getKey().atoms()) {
                long length = Dim.of(new Monomial(List.of(atom)), 1).evaluate(lengths);
                product = product.multiply(BigInteger.valueOf(length));
            }
            sum = sum.add(product);
        }
        return sum;
    }

    /** Whether this is a number. */
    public boolean isKnown() {
        return terms.isEmpty() || terms.size() == 1 && terms.firstKey().equals(Monomial.ONE);
    }

    /** The number this is. @throws IllegalStateException when symbols are left */
    public BigInteger value() {
        return at(Map.of());
    }

    /** The symbols in it, sorted. */
    public SortedSet<String> symbols() {
        SortedSet<String> names = new TreeSet<>();
        terms.keySet().forEach(product -> names.addAll(Dim.of(product, 1).symbols()));
        return names;
    }

    /** The number this is, or the greatest of 64 bits where it is more. @throws IllegalStateException when symbols are left */
    public long saturated() {
        return value().min(BigInteger.valueOf(Long.MAX_VALUE)).longValueExact();
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof Amount other && terms.equals(other.terms);
    }

    @Override
    public int hashCode() {
        return terms.hashCode();
    }

    /** As a {@link Dim} is written. */
    @Override
    public String toString() {
        return Monomial.sum(terms);
    }
}
