package heddle.runtime.text;

import heddle.runtime.tensor.Tensor;
import java.util.List;

/**
 * Texts in the form that a model takes: B texts, padded to the N tokens of the longest.
 *
 * @param ids       {@code i64[B, N]}, indexes into the vocabulary
 * @param mask      {@code i64[B, N]}, 1 for a token and 0 for padding
 * @param types     {@code i64[B, N]}, the number of the text that a token belongs to, in a pair of texts: zeros
 * @param tokens    the tokens as text, without padding
 * @param separators the tokens that only mark where a text starts and ends
 * @param truncated the texts that were cut, by index
 */
public record TokenBatch(
        Tensor ids,
        Tensor mask,
        Tensor types,
        List<List<String>> tokens,
        List<boolean[]> separators,
        List<Integer> truncated) {
    public TokenBatch {
        tokens = tokens.stream().map(List::copyOf).toList();
        separators = List.copyOf(separators);
        truncated = List.copyOf(truncated);
    }
}
