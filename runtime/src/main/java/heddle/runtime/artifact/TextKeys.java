package heddle.runtime.artifact;

import java.util.Map;
import java.util.Optional;

/**
 * What a model's manifest says of texts that lie end to end, and of vectors of texts.
 *
 * @param segments  the input that takes the number of the text that a token belongs to
 * @param positions the input that takes the place of a token in its text
 * @param vectors   the output that has a vector for each token
 * @param pooling   how a text's vector is made of them: {@code mean}, {@code cls} or {@code last}
 * @param normalize whether vectors of texts are brought to length one
 * @param prompts   what is written before a text, by the name of its use
 */
public record TextKeys(
        Optional<String> segments,
        Optional<String> positions,
        Optional<String> vectors,
        Optional<String> pooling,
        Optional<Boolean> normalize,
        Map<String, String> prompts) {
    /** Nothing is said. */
    static final TextKeys NONE = new TextKeys(
            Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Map.of());

    public TextKeys {
        prompts = Map.copyOf(prompts);
    }
}
