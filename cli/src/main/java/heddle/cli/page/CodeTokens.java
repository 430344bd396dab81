package heddle.cli.page;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the tokens of generated code are, for the page to colour: of names and signs nothing is said. */
final class CodeTokens {
    /** The classes, by number. */
    static final List<String> CLASSES = List.of("keyword", "number", "string", "comment");

    private static final String NUMBER = "(?<number>\\b\\d[\\w.]*(?:(?<=[eE])[+-]\\d+\\w*)?)";

    private static final Pattern JAVA = Pattern.compile("(?<comment>//[^\\n]*|/\\*(?s:.*?)\\*/)"
            + "|(?<string>\"\"\"(?s:.*?)\"\"\"|\"(?:\\\\.|[^\"\\\\\\n])*\"|'(?:\\\\.|[^'\\\\\\n])+')"
            + "|(?<keyword>\\b(?:boolean|break|byte|case|catch|char|class|continue|default|do|double|else|extends|false|final"
            + "|finally|float|for|if|implements|import|instanceof|int|long|new|null|package|private|public|record|return|short"
            + "|static|switch|this|throw|throws|true|try|void|while)\\b)|"
            + NUMBER);

    private static final Pattern LISTING = Pattern.compile("(?<comment>(?m:^)\\s*#[^\\n]*)|(?<string>\"[^\"\\n]*\")"
            + "|(?<keyword>\\b(?:add|and|by|dot|down|each|exp|for|group|in|inf|kernel|lane|local|log|masked|max|merge|min|not|or|over"
            + "|parallel|partial|place|register|schedule|sqrt|store|sum|tanh|thread|to|where|whole"
            + "|band|bind|cut|grain|order|pitch|skip|stage|trim|unroll)\\b)|" + NUMBER);

    private CodeTokens() {}

    /** Three numbers a token: characters since the one before, its length, its class. */
    static List<Integer> ofJava(String text) {
        return tokens(JAVA, text);
    }

    /** The same for listings of tile programs and schedules. */
    static List<Integer> ofListing(String text) {
        return tokens(LISTING, text);
    }

    private static List<Integer> tokens(Pattern pattern, String text) {
        List<Integer> tokens = new ArrayList<>();
        int at = 0;
        for (Matcher m = pattern.matcher(text); m.find(); ) {
            for (int kind = 0; kind < CLASSES.size(); kind++) {
                if (m.group(CLASSES.get(kind)) != null) {
                    tokens.addAll(List.of(m.start() - at, m.end() - m.start(), kind));
                    at = m.end();
                }
            }
        }
        return tokens;
    }
}
