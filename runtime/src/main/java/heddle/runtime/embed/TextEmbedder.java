package heddle.runtime.embed;

import heddle.compiler.type.DType;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.CompileOptions;
import heddle.runtime.CompiledModel;
import heddle.runtime.HeddleModel;
import heddle.runtime.PackedModel;
import heddle.runtime.jvm.WorkerPool;
import heddle.runtime.text.Pack;
import heddle.runtime.text.Packing;
import heddle.runtime.text.Tokens;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Makes a vector of each text. Texts of different length share runs of a token budget. Where the model can tell texts apart
 * that lie end to end, nothing is padded; else texts of like length are padded together. May be used by several threads.
 *
 * <p>A vector depends on the other texts by rounding alone: where a text lies decides in which blocks its attention sums. Of
 * vectors of length one, elements differ by about 1e-6.
 */
public final class TextEmbedder {
    /** Texts are looked at together until they have so many budgets of tokens or more: packs are full then, and memory is bounded. */
    private static final int BUDGETS = 16;

    /** The same in texts, for those that are short. */
    private static final int MOST_TEXTS = 4096;

    /** So many texts are given to the tokenizer at once. */
    private static final int TOKENIZED = 128;

    private final HeddleModel model;
    private final CompiledModel compiled;
    private final EmbeddingOptions options;
    private final EmbeddingSettings settings;
    private final int limit;
    private final int callers;
    private final Supplier<String> identity;
    private final AtomicLong texts = new AtomicLong();
    private final AtomicLong tokens = new AtomicLong();
    private final AtomicLong padding = new AtomicLong();
    private final AtomicLong tooLong = new AtomicLong();

    /**
     * What has been embedded so far.
     *
     * @param tokens  that were computed, without padding
     * @param padding that was computed beside them
     * @param tooLong texts that had more tokens than the model takes
     */
    public record Counts(long texts, long tokens, long padding, long tooLong) {}

    /** Vectors, and what was embedded for them. */
    public record Counted(List<float[]> vectors, Counts counts) {}

    private TextEmbedder(
            HeddleModel model,
            CompiledModel compiled,
            EmbeddingOptions options,
            EmbeddingSettings settings,
            int callers,
            Supplier<String> identity) {
        this.model = model;
        this.compiled = compiled;
        this.options = options;
        this.settings = settings;
        this.callers = callers;
        this.identity = identity;
        this.limit = model.limit(settings.tokens().orElse(compiled.tokenizer().limit()));
    }

    /**
     * Compiles a model, for texts end to end where it can tell them apart or can be changed so that it does. Where it cannot, texts
     * are padded and a warning says why.
     *
     * @throws heddle.dsl.diagnostic.DiagnosticException when it gives no vectors of texts, or its files are missing
     */
    public static TextEmbedder of(HeddleModel model, CompileOptions compile, EmbeddingOptions options) {
        EmbeddingSettings settings = EmbeddingSettings.of(model, options);
        HeddleModel needed = model.only(settings.output());
        PackedModel packed = PackedModel.of(needed);
        packed.declined().ifPresent(why -> compile.warnings().accept("texts are padded: " + why));
        HeddleModel used = packed.model().orElse(needed);
        CompiledModel compiled = used.compile(compile);
        int callers = compiled.target().device().isPresent() ? 1 : compile.threads();
        Supplier<String> identity = () -> used.identity(compile) + " " + compile.conversion();
        return new TextEmbedder(used, compiled, options, settings, callers, identity).withRoom();
    }

    /** What becomes of the part of a model that gives vectors of tokens, for texts end to end; empty when it gives none. */
    public static Optional<PackedModel> packing(HeddleModel model) {
        try {
            String output =
                    EmbeddingSettings.of(model, EmbeddingOptions.defaults()).output();
            return Optional.of(PackedModel.of(model.only(output)));
        } catch (DiagnosticException e) {
            return Optional.empty();
        }
    }

    /**
     * The same compiled model with other options, and counts of its own. The kernels, the weights and the tokenizer are shared.
     *
     * @throws heddle.dsl.diagnostic.DiagnosticException when the model has no such prompt
     */
    public TextEmbedder with(EmbeddingOptions other) {
        EmbeddingSettings others = EmbeddingSettings.of(model, other);
        return new TextEmbedder(model, compiled, other, others, callers, identity).withRoom();
    }

