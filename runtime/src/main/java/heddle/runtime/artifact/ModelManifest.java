package heddle.runtime.artifact;

import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.source.SourceFile;
import heddle.dsl.source.Span;
import heddle.runtime.RuntimeCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What belongs to a model besides its source: a file with the model's name and the ending {@code .properties} beside it.
 * Each line is {@code key = value} or a comment that begins with {@code #}; all keys may be left out:
 *
 * <pre>
 * weights   = a file beside the model, or maven:group:artifact:version!/file
 * tokenizer = the same
 * tokens    = the most tokens a text may have
 * sentence  = a text to compare with, a line each
 * </pre>
 *
 * @param directory where relative names start from
 * @param sentences texts that {@code heddle attend} compares with when none are given
 */
public record ModelManifest(
        Path directory,
        Optional<String> weights,
        Optional<String> tokenizer,
        Optional<Integer> tokens,
        List<String> sentences) {
    public ModelManifest {
        sentences = List.copyOf(sentences);
    }

    /** The manifest beside a model; one without entries when there is no such file. */
    public static ModelManifest of(Path model) {
        Path file = beside(model);
        try {
            Optional<SourceFile> source = Files.exists(file)
                    ? Optional.of(new SourceFile(file.toString(), Files.readString(file)))
                    : Optional.empty();
            return of(source, model.toAbsolutePath().getParent());
        } catch (IOException e) {
            throw new DiagnosticException(Diagnostic.of(RuntimeCode.MANIFEST, file + " cannot be read")
                    .note(String.valueOf(e)));
        }
    }

    /** A manifest whose text is there, or one without entries. */
    public static ModelManifest of(Optional<SourceFile> source, Path directory) {
        ModelManifest none =
                new ModelManifest(directory, Optional.empty(), Optional.empty(), Optional.empty(), List.of());
        return source.map(none::read).orElse(none);
    }

    /** Where the manifest of a model is, when it has one. */
    public static Path beside(Path model) {
        String name = model.getFileName().toString();
        String stem = name.endsWith(".heddle") ? name.substring(0, name.length() - ".heddle".length()) : name;
        return model.resolveSibling(stem + ".properties");
    }

    private ModelManifest read(SourceFile source) {
        ModelManifest manifest = this;
        int start = 0;
        for (String line : source.text().split("\n", -1)) {
            String text = line.strip();
            Span span = new Span(source, start, start + line.stripTrailing().length());
            start += line.length() + 1;
            if (!text.isEmpty() && !text.startsWith("#")) {
                manifest = manifest.with(text, span);
            }
        }
        return manifest;
    }

    private ModelManifest with(String line, Span span) {
        int sign = line.indexOf('=');
        String key = line.substring(0, Math.max(sign, 0)).strip();
        String value = line.substring(sign + 1).strip();
        if (value.isEmpty()) {
            throw wrong(span, "this line is not key = value");
        }
        return switch (key) {
            case "weights" -> new ModelManifest(directory, Optional.of(value), tokenizer, tokens, sentences);
            case "tokenizer" -> new ModelManifest(directory, weights, Optional.of(value), tokens, sentences);
            case "tokens" ->
                new ModelManifest(directory, weights, tokenizer, Optional.of(count(value, span)), sentences);
            case "sentence" -> {
                List<String> all = new ArrayList<>(sentences);
                all.add(value);
                yield new ModelManifest(directory, weights, tokenizer, tokens, all);
            }
            default -> throw wrong(span, "the key is not weights, tokenizer, tokens or sentence");
        };
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
