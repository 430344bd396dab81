package heddle.runtime.text;

import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.cache.CacheDirectory;
import java.nio.file.Path;
import java.util.List;

/** Splits text into the tokens of a model's vocabulary. Several threads may use one. */
public sealed interface Tokenizer extends AutoCloseable permits VocabularyTokenizer, ByteTokenizer {
    /** What is written in the place of a file for {@link #bytes}. */
    String BYTES = "bytes";

    /**
     * Reads a {@code tokenizer.json} file.
     *
     * @param limit the most tokens a text may have; what is beyond is cut off
     * @throws DiagnosticException when there is no such file, or it is no tokenizer
     */
    static Tokenizer open(Path file, int limit, CacheDirectory cache) {
        return VocabularyTokenizer.open(file, limit, cache);
    }

    /** Every byte of a text in UTF-8 is a token. @param limit the most tokens a text may have */
    static Tokenizer bytes(int limit) {
        return new ByteTokenizer(limit);
    }

    /** The tokens of each text, padded to those of the longest. */
    TokenBatch encode(List<String> texts);

    /** The tokens of each text, all of them, without padding. */
    List<Tokens> tokens(List<String> texts);

    /** The most tokens that a text may have in the model. */
    int limit();

    @Override
    void close();
}