    /** Refuses files that allow less tokens than those that mark a text. */
    private TextEmbedder withRoom() {
        Tokens empty = compiled.tokenizer().tokens(List.of("")).getFirst();
        int marks = empty.before() + empty.after();
        if (settings.tokens().isPresent() && settings.tokens().get() <= marks) {
            throw SentenceFiles.unusable(
                    model.source().fileBeside(SentenceFiles.LIMITS).orElseThrow(),
                    "it allows " + settings.tokens().get() + " tokens, and " + marks
                            + " mark where a text starts and ends",
                    "copy the file again");
        }
        return this;
    }

    /** The names of the prompts that the model's files have, sorted. */
    public List<String> prompts() {
        return List.copyOf(EmbeddingSettings.prompts(model).keySet());
    }

    /** What is written before each text. */
    public String prefix() {
        return settings.prefix();
    }

    /** Whether vectors are brought to length one. */
    public boolean normalized() {
        return settings.normalize();
    }

    /** The elements of a vector. */
    public int dimension() {
        return settings.dimension();
    }

    /** The most tokens that are taken of a text at once. */
    public int limit() {
        return limit;
    }

    /** How vectors are made, for those that must tell different ones apart: all that they depend on but by rounding. */
    public String settings() {
        return identity.get() + " " + settings + " " + limit + " " + options.longTexts();
    }

    public Counts counts() {
        return new Counts(texts.get(), tokens.get(), padding.get(), tooLong.get());
    }

    /** The vectors of texts, in their order. */
    public List<float[]> embed(List<String> all) {
        List<float[]> vectors = new ArrayList<>(all.size());
        embed(all.iterator(), vectors::add);
        return vectors;
    }

    /** The vectors of texts, in their order, and what was embedded for these alone. */
    public Counted counted(List<String> all) {
        TextEmbedder own = new TextEmbedder(model, compiled, options, settings, callers, identity);
        try {
            return new Counted(own.embed(all), own.counts());
        } finally {
            Counts counts = own.counts();
            texts.addAndGet(counts.texts());
            tokens.addAndGet(counts.tokens());
            padding.addAndGet(counts.padding());
            tooLong.addAndGet(counts.tooLong());
        }
    }

    /**
     * Gives the vector of each text to {@code sink}, in their order. Of texts and vectors only some thousands are in memory, so
     * there may be any number. With several threads, {@code all} is asked for some more texts before {@code sink} has the vectors of
     * those before them: this thread reads and tokenizes while the others compute. Where {@code all} throws, what it gave until then
     * has its vectors first, but for the last window of texts.
     */
    public void embed(Iterator<String> all, Consumer<float[]> sink) {
        ExecutorService pool = Executors.newFixedThreadPool(callers);
        try {
            Optional<Window> before = Optional.empty();
            while (true) {
                Optional<Window> window;
                try {
                    window = all.hasNext() ? Optional.of(window(all)) : Optional.empty();
                } catch (RuntimeException | Error e) {
                    try {
                        before.ifPresent(w -> end(w, sink));
                    } catch (RuntimeException | Error other) {
                        e.addSuppressed(other);
                    }
                    throw e;
                }
                // While the runs of one window go on, the next is read and split into tokens, so that no processor
                // waits for that.
                boolean alone = before.isEmpty();
                window.ifPresent(w -> begin(w, alone, pool));
                before.ifPresent(w -> end(w, sink));
                if (window.isEmpty()) {
                    return;
                }
                before = window.filter(w -> !w.runs().isEmpty());
                if (before.isEmpty()) {
                    end(window.get(), sink); // It was computed at once.
                }
            }
        } finally {
            pool.shutdownNow();
            pool.close();
        }
    }

    /**
     * Texts that are looked at together.
     *
     * @param texts  how many
     * @param parts  what is run of them
     * @param owners the text of each part
     * @param sums   of the vectors of each part's tokens, once its run has ended
     * @param runs   that have begun
     */
    private record Window(int texts, List<Tokens> parts, List<Integer> owners, double[][] sums, List<Future<?>> runs) {}

    private Window window(Iterator<String> all) {
        List<Tokens> parts = new ArrayList<>();
        List<Integer> owners = new ArrayList<>();
        int count = 0;
        long taken = 0;
        while (all.hasNext() && taken < (long) BUDGETS * options.budget() && count < MOST_TEXTS) {
            List<String> some = new ArrayList<>();
            while (all.hasNext() && some.size() < TOKENIZED) {
                some.add(settings.written(all.next()));
            }
            for (Tokens t : compiled.tokenizer().tokens(some)) {
                for (Tokens part : parts(t)) {
                    parts.add(part);
                    owners.add(count);
                    taken += part.count();
                }
                count++;
            }
        }
        return new Window(count, parts, owners, new double[parts.size()][], new ArrayList<>());
    }

