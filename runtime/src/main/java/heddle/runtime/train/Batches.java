package heddle.runtime.train;

import heddle.compiler.frontend.Model.Declaration;
import heddle.compiler.scalar.Philox;
import heddle.compiler.scalar.Philox.Stream;
import heddle.compiler.type.DType;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.Heddle;
import heddle.runtime.HeddleModel;
import heddle.runtime.input.IndexRange;
import heddle.runtime.tensor.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Batches of windows of a token file, for the one input of a model that takes tokens. Places of training are drawn by
 * counter: a batch depends on the seed and its number alone.
 */
public final class Batches {
    /** What an array of eight bytes each may have on any Java platform. */
    private static final int MOST_TOKENS = Integer.MAX_VALUE - 8;

    private final TokenFile file;
    private final Declaration input;
    private final int rows;
    private final int window;
    private final long seed;

    private Batches(TokenFile file, Declaration input, int rows, int window, long seed) {
        this.file = file;
        this.input = input;
        this.rows = rows;
        this.window = window;
        this.seed = seed;
    }

    /**
     * Batches for a model.
     *
     * @param rows windows of a batch; a model that fixes the length of this axis has its own
     * @throws DiagnosticException when the model takes something else than one tensor of tokens, or the file is too short
     */
    public static Batches of(TokenFile file, HeddleModel model, int rows, long seed) {
        List<Declaration> inputs = model.declaration().inputs();
        Declaration input = inputs.isEmpty() ? null : inputs.getFirst();
        if (inputs.size() != 1 || !input.type().dtype().isInt() || input.type().rank() != 2) {
            throw new DiagnosticException(Diagnostic.of(
                            TrainCode.DATA,
                            "a model that is trained on a file has one input of tokens, [batch, window]; this one has "
                                    + inputs.stream()
                                            .map(d -> d.name() + ": " + d.type())
                                            .toList())
                    .hint("declare `input tokens: i64[B, N]`, and let the loss compare each place with the next;"
                            + " other models are trained through the Java API"));
        }
        if (!input.type().dim(1).isKnown()) {
            throw new DiagnosticException(Diagnostic.at(
                            input.span(),
                            TrainCode.DATA,
                            "it is not known how many tokens a window has: "
                                    + input.type().dim(1))
                    .hint("say it with -D " + input.type().dim(1) + "=128"));
        }
        long window = input.type().dim(1).value();
        if (Math.min(file.trained(), file.size() - file.trained()) < window || window < 1) {
            throw new DiagnosticException(Diagnostic.of(
                            TrainCode.DATA,
                            file.path() + " has " + file.size() + " tokens, too few for windows of " + window)
                    .note("a tenth of it is held out, and must have a window too")
                    .hint("take a longer file or a shorter window"));
        }
        long own = input.type().dim(0).isKnown() ? input.type().dim(0).value() : rows;
        if (own < 1 || own > MOST_TOKENS / window) {
            throw new DiagnosticException(Diagnostic.at(
                            input.span(),
                            TrainCode.DATA,
                            "a batch of " + own + " windows of " + window + " tokens is none that can be computed")
                    .note("a batch has a window at least, and at most " + MOST_TOKENS + " tokens")
                    .hint("take fewer or shorter windows: --batch, -D; --accumulate makes a step of several batches"));
        }
        requireRows(file, model, input.name());
        return new Batches(file, input, (int) own, (int) window, seed);
    }

    /** Tokens that no table has a row for are found before anything is compiled, where all lengths are known. */
    private static void requireRows(TokenFile file, HeddleModel model, String input) {
        Map<String, Long> lengths = model.fixedLengths();
        if (model.declaration().lengths().stream().allMatch(l -> lengths.containsKey(l.name()))) {
            new IndexRange(model.declaration().graph()).rows(input, lengths).ifPresent(file::requireBelow);
        }
    }

    /** The model with as many windows in a batch, where it leaves their number open: what runs then take is known. */
    public static HeddleModel sized(HeddleModel model, int rows) {
        Map<String, Long> lengths = new HashMap<>(model.fixedLengths());
        model.declaration().inputs().stream()
                .filter(i -> i.type().rank() == 2)
                .findFirst()
                .flatMap(i -> i.type().dim(0).asSymbol())
                .ifPresent(name -> lengths.put(name, (long) rows));
        if (lengths.equals(model.fixedLengths())) {
            return model;
        }
        HeddleModel sized = Heddle.model(model.source(), lengths);
        return model.memoryBudget().map(sized::withMemoryBudget).orElse(sized);
    }

    /** How many tokens a batch has. */
    public int tokens() {
        return rows * window;
    }

    /** How many tokens a window has. */
    int window() {
        return window;
    }

    /** The batch of a number, from 0, drawn from what is not held out. */
    public Map<String, Tensor> training(long number) {
        long places = file.trained() - window + 1;
        long[] starts = new long[rows];
        for (int row = 0; row < rows; row++) {
            int[] words = {row, (int) number, (int) (number >>> 32), 0};
            Philox.draw(Philox.lowKey(seed), Philox.highKey(seed, Stream.DATA), words);
            long draw = (long) words[0] << 32 | words[1] & 0xFFFFFFFFL;
            starts[row] = Math.unsignedMultiplyHigh(draw, places);
        }
        return batch(starts);
    }

    /**
     * How many batches of what is held out there are. Batches are whole: windows that do not fill one are left out, and where
     * there are fewer windows than a batch has, it has some of them more than once.
     *
     * @param most how many to take at most
     */
    long heldOutBatches(long most) {
        return Math.min(most, Math.max(1, heldOutWindows() / rows));
    }

    /**
     * One of some batches of what is held out. Their windows are evenly spread and do not overlap.
     *
     * @param number of the batch, from 0
     * @param count  how many there are, as {@link #heldOutBatches} says
     */
    Map<String, Tensor> heldOut(long number, long count) {
        long[] starts = new long[rows];
        for (int row = 0; row < rows; row++) {
            long chosen = (number * rows + row) * heldOutWindows() / (count * rows);
            starts[row] = file.trained() + chosen * window;
        }
        return batch(starts);
    }

    private long heldOutWindows() {
        return (file.size() - file.trained()) / window;
    }

    private Map<String, Tensor> batch(long[] starts) {
        long[] tokens = new long[rows * window];
        for (int row = 0; row < rows; row++) {
            for (int i = 0; i < window; i++) {
                tokens[row * window + i] = file.token(starts[row] + i);
            }
        }
        Tensor tensor = Tensor.of(tokens, rows, window);
        return Map.of(input.name(), input.type().dtype() == DType.I64 ? tensor : tensor.cast(DType.I32));
    }

    /** {@code 16 windows of 128}. */
    @Override
    public String toString() {
        return rows + (rows == 1 ? " window of " : " windows of ") + window;
    }
}
