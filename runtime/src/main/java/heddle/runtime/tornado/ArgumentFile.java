package heddle.runtime.tornado;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Options for {@code java @file}.
 *
 * @param arguments one element an option or its value, without quotes
 * @see <a href="https://docs.oracle.com/en/java/javase/25/docs/specs/man/java.html">java command-line argument
 *     files</a>
 */
record ArgumentFile(List<String> arguments) {
    /** A comment, or a word parts of which may be quoted. */
    private static final Pattern WORD =
            Pattern.compile("#[^\\n]*|(?:\"(?:\\\\.|[^\"\\\\])*\"|'(?:\\\\.|[^'\\\\])*'|[^\\s\"'])+", Pattern.DOTALL);

    private static final Pattern QUOTED = Pattern.compile("\"((?:\\\\.|[^\"\\\\])*)\"|'((?:\\\\.|[^'\\\\])*)'");

    ArgumentFile {
        arguments = List.copyOf(arguments);
    }

    static ArgumentFile parse(String text) {
        List<String> words = new ArrayList<>();
        Matcher word = WORD.matcher(text);
        while (word.find()) {
            if (!word.group().startsWith("#")) {
                words.add(unquoted(word.group()));
            }
        }
        return new ArgumentFile(words);
    }

    private static String unquoted(String word) {
        return QUOTED.matcher(word).replaceAll(m -> {
            String inner = m.group(1) == null ? m.group(2) : m.group(1);
            return Matcher.quoteReplacement(inner.replaceAll("\\\\(.)", "$1"));
        });
    }

    /** The same with every argument rewritten. */
    ArgumentFile map(UnaryOperator<String> rewrite) {
        return new ArgumentFile(arguments.stream().map(rewrite).toList());
    }

    /** The value of a system property that the options set. */
    Optional<String> property(String name) {
        String prefix = "-D" + name + "=";
        return arguments.stream()
                .filter(a -> a.startsWith(prefix))
                .map(a -> a.substring(prefix.length()))
                .reduce((first, last) -> last);
    }

    /** One quoted argument a line. */
    String text() {
        return arguments.stream()
                .map(a -> "\"" + a.replace("\\", "\\\\").replace("\"", "\\\"") + "\"\n")
                .collect(Collectors.joining());
    }
}
