package heddle.runtime.text;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.RuntimeCode;
import heddle.runtime.cache.CacheDirectory;
import heddle.runtime.tensor.Tensor;
import java.io.IOException;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Splits text as a {@code tokenizer.json} file says. Needs no network. */
final class VocabularyTokenizer implements Tokenizer {
    private static final Cleaner CLEANER = Cleaner.create();

    private final HuggingFaceTokenizer tokenizer;

    /** Frees native memory, of a tokenizer that nobody closed too. */
    private final Cleaner.Cleanable nativeMemory;

    private VocabularyTokenizer(HuggingFaceTokenizer tokenizer) {
        this.tokenizer = tokenizer;
        this.nativeMemory = CLEANER.register(this, tokenizer::close);
    }

    static Tokenizer open(Path file, int limit, CacheDirectory cache) {
        if (!Files.isRegularFile(file)) {
            throw new DiagnosticException(Diagnostic.of(RuntimeCode.TOKENIZER, "there is no tokenizer file " + file)
                    .hint("--tokenizer names one: the tokenizer.json that was published with the weights"));
        }
        // The library unpacks its native part there, and would else look for newer ones on the network.
        System.setProperty("DJL_CACHE_DIR", cache.directory("native").toString());
        System.setProperty("ai.djl.offline", "true");
        System.setProperty("OPT_OUT_TRACKING", "true");
        try {
            return new VocabularyTokenizer(HuggingFaceTokenizer.builder()
                    .optTokenizerPath(file)
                    .optTruncation(true)
                    .optMaxLength(limit)
                    .optPadding(true)
                    .build());
        } catch (IOException | RuntimeException e) {
            throw new DiagnosticException(
                    Diagnostic.of(RuntimeCode.TOKENIZER, "the tokenizer file " + file + " cannot be used")
                            .note(String.valueOf(e.getMessage()))
                            .hint("it should be the tokenizer.json that was published with the weights"));
        }
    }

    @Override
    public TokenBatch encode(List<String> texts) {
        Encoding[] rows;
        try {
            rows = tokenizer.batchEncode(texts);
        } finally {
            // The cleaner must not free native memory that is being used.
            Reference.reachabilityFence(this);
        }
        List<List<String>> tokens = new ArrayList<>();
        List<boolean[]> separators = new ArrayList<>();
        List<Integer> truncated = new ArrayList<>();
        for (int i = 0; i < rows.length; i++) {
            int length = (int) Arrays.stream(rows[i].getAttentionMask()).sum();
            tokens.add(Arrays.asList(rows[i].getTokens()).subList(0, length));
            separators.add(flags(rows[i].getSpecialTokenMask(), length));
            if (rows[i].exceedMaxLength()) {
                truncated.add(i);
            }
        }
        return new TokenBatch(
                table(rows, Encoding::getIds),
                table(rows, Encoding::getAttentionMask),
                table(rows, Encoding::getTypeIds),
                tokens,
                separators,
                truncated);
    }

    private static boolean[] flags(long[] ones, int length) {
        boolean[] flags = new boolean[length];
        for (int i = 0; i < length; i++) {
            flags[i] = ones[i] != 0;
        }
        return flags;
    }

    @FunctionalInterface
    private interface Column {
        long[] of(Encoding row);
    }

    private static Tensor table(Encoding[] rows, Column column) {
        int width = rows.length == 0 ? 0 : column.of(rows[0]).length;
        long[] all = new long[rows.length * width];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(column.of(rows[i]), 0, all, i * width, width);
        }
        return Tensor.of(all, rows.length, width);
    }

    @Override
    public void close() {
        nativeMemory.clean();
    }
}
