package heddle.runtime.generate;

import heddle.compiler.frontend.Model.Declaration;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.TensorType;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.diagnostic.Suggest;
import heddle.runtime.CachedModel;
import heddle.runtime.CompileOptions;
import heddle.runtime.CompiledModel;
import heddle.runtime.HeddleModel;
import heddle.runtime.PlacedTarget;
import heddle.runtime.tensor.Tensor;
import heddle.runtime.train.TrainCode;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntConsumer;

/**
 * Writes bytes with a model: it gives each byte that may come next a score, one is chosen, and so on. While the text fits the window,
 * each byte is read once, and caches keep what later ones need of it ({@link CachedModel}). Afterwards, and where a model has no caches, the
 * window of the last bytes is computed anew for each.
 */
public final class Generator {
    private static final int BYTES = 256;

    private final HeddleModel model;
    private final CompileOptions options;
    private final Declaration input;
    private final String logits;
    private final int window;
    private final Optional<CachedScores> cached;

    /** Reads whole windows; compiled when the first one is read. */
    private Optional<CompiledModel> windows = Optional.empty();

    private Generator(
            HeddleModel model,
            CompileOptions options,
            Declaration input,
            String logits,
            int window,
            Optional<CachedScores> cached) {
        this.model = model;
        this.options = options;
        this.input = input;
        this.logits = logits;
        this.window = window;
        this.cached = cached;
    }

    /**
     * Compiles a model that writes.
     *
     * @param logits the output that scores bytes, f32[B, N, 256]
     * @param window how many bytes the model sees at most, where it leaves that open; at least 1
     * @param options whose warnings say why each byte reads the whole window, where that is so
     * @throws DiagnosticException when the model does not take bytes, gives no scores, or does not take as many
     */
    public static Generator of(HeddleModel model, String logits, int window, CompileOptions options) {
        List<Declaration> inputs = model.declaration().inputs();
        Declaration input = inputs.isEmpty() ? null : inputs.getFirst();
        boolean takesTokens = inputs.size() == 1
                && input.type().dtype().isInt()
                && input.type().rank() == 2
                && (!input.type().dim(0).isKnown() || input.type().dim(0).is(1));
        if (!takesTokens) {
            throw new DiagnosticException(Diagnostic.of(
                            TrainCode.NOT_GENERATIVE,
                            "a model that writes has one input of tokens, [B, N]; this one has "
                                    + inputs.stream()
                                            .map(d -> d.name() + ": " + d.type())
                                            .toList())
                    .hint("declare `input tokens: i64[B, N]`"));
        }
        requireScores(model, logits);
        int length = input.type().dim(1).isKnown() ? (int) input.type().dim(1).value() : window;
        int longest = longest(model, logits, length);
        if (length > longest) {
            throw tooLong(model, length, longest);
        }
        HeddleModel scoring = model.only(logits);
        Generator generator = new Generator(scoring, options, input, logits, length, cached(scoring, input, options));
        if (generator.cached.isEmpty()) {
            generator.windows();
        }
        return generator;
    }

    /** A device starts anew at each length. Schedules in a file are for the kernels of a model that reads whole windows. */
    private static Optional<CachedScores> cached(HeddleModel model, Declaration input, CompileOptions options) {
        if (options.schedules().isPresent() || PlacedTarget.of(options).device().isPresent()) {
            return Optional.empty();
        }
        CachedModel.Result result = CachedModel.of(model, input.name());
        result.declined().ifPresent(why -> options.warnings().accept("each byte reads the whole window again: " + why));
        return result.model().map(m -> new CachedScores(m, input.name(), options));
    }

    private CompiledModel windows() {
        if (windows.isEmpty()) {
            windows = Optional.of(cached.map(c -> c.compile(model, options)).orElseGet(() -> model.compile(options)));
        }
        return windows.get();
    }

