package heddle.compiler.type;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * A length: an integer polynomial over symbols such as {@code N} and over quotients that do not divide. Kept in a
 * canonical form, so that two dims are equal exactly when they are equal for the reasons this class knows: as
 * polynomials. All arithmetic is 64 bit and throws {@link LengthTooLargeException} on overflow.
 */
public final class Dim implements Comparable<Dim> {
    public static final Dim ZERO = new Dim(new TreeMap<>());
    public static final Dim ONE = of(1);

    /** More symbols and numbers than any length of a tensor is made of; products and quotients grow without end. */
    private static final int MAX_PARTS = 1000;

    private final SortedMap<Monomial, Long> terms;

    /** The symbols and numbers that it is written with. */
    private final int parts;

    private Dim(SortedMap<Monomial, Long> terms) {
        long count = 0;
        for (Monomial m : terms.keySet()) {
            count += m.parts();
        }
        if (count > MAX_PARTS) {
            throw LengthTooLargeException.tooManyParts(MAX_PARTS);
        }
        this.terms = terms;
        this.parts = (int) count;
    }

    int parts() {
        return parts;
    }

    /** A known length. */
    public static Dim of(long value) {
        TreeMap<Monomial, Long> t = new TreeMap<>();
        if (value != 0) {
            t.put(Monomial.ONE, value);
        }
        return new Dim(t);
    }

    /** A length bound when the model runs. */
    public static Dim symbol(String name) {
        return atom(new Monomial.Symbol(name));
    }

    private static Dim atom(Monomial.Atom atom) {
        TreeMap<Monomial, Long> t = new TreeMap<>();
        t.put(new Monomial(List.of(atom)), 1L);
        return new Dim(t);
    }

    public Dim plus(Dim other) {
        if (isZero() || other.isZero()) {
            return isZero() ? other : this;
        }
        TreeMap<Monomial, Long> t = new TreeMap<>(terms);
        try {
            other.terms.forEach((m, c) -> t.merge(m, c, Math::addExact));
        } catch (ArithmeticException e) {
            throw LengthTooLargeException.overflow(this, "+", other);
        }
        t.values().removeIf(c -> c == 0);
        return new Dim(t);
    }

    public Dim plus(long other) {
        return plus(of(other));
    }

    public Dim minus(Dim other) {
        return plus(other.times(of(-1)));
    }

    public Dim minus(long other) {
        return minus(of(other));
    }

    public Dim times(Dim other) {
        if (is(1) || other.is(1)) {
            return is(1) ? other : this;
        }
        if ((long) parts * other.terms.size() > 100L * MAX_PARTS) {
            throw LengthTooLargeException.tooManyParts(MAX_PARTS);
        }
        TreeMap<Monomial, Long> t = new TreeMap<>();
        try {
            for (var a : terms.entrySet()) {
                for (var b : other.terms.entrySet()) {
                    long factor = Math.multiplyExact(a.getValue(), b.getValue());
                    t.merge(a.getKey().times(b.getKey()), factor, Math::addExact);
                }
            }
        } catch (ArithmeticException e) {
            throw LengthTooLargeException.overflow(this, "*", other);
        }
        t.values().removeIf(c -> c == 0);
        return new Dim(t);
    }

    public Dim times(long other) {
        return times(of(other));
    }

    /** The quotient, when the division is known to leave nothing over. */
    public Optional<Dim> dividedExactlyBy(Dim divisor) {
        if (divisor.isZero()) {
            return Optional.empty();
        }
        if (isZero()) {
            return Optional.of(ZERO);
        }
        // Polynomial long division by the leading term; exact when it ends with no remainder.
        Dim rest = this;
        Dim quotient = ZERO;
        Monomial lead = divisor.terms.firstKey();
        long leadFactor = divisor.terms.get(lead);
        while (!rest.isZero()) {
            Monomial top = rest.terms.firstKey();
            long factor = rest.terms.get(top);
            Optional<Monomial> m = top.dividedBy(lead);
            if (m.isEmpty() || factor % leadFactor != 0) {
                return Optional.empty();
            }
            TreeMap<Monomial, Long> t = new TreeMap<>();
            t.put(m.get(), factor / leadFactor);
            Dim step = new Dim(t);
            quotient = quotient.plus(step);
            rest = rest.minus(divisor.times(step));
            if (!rest.isZero() && rest.terms.firstKey().compareTo(top) <= 0) {
                return Optional.empty();
            }
        }
        return Optional.of(quotient);
    }

