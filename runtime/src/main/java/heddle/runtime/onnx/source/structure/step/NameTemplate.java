package heddle.runtime.onnx.source.structure.step;

import heddle.compiler.type.Dim;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A text of the language taken apart: {@code layer.{l}.weight} or {@code onnx::MatMul_787}. Whole numbers in it stand by
 * themselves, so that texts can be compared that differ in numbers alone.
 */
public record NameTemplate(List<Part> parts) {
    /** More digits than any counter of an exporter has; longer ones are words. */
    private static final int MOST_DIGITS = 15;

    private static final Pattern TOKEN =
            Pattern.compile("\\{\\{|}}|\\{(?<hole>[^{}]*)}|(?<digits>[0-9]+)|[^0-9{}]+|.", Pattern.DOTALL);

    public NameTemplate {
        parts = List.copyOf(parts);
    }

    public sealed interface Part {
        /** As it stands between quotes. */
        String text();
    }

    /** Text that holds no number; braces in it are doubled. */
    public record Words(String text) implements Part {}

    /** A number, which may be made of loop variables and parameters. */
    public record Number(Dim value) implements Part {
        @Override
        public String text() {
            return value.isKnown() && value.isNonNegative() ? value.toString() : "{" + Sums.text(value, true) + "}";
        }
    }

    /** An expression that gives a text. */
    public record Hole(String expression) implements Part {
        @Override
        public String text() {
            return "{" + expression + "}";
        }
    }

    /** A text as the file has it, as a text of the language, where braces are doubled. */
    public static String escaped(String plain) {
        return plain.replace("{", "{{").replace("}", "}}");
    }

    /** Takes a text of the language apart. */
    public static NameTemplate of(String text) {
        List<Part> parts = new ArrayList<>();
        StringBuilder words = new StringBuilder();
        Matcher token = TOKEN.matcher(text);
        while (token.find()) {
            String digits = token.group("digits");
            String hole = token.group("hole");
            boolean number = digits != null
                    && digits.length() <= MOST_DIGITS
                    && (digits.length() == 1 || digits.charAt(0) != '0');
            if (!number && hole == null) {
                words.append(token.group());
                continue;
            }
            if (!words.isEmpty()) {
                parts.add(new Words(words.toString()));
                words.setLength(0);
            }
            parts.add(number ? new Number(Dim.of(Long.parseLong(digits))) : hole(hole));
        }
        if (!words.isEmpty()) {
            parts.add(new Words(words.toString()));
        }
        return new NameTemplate(parts);
    }

    private static Part hole(String expression) {
        return Sums.read(expression).<Part>map(Number::new).orElseGet(() -> new Hole(expression));
    }

    /** The words, with a mark for each number: equal for texts that differ in numbers alone. */
    public String wording() {
        StringBuilder out = new StringBuilder();
        parts.forEach(part -> out.append(part instanceof Number ? "{#}" : part.text()));
        return out.toString();
    }

    /** The name that stands in a hole, when the hole is one name and nothing else. */
    public static Optional<String> sole(Part part) {
        return part instanceof Number number ? number.value().asSymbol() : Optional.empty();
    }

    public boolean hasHoles() {
        return parts.stream()
                .anyMatch(p ->
                        p instanceof Hole || p instanceof Number n && !n.value().isKnown());
    }

    public List<Dim> numbers() {
        return parts.stream()
                .filter(Number.class::isInstance)
                .map(p -> ((Number) p).value())
                .toList();
    }

    /** The same words with other numbers. */
    public NameTemplate with(List<Dim> numbers) {
        List<Part> changed = new ArrayList<>();
        int next = 0;
        for (Part part : parts) {
            changed.add(part instanceof Number ? new Number(numbers.get(next++)) : part);
        }
        return new NameTemplate(changed);
    }

    /** The same text with other names in its holes. */
    public NameTemplate renamed(UnaryOperator<String> name) {
        List<Part> changed = new ArrayList<>();
        for (Part part : parts) {
            if (part instanceof Number n && !n.value().isKnown()) {
                changed.add(new Number(Sums.renamed(n.value(), name)));
            } else if (part instanceof Hole h) {
                changed.add(new Hole(Sums.renamed(h.expression(), name)));
            } else {
                changed.add(part);
            }
        }
        return new NameTemplate(changed);
    }

    /** As it stands between quotes, but for escapes. */
    public String text() {
        StringBuilder out = new StringBuilder();
        parts.forEach(part -> out.append(part.text()));
        return out.toString();
    }
}
