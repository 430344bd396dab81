package heddle.dsl.parse;

import heddle.dsl.diagnostic.Suggest;
import heddle.dsl.parse.grammar.ScheduleParser;
import heddle.dsl.parse.grammar.ScheduleParser.FileContext;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.antlr.v4.runtime.Parser;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.Vocabulary;

/**
 * What is wrong where a schedule file does not fit the grammar.
 *
 * @param message what was found, and what may stand there
 * @param remedy  a word that was meant, if there is one like it
 */
record ScheduleComplaint(String message, Optional<String> remedy) {
    /** The words that lines begin with, as the grammar has them. */
    private static final List<String> KINDS = List.of(
            "cut", "order", "band", "place", "bind", "unroll", "stage", "pitch", "fetch", "prefetch", "trim", "grain");

    static ScheduleComplaint of(Parser parser, Token found) {
        if (found.getType() == Token.EOF) {
            return new ScheduleComplaint("the file ends where more is expected", Optional.empty());
        }
        String word = found.getText();
        Set<String> expected = expected(parser);
        boolean isInKernel = parser.getContext() instanceof FileContext file
                && !file.kernel().isEmpty();
        if (isInKernel) {
            return new ScheduleComplaint("`" + word + "` is no kind of choice", meant(word, KINDS));
        }
        List<String> words = expected.stream()
                .filter(w -> w.startsWith("`"))
                .map(w -> w.substring(1, w.length() - 1))
                .toList();
        return new ScheduleComplaint("expected " + listed(expected) + ", not `" + word + "`", meant(word, words));
    }

    /** What may stand here, each in words; words that are names too count as names alone. */
    private static Set<String> expected(Parser parser) {
        Set<Integer> types = parser.getExpectedTokens().toSet();
        if (types.contains(ScheduleParser.NAME)) {
            return Stream.concat(
                            Stream.of("a name"),
                            types.stream()
                                    .filter(t -> t == ScheduleParser.NUMBER)
                                    .map(t -> "a number"))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
        return types.stream()
                .filter(t -> t != Token.EPSILON && t != Token.EOF)
                .map(t -> said(parser.getVocabulary(), t))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String said(Vocabulary vocabulary, int type) {
        return switch (type) {
            case ScheduleParser.NUMBER -> "a number";
            case ScheduleParser.HEADER -> "a line `schedule KERNEL:`";
            default -> vocabulary.getDisplayName(type).replace('\'', '`');
        };
    }

    private static String listed(Set<String> words) {
        List<String> all = List.copyOf(words);
        int last = all.size() - 1;
        return last < 1 ? all.getFirst() : String.join(", ", all.subList(0, last)) + " or " + all.get(last);
    }

    private static Optional<String> meant(String word, List<String> words) {
        return Suggest.closest(word, words).map(w -> "did you mean " + w + "?");
    }
}
