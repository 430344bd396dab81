package heddle.compiler.type;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What is known of lengths while something is shown of them: some polynomials are not negative, some are positive. A
 * symbol by itself is never negative.
 *
 * <p>A length is shown not to be negative by writing it as a sum of known ones, each times a number or length, and of
 * terms that are not negative by themselves.
 */
public final class LengthFacts {
    /** How many known lengths one proof may add up. */
    private static final int MOST = 4;

    /** After how many sums that were tried a proof is given up. */
    private static final int STEPS = 100;

    private final List<Dim> notNegative;

    /** Symbols that are never less than a number above zero, as that number more than a symbol. */
    private final Map<String, Dim> raised = new TreeMap<>();

    private final List<Dim> facts = new ArrayList<>();
    private final Map<Dim, Boolean> answers = new ConcurrentHashMap<>();

    /** @param notNegative lengths that are known not to be negative */
    public LengthFacts(Collection<Dim> notNegative) {
        this(notNegative, List.of());
    }

    private LengthFacts(Collection<Dim> notNegative, Collection<Dim> positive) {
        this.notNegative = List.copyOf(new LinkedHashSet<>(notNegative));
        Set<Dim> all = new LinkedHashSet<>();
        positive.forEach(d -> addPositive(d, all));
        for (Dim d : all) {
            d.factors().forEach(s -> raise(s, 1));
        }
        this.notNegative.forEach(this::raise);
        all.forEach(d -> raise(d.minus(1)));
        this.notNegative.forEach(this::add);
        all.forEach(d -> add(d.minus(1)));
    }

    /** A symbol or quotient less a number, {@code N - 3} or {@code (N + 1) div 2 - 2}, says where the symbol begins. */
    private void raise(Dim fact) {
        for (var term : fact.terms().entrySet()) {
            Dim least = Dim.of(term.getKey(), 1).minus(fact);
            if (least.isKnown() && least.value() > 0 && term.getKey().atoms().size() == 1) {
                switch (term.getKey().atoms().getFirst()) {
                    case Monomial.Symbol s -> raise(s.name(), least.value());
                    case Monomial.Quotient q -> {
                        if (q.denominator().isKnown() && q.denominator().value() > 0) {
                            raise(q.numerator().minus(q.denominator().times(least)));
                        }
                    }
                }
            }
        }
    }

    private void raise(String symbol, long least) {
        raised.merge(
                symbol, Dim.symbol(symbol).plus(least), (a, b) -> a.minus(b).isNonNegative() ? a : b);
    }

    /** Nothing but that no symbol is negative. What is asked of it is remembered, so each use has one of its own. */
    public static LengthFacts none() {
        return new LengthFacts(List.of());
    }

    /** A positive length, and what then is: {@code (N + 31) div 32} is where N + 31 is at least 32. */
    private static void addPositive(Dim d, Set<Dim> all) {
        if (!all.add(d) || d.terms().size() != 1 || d.terms().firstEntry().getValue() < 0) {
            return;
        }
        for (Monomial.Atom atom : d.terms().firstKey().atoms()) {
            if (atom instanceof Monomial.Quotient q && q.isNonNegative()) {
                addPositive(q.numerator().minus(q.denominator()).plus(1), all);
            }
        }
    }

    /** A fact with positive symbols written as a number more than a symbol; left out where it says nothing. */
    private void add(Dim fact) {
        shifted(fact).ifPresent(shifted -> {
            if (!shifted.isNonNegative()) {
                facts.add(shifted);
            }
            facts.addAll(ofQuotients(shifted));
        });
    }

    /** Empty for a product of so many lengths that there are too many terms when each is a number more than a symbol. */
    private Optional<Dim> shifted(Dim d) {
        try {
            return Optional.of(raised.isEmpty() || d.isKnown() ? d : d.bind(raised));
        } catch (LengthTooLargeException e) {
            return Optional.empty();
        }
    }

