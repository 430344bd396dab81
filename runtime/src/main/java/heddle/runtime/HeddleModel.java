package heddle.runtime;

import heddle.compiler.Compilation;
import heddle.compiler.Compiler;
import heddle.compiler.Compiler.Fusion;
import heddle.compiler.explain.Explanation;
import heddle.compiler.frontend.Gradients;
import heddle.compiler.frontend.Model;
import heddle.compiler.frontend.Model.Declaration;
import heddle.compiler.gradient.Differentiate;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Rewriter;
import heddle.compiler.pass.EliminateDeadCode;
import heddle.compiler.pass.HoldWeights;
import heddle.compiler.recompute.MemoryBudget;
import heddle.compiler.schedule.GivenSchedules;
import heddle.compiler.schedule.SchedulePolicy;
import heddle.compiler.type.TensorType;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.source.SourceFile;
import heddle.runtime.input.LengthBinding;
import heddle.runtime.tensor.Tensor;
import heddle.runtime.text.Pack;
import heddle.runtime.text.TextInputs;
import heddle.runtime.text.TokenBatch;
import heddle.runtime.text.Tokenizer;
import heddle.runtime.text.Tokens;
import heddle.runtime.verify.Verification;
import heddle.runtime.weights.WeightView;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** A model that was read and checked. */
public final class HeddleModel {
    private final ModelSource source;
    private final Model model;
    private final Map<String, Long> fixed;
    private final Optional<MemoryBudget> budget;
    private final EndToEndInputs endToEnd;

    HeddleModel(ModelSource source, Model model, Map<String, Long> fixed) {
        this(
                source,
                model,
                fixed,
                Optional.empty(),
                EndToEndInputs.of(source.manifest().texts()));
    }

    private HeddleModel(
            ModelSource source,
            Model model,
            Map<String, Long> fixed,
            Optional<MemoryBudget> budget,
            EndToEndInputs endToEnd) {
        this.budget = budget;
        this.source = source;
        this.model = model;
        this.fixed = Map.copyOf(fixed);
        this.endToEnd = endToEnd;
    }

    /** The same model with another graph, which takes texts by other inputs. */
    HeddleModel with(Model other, EndToEndInputs inputs) {
        return new HeddleModel(source, other, fixed, Optional.empty(), inputs);
    }

    /**
     * The model with gradients of a loss as further outputs, {@code grad.NAME}.
     *
     * @param loss the output that is differentiated; absent for the only one that is a float without axes
     * @param by   names of weights and inputs; none for all weights of floats
     * @throws DiagnosticException when there is no such loss, weight or input, or no gradient
     */
    public HeddleModel withGradients(Optional<String> loss, List<String> by) {
        return new HeddleModel(source, Gradients.of(model, loss, by), fixed, budget, endToEnd);
    }

    /**
     * The model whose gradients are computed in a memory of limited size: what does not fit is computed again. All lengths have to
     * be fixed, or the model says what they typically are, and the budget holds for these. Plans without fusion take what they take.
     * Compiling throws a {@link DiagnosticException} where the budget is less than the least plan takes, where lengths are not known,
     * and where no output is differentiated, because the loss of a {@code grad} in the model is none.
     */
    public HeddleModel withMemoryBudget(MemoryBudget most) {
        return new HeddleModel(source, model, fixed, Optional.of(most), endToEnd);
    }

    /** The model with one of its outputs, and what that needs. @param output the name of one that it has */
    public HeddleModel only(String output) {
        Rewriter copy = new Rewriter(model.graph());
        model.graph().nodes().forEach(copy::copy);
        copy.out().output(output, copy.get(model.graph().outputs().get(output)));
        Graph needed = new EliminateDeadCode().run(copy.out().build());
        List<Declaration> outputs =
                model.outputs().stream().filter(o -> o.name().equals(output)).toList();
        Model one = model.with(needed, Differentiate.meaning(needed), model.inputs(), outputs, model.lengths());
        return with(one, endToEnd);
    }

    /** The most memory that a run with gradients may take, for the lengths it has, or else typical ones. */
    public Optional<MemoryBudget> memoryBudget() {
        return budget.map(b -> b.typical().isEmpty() ? b.at(typicalLengths()) : b);
    }