    /** The quotient rounded towards minus infinity. @throws ArithmeticException when both are known and the divisor is zero */
    public Dim floorDiv(Dim divisor) {
        Optional<Dim> exact = dividedExactlyBy(divisor);
        if (exact.isPresent()) {
            return exact.get();
        }
        if (isKnown() && divisor.isZero()) {
            throw new ArithmeticException("the length " + this + " is divided by zero");
        }
        if (isKnown() && divisor.isKnown()) {
            return of(Math.floorDiv(value(), divisor.value()));
        }
        Dim multiple = wholeMultiple(divisor);
        return multiple.isZero()
                ? atom(new Monomial.Quotient(this, divisor))
                : minus(divisor.times(multiple)).floorDiv(divisor).plus(multiple);
    }

    /**
     * What can be taken out of a quotient, since it is whole: {@code T + 1} of {@code (2*T + 3) div 2}. Constants are left
     * from 0 up to the divisor.
     */
    private Dim wholeMultiple(Dim divisor) {
        Dim whole = ZERO;
        for (var term : terms.entrySet()) {
            TreeMap<Monomial, Long> t = new TreeMap<>();
            t.put(term.getKey(), term.getValue());
            whole = whole.plus(
                    term.getKey().equals(Monomial.ONE) && divisor.isKnown() && !divisor.isZero()
                            ? of(Math.floorDiv(term.getValue(), divisor.value()))
                            : new Dim(t).dividedExactlyBy(divisor).orElse(ZERO));
        }
        return whole;
    }

    /** The quotient rounded towards plus infinity. */
    public Dim ceilDiv(Dim divisor) {
        return plus(divisor).minus(1).floorDiv(divisor);
    }

    /** A number times a product of atoms. */
    static Dim of(Monomial product, long factor) {
        TreeMap<Monomial, Long> t = new TreeMap<>();
        t.put(product, factor);
        return new Dim(t);
    }

    /** What this is the sum of: the factor of each product of atoms, none of them zero. */
    SortedMap<Monomial, Long> terms() {
        return terms;
    }

    /** Whether this needs brackets as an operand of a product. */
    boolean isSum() {
        return terms.size() > 1 || toString().startsWith("-");
    }

    public boolean isZero() {
        return terms.isEmpty();
    }

    /** Whether this is a number. */
    public boolean isKnown() {
        return terms.isEmpty() || (terms.size() == 1 && terms.firstKey().equals(Monomial.ONE));
    }

    /**
     * Whether this is at least zero whenever every symbol is, because no term is negative. A dim may be so for other
     * reasons; then this is false.
     */
    public boolean isNonNegative() {
        return terms.entrySet().stream()
                .allMatch(t -> t.getValue() >= 0
                        && t.getKey().atoms().stream()
                                .allMatch(a -> !(a instanceof Monomial.Quotient q) || q.isNonNegative()));
    }

    /** The symbols that are positive if this length is: those of a single product, none for a sum. */
    public SortedSet<String> factors() {
        SortedSet<String> positive = new TreeSet<>();
        if (terms.size() == 1 && terms.firstEntry().getValue() > 0) {
            for (Monomial.Atom a : terms.firstKey().atoms()) {
                switch (a) {
                    case Monomial.Symbol s -> positive.add(s.name());
                    // Of a quotient that could be negative nothing follows: two of them make a positive product.
                    case Monomial.Quotient q -> {
                        if (q.isNonNegative()) {
                            positive.addAll(q.numerator().factors());
                            positive.addAll(q.denominator().factors());
                        }
                    }
                }
            }
        }
        return positive;
    }

    /** The sum of the factors before its terms, regardless of sign: no factor of a product of lengths passes their product. */
    double magnitude() {
        double sum = 0;
        for (long factor : terms.values()) {
            sum += Math.abs((double) factor);
        }
        return sum;
    }

    /** Whether this is the number {@code value}. */
    public boolean is(long value) {
        return isKnown() && value() == value;
    }

