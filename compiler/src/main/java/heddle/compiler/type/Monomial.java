package heddle.compiler.type;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.stream.Collectors;

/**
 * A product of atoms, sorted; the empty product is one. Monomials are in graded lexicographic order, which polynomial
 * division needs.
 */
record Monomial(List<Atom> atoms) implements Comparable<Monomial> {
    /** A factor of a monomial. */
    sealed interface Atom extends Comparable<Atom> {
        @Override
        default int compareTo(Atom other) {
            boolean symbol = this instanceof Symbol;
            return symbol == other instanceof Symbol ? toString().compareTo(other.toString()) : symbol ? -1 : 1;
        }

        /** The number it is; empty where a symbol is not bound, and of a quotient by zero. */
        OptionalLong number(Map<String, Long> bindings);
    }

    record Symbol(String name) implements Atom {
        @Override
        public OptionalLong number(Map<String, Long> bindings) {
            Long bound = bindings.get(name);
            return bound == null ? OptionalLong.empty() : OptionalLong.of(bound);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    record Quotient(Dim numerator, Dim denominator) implements Atom {
        @Override
        public OptionalLong number(Map<String, Long> bindings) {
            OptionalLong number = numerator.number(bindings);
            OptionalLong divisor = denominator.number(bindings);
            boolean isNumber = number.isPresent() && divisor.orElse(0) != 0;
            return isNumber
                    ? OptionalLong.of(Math.floorDiv(number.getAsLong(), divisor.getAsLong()))
                    : OptionalLong.empty();
        }

        boolean isNonNegative() {
            return numerator.isNonNegative() && denominator.isNonNegative();
        }

        @Override
        public String toString() {
            boolean sum = numerator.isSum();
            boolean simple = denominator.asSymbol().isPresent() || denominator.isKnown() && denominator.value() >= 0;
            return (sum ? "(" + numerator + ")" : numerator.toString()) + " div "
                    + (simple ? denominator.toString() : "(" + denominator + ")");
        }
    }

    static final Monomial ONE = new Monomial(List.of());

    /** The symbols and numbers that it is written with, a factor in front of it among them. */
    long parts() {
        long count = 1;
        for (Atom a : atoms) {
            count += a instanceof Quotient q
                    ? q.numerator().parts() + q.denominator().parts()
                    : 1;
        }
        return count;
    }

    Monomial times(Monomial other) {
        List<Atom> all = new ArrayList<>(atoms);
        all.addAll(other.atoms);
        all.sort(null);
        return new Monomial(List.copyOf(all));
    }

    Optional<Monomial> dividedBy(Monomial other) {
        List<Atom> rest = new ArrayList<>(atoms);
        for (Atom a : other.atoms) {
            if (!rest.remove(a)) {
                return Optional.empty();
            }
        }
        return Optional.of(new Monomial(List.copyOf(rest)));
    }

    @Override
    public int compareTo(Monomial other) {
        int order = Integer.compare(other.atoms.size(), atoms.size());
        for (int i = 0; order == 0 && i < atoms.size(); i++) {
            order = atoms.get(i).compareTo(other.atoms.get(i));
        }
        return order;
    }

    @Override
    public String toString() {
        return atoms.stream()
                .map(a -> a instanceof Quotient ? "(" + a + ")" : a.toString())
                .collect(Collectors.joining("*"));
    }

    /**
     * The number that a sum of such products is, by plain arithmetic, as runs with lengths of their own ask for it often; empty where a symbol
     * is not bound, and where {@link Dim} has to look at what is too large.
     */
    static OptionalLong number(SortedMap<Monomial, Long> terms, Map<String, Long> bindings) {
        long sum = 0;
        for (var term : terms.entrySet()) {
            long product = term.getValue();
            for (Atom a : term.getKey().atoms) {
                OptionalLong factor = a.number(bindings);
                if (factor.isEmpty() || isTooLarge((double) product * factor.getAsLong())) {
                    return OptionalLong.empty();
                }
                product *= factor.getAsLong();
            }
            if (isTooLarge(sum) || isTooLarge(product)) {
                return OptionalLong.empty();
            }
            sum += product;
        }
        return OptionalLong.of(sum);
    }

    /** Whether a sum with it may pass 64 bits. */
    private static boolean isTooLarge(double number) {
        return Math.abs(number) >= 0x1p62;
    }

    /** A sum of such products with whole numbers as factors, as written in the language: {@code 2*N - 1}. */
    static String sum(SortedMap<Monomial, ? extends Number> terms) {
        if (terms.isEmpty()) {
            return "0";
        }
        StringBuilder out = new StringBuilder();
        for (var term : terms.entrySet()) {
            String factor = term.getValue().toString();
            boolean negative = factor.startsWith("-");
            String sign = negative ? "-" : "";
            if (!out.isEmpty()) {
                out.append(negative ? " - " : " + ");
                factor = factor.substring(sign.length());
                sign = "";
            }
            List<Atom> atoms = term.getKey().atoms();
            if (atoms.isEmpty()) {
                out.append(factor);
            } else if (factor.equals(sign + "1")) {
                // A quotient needs its brackets only beside other factors and behind a minus.
                boolean bare = atoms.size() == 1 && !negative;
                out.append(sign)
                        .append(
                                bare
                                        ? atoms.getFirst().toString()
                                        : term.getKey().toString());
            } else {
                out.append(factor).append('*').append(term.getKey());
            }
        }
        return out.toString();
    }
}