    /** What the model says is typical of the lengths that are not fixed. */
    public SortedMap<String, Long> typicalLengths() {
        SortedMap<String, Long> typical = new TreeMap<>();
        model.lengths().stream()
                .filter(l -> !fixed.containsKey(l.name()))
                .forEach(l -> l.typical().ifPresent(length -> typical.put(l.name(), length)));
        return typical;
    }

    /** Where it was read from. */
    public ModelSource source() {
        return source;
    }

    /** What the compiler knows of it: the graph, its inputs, weights and outputs and where they were declared. */
    public Model declaration() {
        return model;
    }

    /** The lengths that were fixed when it was read; the others are bound when it runs. */
    public Map<String, Long> fixedLengths() {
        return fixed;
    }

    /** The inputs by name, in the order of declaration. */
    public SequencedMap<String, TensorType> inputs() {
        SequencedMap<String, TensorType> types = new LinkedHashMap<>();
        model.inputs().forEach(i -> types.put(i.name(), i.type()));
        return types;
    }

    /** The model's weights from the file that the options or its manifest name, in the model's types. */
    public SequencedMap<String, Tensor> weights(CompileOptions options) {
        Map<String, Tensor> read = new ModelData(source, model.graph(), options).weights(model.weights());
        try {
            return new LinkedHashMap<>(read);
        } catch (OutOfMemoryError e) {
            throw notEnoughMemory(fixed, e);
        }
    }

    /** The file that these are read from; none when they are drawn, or when no file was named. */
    public Optional<Path> weightFile(CompileOptions options) {
        return new ModelData(source, model.graph(), options).weightFile();
    }

    /** What to throw when memory was short before the model was compiled; says what its runs on the JVM need. */
    public OutOfMemoryError notEnoughMemory(Map<String, Long> lengths, OutOfMemoryError cause) {
        return NotEnoughMemory.of(compilation(Fusion.FUSED).plan(), true, lengths, cause);
    }

    /** The tokenizer that the options or the model's manifest name. */
    public Tokenizer tokenizer(CompileOptions options) {
        return new ModelData(source, model.graph(), options).tokenizer();
    }

    /** What tells the model's text, what it imports, weights and tokenizer from others, without reading all of the last two. */
    public String identity(CompileOptions options) {
        List<String> texts = model.files().stream().map(SourceFile::text).toList();
        return Integer.toHexString(texts.hashCode()) + " " + new ModelData(source, model.graph(), options).identity();
    }

    /** Texts to compare with, from the model's manifest. */
    public List<String> sentences() {
        return source.manifest().sentences();
    }

    /** The inputs that some texts make, for a model that takes token numbers; texts that are too long are cut. */
    public SequencedMap<String, Tensor> tokenize(List<String> texts, CompileOptions options) {
        TextInputs.requireTokens(inputs().keySet());
        try (Tokenizer tokenizer = tokenizer(options)) {
            return tokenize(texts, tokenizer, options);
        }
    }

    /** The same with a tokenizer that is there already. */
    private SequencedMap<String, Tensor> tokenize(List<String> texts, Tokenizer tokenizer, CompileOptions options) {
        if (takesTextsEndToEnd()) {
            return inputs(pack(texts, tokenizer, options));
        }
        TokenBatch batch = tokenizer.encode(texts);
        batch.truncated().forEach(i -> warnOfCut(i + 1, batch.tokens().get(i).size(), options));
        return bound(TextInputs.of(batch, inputs()));
    }

    /** Texts end to end, for a model that can tell them apart; those that are too long are cut. */
    private Pack pack(List<String> texts, Tokenizer tokenizer, CompileOptions options) {
        return Pack.endToEnd(tokens(texts, tokenizer, options));
    }

    /** The tokens of texts; those that are too long are cut. */
    List<Tokens> tokens(List<String> texts, Tokenizer tokenizer, CompileOptions options) {
        int limit = limit(tokenizer.limit());
        List<Tokens> cut = new ArrayList<>();
        for (Tokens whole : tokenizer.tokens(texts)) {
            cut.add(whole.cut(limit));
            if (whole.count() > limit) {
                warnOfCut(cut.size(), limit, options);
            }
        }
        return cut;
    }

