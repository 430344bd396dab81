package heddle.runtime.artifact;

import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.source.SourceFile;
import heddle.dsl.source.Span;
import heddle.runtime.RuntimeCode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The files that belong to a model besides its source. The manifest lies beside the model, and has its name with the
 * extension {@code .properties}. Each line is {@code key = value}, or a comment that begins with {@code #}. All keys
 * are optional:
 *
 * <pre>
 * weights          = a file beside the model, or maven:group:artifact:version!/file
 * weights.sha256   = what that file has to hold
 * tokenizer        = the same for the tokenizer; bytes for a model whose tokens are bytes
 * tokenizer.sha256 = the same
 * tokens           = the most tokens a text may have
 * sentence         = a text to compare with, a line each
 * segments         = the input for the number of the text that a token belongs to, from 1; 0 is padding
 * positions        = the input for the place of a token in its text, from 0
 * vectors          = the output with a vector for each token
 * pooling          = how a text's vector is made of these: mean, cls or last
 * normalize        = whether that is brought to length one: true or false
 * prompt.NAME      = what is written before texts of that use, in quotes when it ends with a space; in quotes, \n is a new line
 * </pre>
 *
 * @param directory the directory that relative names start from
 * @param sentences texts that {@code heddle attend} compares with when none are given
 * @param texts     what it says of texts end to end, and of vectors of texts
 */
public record ModelManifest(
        Path directory,
        Optional<DeclaredFile> weights,
        Optional<DeclaredFile> tokenizer,
        Optional<Integer> tokens,
        List<String> sentences,
        TextKeys texts) {
    private static final String WEIGHTS = "weights";
    private static final String TOKENIZER = "tokenizer";
    private static final String TOKENS = "tokens";
    private static final String SENTENCE = "sentence";
    private static final String SUM = ".sha256";

    private static final String SEGMENTS = "segments";
    private static final String POSITIONS = "positions";
    private static final String VECTORS = "vectors";
    private static final String POOLING = "pooling";
    private static final String NORMALIZE = "normalize";
    private static final String PROMPT = "prompt.";

    private static final List<String> KEYS = List.of(
            WEIGHTS,
            WEIGHTS + SUM,
            TOKENIZER,
            TOKENIZER + SUM,
            TOKENS,
            SENTENCE,
            SEGMENTS,
            POSITIONS,
            VECTORS,
            POOLING,
            NORMALIZE);

    /** Keys whose values are some words. */
    private static final Map<String, List<String>> WORDS =
            Map.of(POOLING, List.of("mean", "cls", "last"), NORMALIZE, List.of("true", "false"));

    /** A line. */
    private record Entry(String key, String value, Span span) {}

    public ModelManifest {
        sentences = List.copyOf(sentences);
    }

    /** A manifest whose text is there, or one without entries. */
    public static ModelManifest of(Optional<SourceFile> source, Path directory) {
        return source.map(s -> read(s, directory))
                .orElseGet(() -> new ModelManifest(
                        directory, Optional.empty(), Optional.empty(), Optional.empty(), List.of(), TextKeys.NONE));
    }

    /** Where the manifest of a model is, when it has one. */
    public static Path beside(Path model) {
        String name = model.getFileName().toString();
        String stem = name.replaceFirst("(?i)\\.(heddle|onnx)$", "");
        return model.resolveSibling(stem + ".properties");
    }

    private static ModelManifest read(SourceFile source, Path directory) {
        Map<String, Entry> entries = new HashMap<>();
        List<String> sentences = new ArrayList<>();
        int start = 0;
        for (String line : source.text().split("\n", -1)) {
            String text = line.strip();
            Span span = new Span(source, start, start + line.stripTrailing().length());
            start += line.length() + 1;
            if (text.isEmpty() || text.startsWith("#")) {
                continue;
            }
            Entry entry = entry(text, span);
            if (entry.key().equals(SENTENCE)) {
                sentences.add(entry.value());
            } else {
                entries.put(entry.key(), entry);
            }
        }
        Optional<Integer> tokens = Optional.ofNullable(entries.get(TOKENS)).map(e -> count(e.value(), e.span()));
        return new ModelManifest(
                directory, file(entries, WEIGHTS), file(entries, TOKENIZER), tokens, sentences, texts(entries));
    }

    private static TextKeys texts(Map<String, Entry> entries) {
        Map<String, String> prompts = new HashMap<>();
        entries.forEach((key, entry) -> {
            if (key.startsWith(PROMPT)) {
                prompts.put(key.substring(PROMPT.length()), unquoted(entry));
            }
        });
        return new TextKeys(
                value(entries, SEGMENTS),
                value(entries, POSITIONS),
                value(entries, VECTORS),
                value(entries, POOLING),
                value(entries, NORMALIZE).map(Boolean::valueOf),
                prompts);
    }

    private static Optional<String> value(Map<String, Entry> entries, String key) {
        return Optional.ofNullable(entries.get(key)).map(Entry::value);
    }

    /** In quotes, escapes are those of Java. */
    private static String unquoted(Entry entry) {
        String value = entry.value();
        if (value.length() < 2 || !value.startsWith("\"") || !value.endsWith("\"")) {
            return value;
        }
        try {
            return value.substring(1, value.length() - 1).translateEscapes();
        } catch (IllegalArgumentException e) {
            throw wrong(entry.span(), "after \\ in quotes, there is n for a new line, t, \" or \\");
        }
    }

    private static Entry entry(String line, Span span) {
        int sign = line.indexOf('=');
        String key = line.substring(0, Math.max(sign, 0)).strip();
        String value = line.substring(sign + 1).strip();
        if (value.isEmpty()) {
            throw wrong(span, "this line is not key = value");
        }
        if (!KEYS.contains(key) && !(key.startsWith(PROMPT) && key.length() > PROMPT.length())) {
            throw wrong(span, "there is no such key; the keys are " + String.join(", ", KEYS) + ", " + PROMPT + "NAME");
        }
        if (WORDS.containsKey(key) && !WORDS.get(key).contains(value)) {
            throw wrong(span, key + " is " + String.join(" or ", WORDS.get(key)) + ", not " + value);
        }
        if (key.endsWith(SUM) && !DeclaredFile.isSum(value)) {
            throw wrong(span, "a SHA-256 sum is 64 digits from 0 to f");
        }
        return new Entry(key, value, span);
    }

    private static Optional<DeclaredFile> file(Map<String, Entry> entries, String key) {
        Optional<String> sum = Optional.ofNullable(entries.get(key + SUM)).map(Entry::value);
        if (sum.isPresent() && !entries.containsKey(key)) {
            throw wrong(entries.get(key + SUM).span(), "there is no " + key + " that this could be the sum of");
        }
        return Optional.ofNullable(entries.get(key)).map(e -> new DeclaredFile(e.value(), sum));
    }

    private static int count(String value, Span span) {
        try {
            int count = Integer.parseInt(value);
            if (count > 0) {
                return count;
            }
        } catch (NumberFormatException e) {
            // Said below, as for numbers that are no counts.
        }
        throw wrong(span, "\"" + value + "\" is not a number of tokens");
    }

    private static DiagnosticException wrong(Span span, String what) {
        return new DiagnosticException(Diagnostic.at(span, RuntimeCode.MANIFEST, what));
    }
}
