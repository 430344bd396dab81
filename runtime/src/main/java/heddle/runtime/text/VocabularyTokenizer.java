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
    private final Path file;
    private final int limit;

    /** Frees native memory, of a tokenizer that nobody closed too. */
    private final Native nativeMemory = new Native();

    private final Cleaner.Cleanable cleanable = CLEANER.register(this, nativeMemory);

    /** Neither cuts nor pads. Made when it is first asked for: not every caller does, and each has the whole vocabulary. */
    private HuggingFaceTokenizer whole;

    /** What is freed; knows nothing of the tokenizer that it is part of. */
    private static final class Native implements Runnable {
        private final List<HuggingFaceTokenizer> open = new ArrayList<>();

        synchronized HuggingFaceTokenizer add(HuggingFaceTokenizer tokenizer) {
            open.add(tokenizer);
            return tokenizer;
        }

        @Override
        public synchronized void run() {
            open.forEach(HuggingFaceTokenizer::close);
            open.clear();
        }
    }

    private VocabularyTokenizer(HuggingFaceTokenizer tokenizer, Path file, int limit) {
        this.tokenizer = nativeMemory.add(tokenizer);
        this.file = file;
        this.limit = limit;
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
        HuggingFaceTokenizer.Builder cutsAndPads = HuggingFaceTokenizer.builder()
                .optTruncation(true)
                .optMaxLength(limit)
                .optPadding(true);
        return new VocabularyTokenizer(build(file, cutsAndPads), file, limit);
    }

    private static HuggingFaceTokenizer build(Path file, HuggingFaceTokenizer.Builder builder) {
        try {
            return builder.optTokenizerPath(file).build();
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

    @Override
    public List<Tokens> tokens(List<String> texts) {
        List<Tokens> all = new ArrayList<>();
        if (texts.isEmpty()) {
            return all;
        }
        try {
            for (Encoding row : whole().batchEncode(texts)) {
                long[] marks = row.getSpecialTokenMask();
                int before = 0;
                while (before < marks.length && marks[before] != 0) {
                    before++;
                }
                int after = 0;
                while (after < marks.length - before && marks[marks.length - 1 - after] != 0) {
                    after++;
                }
                // Of a text without tokens of its own, the marks all stand before.
                all.add(new Tokens(row.getIds(), before, after));
            }
        } finally {
            Reference.reachabilityFence(this);
        }
        return all;
    }

    private synchronized HuggingFaceTokenizer whole() {
        if (whole == null) {
            whole = nativeMemory.add(build(
                    file, HuggingFaceTokenizer.builder().optTruncation(false).optPadding(false)));
        }
        return whole;
    }

    @Override
    public int limit() {
        return limit;
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
        cleanable.clean();
    }
}