    private static void warnOfCut(int text, int tokens, CompileOptions options) {
        options.warnings().accept("text " + text + " is too long and was cut to " + counted(tokens, "token"));
    }

    /** The inputs that a pack of texts fills. */
    public SequencedMap<String, Tensor> inputs(Pack pack) {
        return bound(TextInputs.of(pack, inputs(), endToEnd.segments(), endToEnd.positions()));
    }

    /** Whether texts may lie end to end in a row: an input tells them apart. */
    public boolean takesTextsEndToEnd() {
        return endToEnd.segments().isPresent();
    }

    /** The most tokens that it takes of a text of which {@code most} are wanted. */
    public int limit(int most) {
        return (int) Math.min(most, endToEnd.longest());
    }

    /**
     * The outputs for some texts. Those with rows and tokens for their first axes have a row for each text.
     *
     * @param run gives the model's outputs for inputs
     */
    Map<String, Tensor> run(
            List<String> texts, Tokenizer tokenizer, CompileOptions options, UnaryOperator<Map<String, Tensor>> run) {
        if (!takesTextsEndToEnd()) {
            return run.apply(tokenize(texts, tokenizer, options));
        }
        Pack pack = pack(texts, tokenizer, options);
        Map<String, TensorType> types = new LinkedHashMap<>();
        model.outputs().forEach(o -> types.put(o.name(), o.type()));
        return pack.unpacked(run.apply(inputs(pack)), types, TextInputs.ids(inputs()));
    }

    private SequencedMap<String, Tensor> bound(SequencedMap<String, Tensor> made) {
        LengthBinding binding = new LengthBinding(fixed);
        made.forEach((name, tensor) ->
                binding.bind("the input " + name + ", made of the texts,", inputs().get(name), tensor));
        return made;
    }

    /** What the compiler makes of it for the jvm target; nothing is loaded or run. */
    public Compilation compilation(Fusion fusion) {
        return compilation(fusion, SchedulePolicy.PROCESSOR);
    }

    /** What the compiler makes of it for a target that needs blocks of its own; nothing is loaded or run. */
    public Compilation compilation(Fusion fusion, SchedulePolicy policy) {
        return compilation(model.graph(), fusion, policy);
    }

    private Compilation compilation(Graph graph, Fusion fusion, SchedulePolicy policy) {
        return Compiler.compile(
                graph, fusion, policy, Set.of(), fusion == Fusion.FUSED ? memoryBudget() : Optional.empty());
    }

    /** What the compiler makes of a graph, with the schedules that the options bring. */
    private Compilation compilation(Graph graph, SchedulePolicy policy, CompileOptions options) {
        if (options.schedules().isEmpty()) {
            return compilation(graph, options.fusion(), policy);
        }
        GivenSchedules given = new GivenSchedules(policy, options.schedules().get());
        Compilation compilation = compilation(graph, options.fusion(), given);
        given.requireKernels(compilation.plan());
        return compilation;
    }

    /** What becomes of each attention, with costs in numbers where the lengths that they depend on are fixed. */
    public Explanation explain() {
        return compilation(Fusion.FUSED).explain(fixed);
    }

    /** Compiles the model and loads its weights, all as its manifest says. */
    public CompiledModel compile() {
        return compile(CompileOptions.defaults());
    }

    /** Compiles the model and loads its weights. */
    public CompiledModel compile(CompileOptions options) {
        return load(new ModelData(source, model.graph(), options).weights(model.weights()), options);
    }

    /** The same, which shares packed weights with another model. @param other has the same weights, and was compiled with the same options */
    public CompiledModel compile(CompileOptions options, CompiledModel other) {
        Map<String, Tensor> weights = new ModelData(source, model.graph(), options).weights(model.weights());
        return load(weights, options, Optional.of(other.program()));
    }

