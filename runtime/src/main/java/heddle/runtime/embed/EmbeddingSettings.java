package heddle.runtime.embed;

import heddle.compiler.frontend.Model.Declaration;
import heddle.compiler.type.TensorType;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.diagnostic.Suggest;
import heddle.runtime.HeddleModel;
import heddle.runtime.artifact.TextKeys;
import heddle.runtime.text.TextInputs;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How a model's vectors of texts are made. The files of sentence-transformers that lie beside the model say it first, then its
 * manifest; without either, vectors are means that are not normalised. Options of the caller replace both.
 *
 * @param output    the output that has a vector for each token
 * @param dimension the elements of a vector
 * @param tokens    the most tokens of a text, where the files say it
 * @param prefix    what is written before each text
 * @param lowerCase whether texts are brought to lower case
 */
record EmbeddingSettings(
        String output,
        int dimension,
        Pooling pooling,
        boolean normalize,
        Optional<Integer> tokens,
        String prefix,
        boolean lowerCase) {
    static EmbeddingSettings of(HeddleModel model, EmbeddingOptions options) {
        TextKeys keys = model.source().manifest().texts();
        SentenceFiles files =
                SentenceFiles.read(model.source(), options.pooling().isEmpty());
        Declaration output = output(model, keys.vectors());
        Map<String, String> prompts = prompts(keys, files);
        String prefix = options.prefix()
                .or(() -> options.prompt().or(files::prompt).map(name -> prompt(name, prompts)))
                .orElse("");
        if (!files.poolsPrompt() && !prefix.isEmpty()) {
            throw new DiagnosticException(Diagnostic.of(
                            EmbedCode.SENTENCE_FILE, "the config.json of the pooling cannot be used with a prompt")
                    .note(
                            "its include_prompt is false: a prompt's tokens are left out of the mean, which is not done here")
                    .hint("leave the prompt out with --prefix \"\", or set include_prompt to true"));
        }
        return new EmbeddingSettings(
                output.name(),
                Math.toIntExact(output.type().dim(-1).evaluate(Map.of())),
                options.pooling()
                        .or(files::pooling)
                        .or(() -> keys.pooling().map(Pooling::of))
                        .orElse(Pooling.MEAN),
                options.normalize().or(files::normalize).or(keys::normalize).orElse(false),
                files.tokens(),
                prefix,
                files.lowerCase());
    }

    /** What is written before texts, by the name of their use, in the order of names. */
    static SortedMap<String, String> prompts(HeddleModel model) {
        return prompts(model.source().manifest().texts(), SentenceFiles.read(model.source(), false));
    }

    private static SortedMap<String, String> prompts(TextKeys keys, SentenceFiles files) {
        SortedMap<String, String> prompts = new TreeMap<>(keys.prompts());
        prompts.putAll(files.prompts());
        return prompts;
    }

    /** A text as it is split into tokens. */
    String written(String text) {
        String all = prefix + text;
        return lowerCase ? all.toLowerCase(Locale.ROOT) : all;
    }

    private static String prompt(String name, Map<String, String> prompts) {
        if (!prompts.containsKey(name)) {
            throw new DiagnosticException(Diagnostic.of(
                            EmbedCode.NO_VECTORS, "the model has no prompt \"" + name + "\"")
                    .note(prompts.isEmpty() ? "it has none" : "its prompts are " + String.join(", ", prompts.keySet()))
                    .hint(Suggest.closest(name, prompts.keySet())
                            .map(meant -> "did you mean " + meant + "?")
                            .orElse("--prefix gives the text itself; prompt." + name
                                    + " = \"...\" in the .properties file names it")));
        }
        return prompts.get(name);
    }

    /** The output that has a vector for each token. @param named by the manifest, if it does */
    static Declaration output(HeddleModel model, Optional<String> named) {
        TensorType ids = TextInputs.ids(model.inputs());
        List<Declaration> outputs = model.declaration().outputs();
        List<Declaration> fit = outputs.stream()
                .filter(o -> named.isEmpty() || named.get().equals(o.name()))
                .filter(o -> o.type().rank() == 3 && o.type().dtype().isFloat() && TextInputs.isOfTokens(o.type(), ids))
                .filter(o -> o.type().dim(-1).isKnown())
                .toList();
        if (fit.size() != 1) {
            throw new DiagnosticException(Diagnostic.of(
                            EmbedCode.NO_VECTORS,
                            named.isPresent()
                                    ? "the output \"" + named.get() + "\" has no vector for each token"
                                    : "it is not known which output has a vector for each token")
                    .note("outputs: "
                            + String.join(
                                    ", ",
                                    outputs.stream()
                                            .map(o -> o.name() + ": " + o.type())
                                            .toList()))
                    .hint("vectors = NAME in the .properties file beside the model names an output of floats,"
                            + " with rows and tokens of the input for token numbers and a length that is known"));
        }
        return fit.getFirst();
    }
}