    /**
     * How many bytes a model sees at the most, of at most so many: as its input or its manifest says, and as it has places for.
     *
     * @param logits the output that is wanted, which the model need not have
     */
    public static int longest(HeddleModel model, String logits, int most) {
        List<Declaration> inputs = model.declaration().inputs();
        if (inputs.size() != 1 || inputs.getFirst().type().rank() != 2) {
            return most;
        }
        Dim length = inputs.getFirst().type().dim(1);
        if (length.isKnown()) {
            return (int) Math.min(length.value(), most);
        }
        int told = model.source().manifest().tokens().orElse(most);
        return Places.of(model, logits, Math.min(told, most));
    }

    /** What to throw for a window of more bytes than a model sees. */
    public static DiagnosticException tooLong(HeddleModel model, int window, int longest) {
        return new DiagnosticException(Diagnostic.of(
                        TrainCode.NOT_GENERATIVE,
                        "a window of " + window + " bytes is more than the model "
                                + model.declaration().name() + " sees: " + longest)
                .hint("take " + longest + " or fewer, as with --window " + longest));
    }

    private static void requireScores(HeddleModel model, String logits) {
        List<Declaration> outputs = model.declaration().outputs();
        Declaration scores = outputs.stream()
                .filter(o -> o.name().equals(logits))
                .findFirst()
                .orElseThrow(() -> {
                    List<String> names = outputs.stream().map(Declaration::name).toList();
                    Diagnostic d = Diagnostic.of(
                            TrainCode.NOT_GENERATIVE,
                            "the model " + model.declaration().name() + " has no output \"" + logits + "\"");
                    return new DiagnosticException(Suggest.closest(logits, names)
                            .map(meant -> d.hint("did you mean \"" + meant + "\"?"))
                            .orElseGet(() -> d.note("its outputs are " + String.join(", ", names))
                                    .hint("declare the scores of the next token: `output " + logits
                                            + ": f32[B, N, 256] = ...`")));
                });
        TensorType type = scores.type();
        if (type.rank() != 3 || !type.dim(2).is(BYTES) || type.dtype() != DType.F32) {
            throw new DiagnosticException(Diagnostic.at(
                            scores.span(),
                            TrainCode.NOT_GENERATIVE,
                            "`" + logits + "` does not score bytes: it is " + type + ", not f32[B, N, 256]")
                    .hint("only models whose tokens are bytes write text"));
        }
    }

    /**
     * Writes bytes.
     *
     * @param prompt what comes before, at least one byte
     * @param count  how many to write
     * @param told   of each byte as it is written
     */
    public void write(byte[] prompt, int count, Sampling sampling, IntConsumer told) {
        if (prompt.length == 0) {
            throw new IllegalArgumentException("the first byte follows another one: a prompt has one at least");
        }
        byte[] text = Arrays.copyOf(prompt, prompt.length + count);
        cached.ifPresent(CachedScores::clear);
        for (int i = 0; i < count; i++) {
            int next = sampling.choose(scores(text, prompt.length + i), i);
            text[prompt.length + i] = (byte) next;
            told.accept(next);
        }
    }

    /** The scores behind the first {@code length} bytes. */
    private float[] scores(byte[] text, int length) {
        if (cached.isPresent() && length <= window) {
            int before = cached.get().read();
            return last(cached.get().read(tokens(text, before, length, length)), length - before);
        }
        int seen = Math.min(window, length);
        // A window of a fixed length is filled up at its end, which nothing before it looks at.
        int places = input.type().dim(1).isKnown() ? window : seen;
        Tensor tokens = tokens(text, length - seen, length, length - seen + places);
        return last(windows().run(Map.of(input.name(), tokens)), seen);
    }

    /** Some bytes of a text, and zeros behind them. */
    private Tensor tokens(byte[] text, int from, int to, int end) {
        long[] tokens = new long[end - from];
        for (int i = from; i < to; i++) {
            tokens[i - from] = text[i] & 0xFF;
        }
        return Tensor.of(tokens, 1, tokens.length).cast(input.type().dtype());
    }

    /** The scores at one of the places, counted from one. */
    private float[] last(Map<String, Tensor> outputs, int place) {
        return Arrays.copyOfRange(outputs.get(logits).floats(), (place - 1) * BYTES, place * BYTES);
    }
}
