package heddle.runtime.attend;

import java.util.List;
import java.util.Optional;

/**
 * What the run of one text showed.
 *
 * @param text       the text
 * @param tokens     its tokens, as the model reads them
 * @param separator  the tokens that only mark where a text starts and ends
 * @param embeddings the static embedding of each token: the row of the embedding table, the same in every text
 * @param layers     from the first to the last
 * @param last       each token's vector after the last layer
 */
public record Observation(
        String text,
        List<String> tokens,
        boolean[] separator,
        float[][] embeddings,
        List<Layer> layers,
        float[][] last) {
    /**
     * One attention and what it read.
     *
     * @param scope         where it stands in the model, {@code layer.3}
     * @param input         each token's vector as it enters
     * @param probabilities {@code [head][query][key]}; each row sums to one
     */
    public record Layer(String scope, float[][] input, float[][][] probabilities) {
        public int heads() {
            return probabilities.length;
        }
    }

    public Observation {
        tokens = List.copyOf(tokens);
        layers = List.copyOf(layers);
    }

    /** The position of a token that reads like {@code word}, ignoring case; the first one when there are several. */
    public Optional<Integer> find(String word) {
        for (int i = 0; i < tokens.size(); i++) {
            if (tokens.get(i).equalsIgnoreCase(word)) {
                return Optional.of(i);
            }
        }
        return Optional.empty();
    }

    /** The vector of token {@code i} as it enters layer {@code l}, or after the last when {@code l} is their number. */
    public float[] vector(int l, int i) {
        return l == layers.size() ? last[i] : layers.get(l).input()[i];
    }
}