    /** The number this is. @throws UnknownLengthException when symbols are left */
    public long value() {
        if (!isKnown()) {
            throw new UnknownLengthException(this);
        }
        return terms.isEmpty() ? 0 : terms.get(Monomial.ONE);
    }

    /** The name, when this is one symbol and nothing else. */
    public Optional<String> asSymbol() {
        if (terms.size() == 1
                && terms.get(terms.firstKey()) == 1
                && terms.firstKey().atoms().size() == 1
                && terms.firstKey().atoms().getFirst() instanceof Monomial.Symbol s) {
            return Optional.of(s.name());
        }
        return Optional.empty();
    }

    /** Whether a length is divided in it, by a quotient that need not be exact. */
    public boolean isDivided() {
        return terms.keySet().stream().flatMap(m -> m.atoms().stream()).anyMatch(Monomial.Quotient.class::isInstance);
    }

    /** The symbols in it, sorted. */
    public SortedSet<String> symbols() {
        SortedSet<String> names = new TreeSet<>();
        for (Monomial m : terms.keySet()) {
            for (Monomial.Atom a : m.atoms()) {
                switch (a) {
                    case Monomial.Symbol s -> names.add(s.name());
                    case Monomial.Quotient q -> {
                        names.addAll(q.numerator().symbols());
                        names.addAll(q.denominator().symbols());
                    }
                }
            }
        }
        return names;
    }

    /** This length with symbols replaced; symbols that {@code bindings} does not name stay. */
    public Dim bind(Map<String, Dim> bindings) {
        Dim sum = ZERO;
        for (var term : terms.entrySet()) {
            Dim product = of(term.getValue());
            for (Monomial.Atom a : term.getKey().atoms()) {
                product = product.times(
                        switch (a) {
                            case Monomial.Symbol s -> bindings.getOrDefault(s.name(), atom(s));
                            case Monomial.Quotient q ->
                                q.numerator()
                                        .bind(bindings)
                                        .floorDiv(q.denominator().bind(bindings));
                        });
            }
            sum = sum.plus(product);
        }
        return sum;
    }

    /** The number this is under {@code bindings}. @throws IllegalStateException when a symbol is not bound */
    public long evaluate(Map<String, Long> bindings) {
        OptionalLong number = number(bindings);
        if (number.isPresent()) {
            return number.getAsLong();
        }
        Map<String, Dim> dims = new TreeMap<>();
        bindings.forEach((name, value) -> dims.put(name, of(value)));
        return bind(dims).value();
    }

    /** The same by plain arithmetic; empty where {@link #evaluate} has to say what is wrong. */
    OptionalLong number(Map<String, Long> bindings) {
        return Monomial.number(terms, bindings);
    }

    @Override
    public int compareTo(Dim other) {
        return toString().compareTo(other.toString());
    }

    @Override
    public boolean equals(Object o) {
        return this == o || o instanceof Dim d && terms.equals(d.terms);
    }

    @Override
    public int hashCode() {
        return Objects.hash(terms);
    }

    /**
     * As an expression of sums and products in another notation.
     *
     * @param symbol   the text of a symbol
     * @param quotient writes a division that rounds down
     */
    public String text(UnaryOperator<String> symbol, BinaryOperator<String> quotient) {
        String sum = terms.entrySet().stream()
                .map(term -> {
                    List<String> factors = new ArrayList<>();
                    if (term.getValue() != 1 || term.getKey().atoms().isEmpty()) {
                        factors.add(term.getValue().toString());
                    }
                    term.getKey().atoms().forEach(a -> factors.add(text(a, symbol, quotient)));
                    return String.join(" * ", factors);
                })
                .collect(Collectors.joining(" + "));
        return sum.isEmpty() ? "0" : sum.replace("+ -", "- ");
    }

    private static String text(Monomial.Atom atom, UnaryOperator<String> symbol, BinaryOperator<String> quotient) {
        return switch (atom) {
            case Monomial.Symbol s -> symbol.apply(s.name());
            case Monomial.Quotient q ->
                quotient.apply(
                        q.numerator().text(symbol, quotient), q.denominator().text(symbol, quotient));
        };
    }

    /** As written in the language: {@code 2*N - 1}, {@code (N + 1) div 2}. */
    @Override
    public String toString() {
        return Monomial.sum(terms);
    }
}
