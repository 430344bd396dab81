package heddle.runtime;

import heddle.compiler.Compilation;
import heddle.compiler.frontend.Model.Declaration;
import heddle.runtime.input.ModelInputs;
import heddle.runtime.tensor.Tensor;
import heddle.runtime.text.Packing;
import heddle.runtime.text.Tokenizer;
import heddle.runtime.text.Tokens;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A model as generated code, with its weights. May be run by several threads; on the jvm target their runs go on at the
 * same time.
 */
public final class CompiledModel {
    private final HeddleModel model;
    private final CompileOptions options;
    private final Compilation compilation;
    private final Program program;
    private final PlacedTarget target;
    private final ModelInputs inputs;

    /** Compiles parts of this model for texts end to end; absent when that cannot be. */
    private final Optional<SameWeights> packing;

    private Optional<TextRuns> packed;

    /** Compiles another model with the weights of this one. */
    interface SameWeights {
        CompiledModel of(HeddleModel other);
    }

    /** Made when the first text comes; to make one takes longer than many a run. */
    private Tokenizer tokenizer;

    CompiledModel(
            HeddleModel model,
            CompileOptions options,
            Compilation compilation,
            Program program,
            PlacedTarget target,
            Optional<SameWeights> packing) {
        this.packing = packing;
        this.model = model;
        this.options = options;
        this.compilation = compilation;
        this.program = program;
        this.target = target;
        this.inputs = new ModelInputs(model.declaration(), model.fixedLengths());
    }

    public HeddleModel model() {
        return model;
    }

    Program program() {
        return program;
    }

    /** What the compiler made of the model, stage by stage. */
    public Compilation compilation() {
        return compilation;
    }

    /** Where it runs. */
    public PlacedTarget target() {
        return target;
    }

    /** The generated Java. */
    public String java() {
        return program.text();
    }

    /**
     * The outputs for some inputs, by name.
     *
     * @throws heddle.dsl.diagnostic.DiagnosticException when an input is missing, unknown or does not fit
     * @throws OutOfMemoryError                          that says how much memory the run needs
     */
    public Map<String, Tensor> run(Map<String, Tensor> given) {
        return run(given, lengths -> program.run(given, lengths));
    }

    /**
     * The outputs for some inputs, by name; {@code profile} is told of every kernel when the run has ended. On a device
     * such a run is slower as a whole: see {@link Program}.
     */
    public Map<String, Tensor> profile(Map<String, Tensor> given, Consumer<KernelTiming> profile) {
        return run(given, lengths -> program.profile(given, lengths, profile));
    }

    private Map<String, Tensor> run(
            Map<String, Tensor> given, Function<SortedMap<String, Long>, Map<String, Tensor>> program) {
        SortedMap<String, Long> lengths = inputs.check(given);
        try {
            return program.apply(lengths);
        } catch (OutOfMemoryError e) {
            throw NotEnoughMemory.of(compilation.plan(), target.device().isEmpty(), lengths, e);
        }
    }

    /** Frees what the model has on a device, which otherwise stays until this JVM ends. A later run takes it again. */
    public void close() {
        program.close();
    }

    /**
     * The length of every symbol of the model.
     *
     * @throws heddle.dsl.diagnostic.DiagnosticException when an input is missing, unknown or does not fit
     */
    public SortedMap<String, Long> lengths(Map<String, Tensor> given) {
        return inputs.check(given);
    }

    /**
     * The outputs for some texts, by name. A model that can tell texts apart takes them end to end, without padding; so does one
     * that can be {@linkplain PackedModel changed} so that it does, also where it has something for whole texts, such as their mean. The
     * changed model is compiled when several texts come for the first time, and shares the weights of this one. Runs have about
     * {@link Packing#BUDGET} tokens. Outputs have a row for each text, in the order of texts; those for tokens have zeros behind shorter
     * ones. A text without tokens has zeros.
     */
    public Map<String, Tensor> run(List<String> texts) {
        Optional<TextRuns> runs = texts.size() > 1 ? packed() : Optional.empty();
        if (runs.isPresent()) {
            List<Tokens> tokens = runs.get().tokens().model.tokens(texts, tokenizer(), options);
            if (tokens.stream().anyMatch(t -> t.count() > 0)) {
                return runs.get()
                        .run(
                                tokens,
                                model.declaration().outputs().stream()
                                        .map(Declaration::name)
                                        .toList());
            }
        }
        return model.run(texts, tokenizer(), options, this::run);
    }

    private synchronized Optional<TextRuns> packed() {
        if (packed == null) {
            packed = model.takesTextsEndToEnd()
                    ? Optional.of(new TextRuns(this, Optional.empty())).filter(TextRuns::giveTokensAlone)
                    : packing.flatMap(p -> PackedModel.parts(model)
                            .map(parts -> new TextRuns(
                                    p.of(parts.tokens()), parts.afterwards().map(p::of))));
        }
        return packed;
    }

    /** The tokenizer of the texts that it runs; not to be closed. */
    public synchronized Tokenizer tokenizer() {
        if (tokenizer == null) {
            tokenizer = model.tokenizer(options);
        }
        return tokenizer;
    }
}
