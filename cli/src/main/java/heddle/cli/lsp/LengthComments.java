package heddle.cli.lsp;

import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.source.SourceFile;
import heddle.dsl.source.Span;
import heddle.runtime.RuntimeCode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The lengths that a file gives for editors, in lines such as {@code // -D B=1 N=512}.
 *
 * @param lengths  those of the file, besides others that the settings give
 * @param mistakes in such lines
 */
record LengthComments(Map<String, Long> lengths, List<Diagnostic> mistakes) {
    private static final Pattern LINE =
            Pattern.compile("(?m)^[ \t]*//[ \t]*-D(?=[ \t]|[A-Za-z_][A-Za-z_0-9]*=)[ \t]*(.*)$");
    private static final Pattern WORD = Pattern.compile("[^ \t\r]+");
    private static final Pattern LENGTH = Pattern.compile("([A-Za-z_][A-Za-z_0-9]*)=([0-9]{1,10})");

    /** @param declared the lengths that the file declares @param settings lengths by name, some of which it may not declare */
    static LengthComments of(SourceFile file, Set<String> declared, Map<String, Long> settings) {
        Map<String, Long> lengths = new LinkedHashMap<>(settings);
        lengths.keySet().retainAll(declared);
        List<Diagnostic> mistakes = new ArrayList<>();
        Matcher lines = LINE.matcher(file.text());
        while (lines.find()) {
            Matcher words = WORD.matcher(lines.group(1));
            while (words.find()) {
                if (!words.group().equals("-D")) {
                    Span span = new Span(file, lines.start(1) + words.start(), lines.start(1) + words.end());
                    read(words.group(), span, declared, lengths, mistakes);
                }
            }
        }
        return new LengthComments(lengths, mistakes);
    }

    private static void read(
            String word, Span span, Set<String> declared, Map<String, Long> lengths, List<Diagnostic> mistakes) {
        Matcher length = LENGTH.matcher(word.startsWith("-D") ? word.substring(2) : word);
        if (!length.matches() || Long.parseLong(length.group(2)) > Integer.MAX_VALUE) {
            mistakes.add(Diagnostic.at(span, RuntimeCode.LENGTHS, "this is not a name, =, and a length")
                    .hint("a length is a whole number from 0 to " + Integer.MAX_VALUE + ": `// -D B=1 N=512`"));
        } else if (!declared.contains(length.group(1))) {
            mistakes.add(Diagnostic.at(
                            span, RuntimeCode.LENGTH_UNKNOWN, "the file declares no length `" + length.group(1) + "`")
                    .hint("its lengths are those that `dim` declares"));
        } else {
            lengths.put(length.group(1), Long.parseLong(length.group(2)));
        }
    }
}
