package heddle.runtime.embed;

import heddle.runtime.HeddleModel;
import heddle.runtime.ModelSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** What the files of sentence-transformers beside a model say, as lines of a manifest: for a model that is moved without them. */
public final class EmbeddingKeys {
    private EmbeddingKeys() {}

    /**
     * The lines; none when there are no such files.
     *
     * @param place where the files lie, beside this model
     * @param model the one that the manifest is for
     * @throws heddle.dsl.diagnostic.DiagnosticException when they ask for what is not computed, or the model has no vectors of tokens
     */
    public static String of(ModelSource place, HeddleModel model) {
        SentenceFiles files = SentenceFiles.read(place);
        if (files.equals(SentenceFiles.NONE)) {
            return "";
        }
        List<String> lines = new ArrayList<>();
        lines.add(
                "vectors = " + EmbeddingSettings.output(model, Optional.empty()).name());
        files.pooling().ifPresent(p -> lines.add("pooling = " + p.word()));
        files.normalize().ifPresent(n -> lines.add("normalize = " + n));
        files.tokens().ifPresent(n -> lines.add("tokens = " + n));
        new TreeMap<>(files.prompts()).forEach((name, text) -> lines.add("prompt." + name + " = " + quoted(text)));
        return String.join("\n", lines) + "\n";
    }

    /** The prompt that these files write when none is asked for: a manifest has no word for it. */
    public static Optional<String> defaultPrompt(ModelSource place) {
        return SentenceFiles.read(place).prompt();
    }

    private static String quoted(String text) {
        return '"'
                + text.replace("\\", "\\\\")
                        .replace("\"", "\\\"")
                        .replace("\n", "\\n")
                        .replace("\r", "\\r")
                + '"';
    }
}
