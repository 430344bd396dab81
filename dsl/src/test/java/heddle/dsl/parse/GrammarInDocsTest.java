package heddle.dsl.parse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The grammar printed in {@code docs/language.md}, in its blocks marked {@code ebnf}, is the parser's own: all rules,
 * without the labels and comments. Spaces do not count, and the rules may be spread over several blocks.
 */
class GrammarInDocsTest {
    private static final Path PAGE = Path.of("..", "docs", "language.md");
    private static final Path GRAMMAR =
            Path.of("src", "main", "antlr4", "heddle", "dsl", "parse", "grammar", "Heddle.g4");
    private static final Pattern BLOCK = Pattern.compile("```ebnf\n(.*?)```", Pattern.DOTALL);
    private static final Pattern RULES =
            Pattern.compile("// ---- Files and statements -+\n(.*)// ---- Words and signs", Pattern.DOTALL);

    @Test
    void isTheRealOne() throws IOException {
        assumeTrue(Files.exists(PAGE), "the page comes with the language reference");
        String printed = BLOCK.matcher(Files.readString(PAGE))
                .results()
                .map((MatchResult block) -> block.group(1))
                .collect(Collectors.joining("\n"));
        assertEquals(plain(rules()), plain(printed), "the block should read\n" + rules());
    }

    /** The parser rules as a reader wants them. */
    private static String rules() throws IOException {
        return RULES.matcher(Files.readString(GRAMMAR))
                .results()
                .findFirst()
                .orElseThrow()
                .group(1)
                .replaceAll("(?m)^//.*\n", "")
                .replace("<assoc=right> ", "")
                .replaceAll("(?m) +#.*$", "")
                .replaceAll("\\b\\w+=(?=[a-z(])", "")
                .replaceAll("\n{3,}", "\n\n");
    }

    private static String plain(String grammar) {
        return grammar.replaceAll("\\s+", " ").strip();
    }
}