    /**
     * Compiles the model for weights that are there already. Their arrays are used, not copied, but for matrices of sixteen
     * bits that are not {@linkplain Tensor#packed packed}, of which the jvm target keeps a packed copy.
     */
    public CompiledModel compile(Map<String, Tensor> weights, CompileOptions options) {
        LengthBinding binding = new LengthBinding(fixed);
        for (Declaration w : model.weights()) {
            if (!weights.containsKey(w.name())) {
                throw new DiagnosticException(
                        Diagnostic.of(RuntimeCode.WEIGHT_MISSING, "the weight \"" + w.name() + "\" was not given"));
            }
            binding.bind("the weight " + w.name(), w.type(), weights.get(w.name()));
        }
        return load(weights, options);
    }

    private CompiledModel load(Map<String, Tensor> weights, CompileOptions options) {
        return load(weights, options, Optional.empty());
    }

    /** @param other a program with the same weights, whose memory is shared as far as both hold the same */
    private CompiledModel load(Map<String, Tensor> weights, CompileOptions options, Optional<Program> other) {
        PlacedTarget target = PlacedTarget.of(options);
        return target.device().isPresent()
                ? onDevice(weights, options, target)
                : onJvm(weights, options, target, other);
    }

    /** Compiles parts of this model for texts end to end; without token numbers, weights need not be kept for that. */
    private Optional<CompiledModel.SameWeights> packing(
            Map<String, Tensor> weights, CompileOptions options, Optional<Program> program) {
        // What packs a model knows is what is fused in it, and schedules name kernels of the model as it is.
        boolean usual = options.fusion() == Fusion.FUSED && options.schedules().isEmpty();
        boolean ofTokens = usual && !takesTextsEndToEnd() && TextInputs.takeTokens(inputs().keySet());
        return ofTokens ? Optional.of(part -> part.load(weights, options, program)) : Optional.empty();
    }

    private CompiledModel onJvm(
            Map<String, Tensor> weights, CompileOptions options, PlacedTarget target, Optional<Program> other) {
        PlanLoader loader = PlanLoader.jvm(options.jvm());
        // What the file holds in sixteen bits stays in them, also where the model says f32.
        Graph held = HoldWeights.as(model.graph(), WeightView.forms(weights));
        Compilation compilation = compilation(held, loader.policy(), options);
        try {
            Program program = other.map(p -> loader.load(compilation.plan(), weights, p))
                    .orElseGet(() -> loader.load(compilation.plan(), weights));
            return new CompiledModel(
                    this, options, compilation, program, target, packing(weights, options, Optional.of(program)));
        } catch (OutOfMemoryError e) {
            throw NotEnoughMemory.of(compilation.plan(), true, fixed, e);
        }
    }

    private CompiledModel onDevice(Map<String, Tensor> weights, CompileOptions options, PlacedTarget target) {
        PlanLoader loader = PlanLoader.device(target, options);
        Compilation compilation = compilation(model.graph(), loader.policy(), options);
        Program program = loader.load(compilation.plan(), weights);
        if (options.target().checkFirstRun()) {
            program = new FirstRunCheck(
                    program,
                    () -> onThisJvm(weights, options),
                    this,
                    compilation,
                    inputs -> new Verification(this, weights, inputs),
                    options.classes(),
                    List.of(
                            target.sdk().orElseThrow().toString(),
                            target.device().orElseThrow().line()));
        }
        return new CompiledModel(
                this, options, compilation, program, target, packing(weights, options, Optional.empty()));
    }

    private Program onThisJvm(Map<String, Tensor> weights, CompileOptions options) {
        PlanLoader jvm = PlanLoader.jvm(options.jvm());
        return jvm.load(compilation(options.fusion(), jvm.policy()).plan(), weights);
    }

    /** One line: {@code MiniLM: 2 inputs, 101 weights, 2 outputs, 700 nodes}. */
    public String summary() {
        return model.name() + ": " + counted(model.inputs().size(), "input") + ", "
                + counted(model.weights().size(), "weight") + ", "
                + counted(model.outputs().size(), "output") + ", "
                + counted(model.graph().nodes().size(), "node");
    }

    static String counted(int n, String noun) {
        return n + " " + noun + (n == 1 ? "" : "s");
    }
}