    /** The same, and that some lengths are positive. */
    public LengthFacts withPositive(Collection<Dim> positive) {
        return positive.isEmpty() ? this : new LengthFacts(notNegative, positive);
    }

    /** Whether {@code d} is at least one. */
    public boolean isPositive(Dim d) {
        return isNonNegative(d.minus(1));
    }

    /** Whether {@code d} is at least zero. That it is may not be seen. */
    public boolean isNonNegative(Dim d) {
        return d.isNonNegative() || answers.computeIfAbsent(d, this::isShown);
    }

    private boolean isShown(Dim d) {
        return shifted(d).filter(this::isSum).isPresent();
    }

    private boolean isSum(Dim goal) {
        if (goal.isNonNegative()) {
            return true;
        }
        if (goal.plus(1).times(-1).isNonNegative()) {
            return false; // It is negative.
        }
        List<Dim> known = new ArrayList<>(facts);
        known.addAll(ofQuotients(goal));
        return new Search(known, false).isSum(goal, MOST) || new Search(known, true).isSum(goal, MOST);
    }

    /** The search for a sum, which ends without one when it takes too long. */
    private static final class Search {
        private final List<Dim> known;
        private final boolean any;
        private int steps = STEPS;

        /** @param any whether terms that are positive may be replaced by less, too */
        Search(List<Dim> known, boolean any) {
            this.known = known;
            this.any = any;
        }

        boolean isSum(Dim goal, int most) {
            if (goal.isNonNegative()) {
                return true;
            }
            if (most == 0 || steps-- <= 0) {
                return false;
            }
            return known.stream().anyMatch(fact -> isFactor(goal, fact))
                    || goal.terms().entrySet().stream()
                            .filter(t -> any || t.getValue() < 0)
                            .anyMatch(t -> known.stream().anyMatch(fact -> isSumWith(goal, t, fact, most)));
        }

        /** Takes {@code fact} away from the goal as often as it takes for a term to vanish. */
        private boolean isSumWith(Dim goal, Map.Entry<Monomial, Long> term, Dim fact, int most) {
            for (var other : fact.terms().entrySet()) {
                Optional<Monomial> times = term.getKey().dividedBy(other.getKey());
                if (Long.signum(other.getValue()) == Long.signum(term.getValue())
                        && times.isPresent()
                        // A fact times something negative says nothing.
                        && Dim.of(times.get(), 1).isNonNegative()
                        && steps > 0) {
                    Dim taken = fact.times(Dim.of(times.get(), Math.abs(term.getValue())));
                    if (isSum(goal.times(Math.abs(other.getValue())).minus(taken), most - 1)) {
                        return true;
                    }
                }
            }
            return false;
        }
    }

    /** Whether {@code fact >= 0} is {@code goal >= 0} times something positive. */
    private static boolean isFactor(Dim goal, Dim fact) {
        return fact.dividedExactlyBy(goal)
                        .filter(q -> q.minus(1).isNonNegative())
                        .isPresent()
                || fact.plus(1)
                        .dividedExactlyBy(goal.plus(1))
                        .filter(Dim::isNonNegative)
                        .isPresent();
    }

    /** {@code 0 <= a - b * (a div b) < b}, for every quotient in a length whose divisor is a number. */
    private static List<Dim> ofQuotients(Dim d) {
        List<Dim> known = new ArrayList<>();
        for (Monomial m : d.terms().keySet()) {
            for (Monomial.Atom atom : m.atoms()) {
                if (atom instanceof Monomial.Quotient q
                        && q.denominator().isKnown()
                        && q.denominator().value() > 0) {
                    Dim quotient = Dim.of(new Monomial(List.of(atom)), 1);
                    Dim rest = q.numerator().minus(quotient.times(q.denominator()));
                    known.add(rest);
                    known.add(q.denominator().minus(1).minus(rest));
                }
            }
        }
        return known;
    }
}
