package heddle.springai;

import org.springframework.ai.document.MetadataMode;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The properties {@code spring.ai.heddle.embedding.*}. What is null was not said.
 *
 * @param model          The model: the path of a .heddle or .onnx file, classpath: and the name of a resource, or the name of a
 *                       published encoder.
 * @param weights        The weights, in place of what the model's .properties say: the path of a .safetensors or .onnx file, or an
 *                       entry of a Maven artefact, maven:group:artifact:version!/file.
 * @param tokenizer      The tokenizer.json, named as weights are, in place of what the model's .properties say.
 * @param threads        How many threads compute; all processors unless said.
 * @param prompt         The name of the model's prompt that is written before each text. Unless one of these four is set, a model
 *                       with a prompt query and one of document, passage, corpus writes the first before texts, the other before
 *                       documents.
 * @param prefix         A text that is written before each text, in place of a prompt.
 * @param documentPrompt The name of the model's prompt that is written before documents; what is written before texts unless said.
 * @param documentPrefix A text that is written before each document, in place of a prompt.
 * @param tokenBudget    About how many tokens a run takes.
 * @param longTexts      What becomes of texts with more tokens than the model takes.
 * @param normalize      Whether vectors have length one, in place of what the model's files say.
 * @param metadataMode   Which metadata of a document are embedded with its text.
 */
@ConfigurationProperties(HeddleEmbeddingProperties.PREFIX)
public record HeddleEmbeddingProperties(
        @DefaultValue("all-minilm-l6-v2") String model,
        String weights,
        String tokenizer,
        Integer threads,
        String prompt,
        String prefix,
        String documentPrompt,
        String documentPrefix,
        Integer tokenBudget,
        @DefaultValue("cut") LongTexts longTexts,
        Boolean normalize,
        @DefaultValue("none") MetadataMode metadataMode) {
    /** What all of these begin with. */
    public static final String PREFIX = "spring.ai.heddle.embedding";

    /** What becomes of texts with more tokens than the model takes. */
    public enum LongTexts {
        /** The end is left out. */
        CUT,
        /** The vectors of their parts are averaged, weighted by tokens. */
        SPLIT
    }
}