    /** Gives the vectors of a window, when its runs have ended. */
    private void end(Window window, Consumer<float[]> sink) {
        window.runs().forEach(TextEmbedder::await);
        texts.addAndGet(window.texts());
        tokens.addAndGet(window.parts().stream().mapToLong(Tokens::count).sum());
        vectors(window).forEach(sink);
    }

    private List<Tokens> parts(Tokens whole) {
        if (whole.count() > limit) {
            tooLong.incrementAndGet();
        }
        return switch (options.longTexts()) {
            case CUT -> List.of(whole.cut(limit));
            case SPLIT -> whole.parts(limit);
        };
    }

    /**
     * Packs of all parts, shared out among as many callers as there are threads: those that compute alone never wait. The last packs
     * are computed by all threads together when others have ended, and so is one pack alone.
     */
    private void begin(Window window, boolean alone, ExecutorService pool) {
        // A text without tokens takes no part in a run: its vector is zero.
        List<Tokens> parts = window.parts();
        int[] there = IntStream.range(0, parts.size())
                .filter(i -> parts.get(i).count() > 0)
                .toArray();
        int[] lengths = Arrays.stream(there).map(i -> parts.get(i).count()).toArray();
        boolean endToEnd = model.takesTextsEndToEnd();
        List<List<Integer>> packs =
                endToEnd ? Packing.endToEnd(lengths, options.budget()) : Packing.inRows(lengths, options.budget());
        boolean here = callers == 1 || alone && packs.size() < 2;
        int firstShared = packs.size() - callers;
        for (int n = 0; n < packs.size(); n++) {
            int[] members = packs.get(n).stream().mapToInt(i -> there[i]).toArray();
            Runnable run = () -> run(members, parts, endToEnd, window.sums());
            if (here) {
                run.run();
            } else {
                window.runs().add(pool.submit(n < firstShared ? () -> WorkerPool.alone(run) : run));
            }
        }
    }

    /** Waits for a run, and throws what it threw. The thread's interruption is kept for its owner. */
    private static void await(Future<?> run) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    run.get();
                    return;
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    switch (e.getCause()) {
                        case RuntimeException mistake -> throw mistake;
                        case Error error -> throw error;
                        default -> throw new IllegalStateException(e.getCause());
                    }
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void run(int[] members, List<Tokens> parts, boolean endToEnd, double[][] sums) {
        List<Tokens> some = Arrays.stream(members).mapToObj(parts::get).toList();
        Pack pack = endToEnd ? Pack.endToEnd(some) : Pack.padded(some);
        padding.addAndGet(pack.padding());
        float[] vectors = compiled.run(model.inputs(pack))
                .get(settings.output())
                .cast(DType.F32)
                .floats();
        for (int i = 0; i < members.length; i++) {
            double[] sum = new double[dimension()];
            settings.pooling().add(vectors, pack.start(i), some.get(i).count(), sum);
            sums[members[i]] = sum;
        }
    }

    private List<float[]> vectors(Window window) {
        double[][] sums = window.sums();
        double[][] whole = new double[window.texts()][dimension()];
        long[] weights = new long[window.texts()];
        for (int i = 0; i < sums.length; i++) {
            if (sums[i] != null) {
                double[] sum = whole[window.owners().get(i)];
                for (int d = 0; d < sum.length; d++) {
                    sum[d] += sums[i][d];
                }
                weights[window.owners().get(i)] += window.parts().get(i).count();
            }
        }
        List<float[]> vectors = new ArrayList<>(whole.length);
        for (int i = 0; i < whole.length; i++) {
            vectors.add(vector(whole[i], Math.max(1, weights[i])));
        }
        return vectors;
    }

    private float[] vector(double[] sum, long weight) {
        double length = weight;
        if (settings.normalize()) {
            double squares = 0;
            for (double x : sum) {
                squares += x * x;
            }
            length = Math.max(Math.sqrt(squares), 1e-12 * weight);
        }
        float[] vector = new float[sum.length];
        for (int d = 0; d < vector.length; d++) {
            vector[d] = (float) (sum[d] / length);
        }
        return vector;
    }
}
