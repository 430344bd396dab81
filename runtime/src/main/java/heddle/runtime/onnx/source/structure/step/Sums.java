package heddle.runtime.onnx.source.structure.step;

import heddle.compiler.type.Dim;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sums of multiples of names, such as {@code 787 + 13*l}, as numbers in texts have them. */
public final class Sums {
    /** Names that were not chosen yet start with a sign that no name of the language has. */
    public static final String MARK = "%";

    private static final Pattern TERM = Pattern.compile(
            "\\s*(?<sign>[+-]?)\\s*(?:(?<factor>[0-9]+)\\s*(?:\\*\\s*(?<times>%\\w+))?|(?<name>%\\w+))");
    private static final Pattern MARKED = Pattern.compile("%\\w+");

    private Sums() {}

    /** The sum that a text says; empty when it says something else. */
    static Optional<Dim> read(String text) {
        Matcher term = TERM.matcher(text);
        Dim sum = Dim.ZERO;
        int at = 0;
        while (at < text.length()) {
            if (!term.find(at)
                    || term.start() != at
                    || at > 0 && term.group("sign").isEmpty()) {
                return Optional.empty();
            }
            long factor = term.group("factor") == null ? 1 : Long.parseLong(term.group("factor"));
            String name = term.group("name") == null ? term.group("times") : term.group("name");
            Dim product = name == null ? Dim.of(factor) : Dim.symbol(name).times(factor);
            sum = term.group("sign").equals("-") ? sum.minus(product) : sum.plus(product);
            at = term.end();
        }
        return at == 0 ? Optional.empty() : Optional.of(sum);
    }

    /** The part of a length that is a number. */
    public static long constant(Dim sum) {
        Map<String, Dim> zeros = new HashMap<>();
        sum.symbols().forEach(s -> zeros.put(s, Dim.ZERO));
        Dim rest = sum.bind(zeros);
        return rest.isKnown() ? rest.value() : 0;
    }

    /** Whether it is a number that counts, made of loop variables and parameters. */
    public static boolean isCount(Dim dim) {
        return !dim.isKnown() && dim.symbols().stream().allMatch(s -> s.startsWith(MARK));
    }

    /** A number that counts, as people write it: {@code 787 + 13 * l}. */
    public static String text(Dim dim, boolean isCount) {
        long constant = constant(dim);
        if (!isCount || constant <= 0 || dim.isKnown()) {
            return dim.toString();
        }
        String rest = dim.minus(constant).toString();
        return rest.startsWith("-") ? dim.toString() : constant + " + " + rest.replace("*", " * ");
    }

    /** The same length with other names. */
    public static Dim renamed(Dim dim, UnaryOperator<String> name) {
        if (dim.isKnown()) {
            return dim;
        }
        Map<String, Dim> names = new HashMap<>();
        dim.symbols().forEach(s -> names.put(s, Dim.symbol(name.apply(s))));
        return dim.bind(names);
    }

    /** An expression with other names for those that were not chosen yet. */
    public static String renamed(String expression, UnaryOperator<String> name) {
        return MARKED.matcher(expression).replaceAll(m -> Matcher.quoteReplacement(name.apply(m.group())));
    }
}
