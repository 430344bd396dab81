package heddle.tests.fuzz;

import heddle.compiler.Compilation;
import heddle.compiler.Compiler;
import heddle.compiler.Compiler.Fusion;
import heddle.compiler.frontend.Frontend;
import heddle.compiler.frontend.Model;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.NdArray;
import heddle.compiler.op.Arithmetic;
import heddle.compiler.op.Interpreter;
import heddle.compiler.op.MonteCarloArithmetic;
import heddle.compiler.op.MonteCarloArithmetic.Precision;
import heddle.compiler.pass.BindLengths;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.Rounding;
import heddle.compiler.schedule.Launch;
import heddle.compiler.schedule.ScheduleInterpreter;
import heddle.compiler.tile.BlockChoice;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.UnknownLengthException;
import heddle.dsl.parse.Parser;
import heddle.dsl.source.SourceFile;
import heddle.runtime.SourceReader;
import heddle.runtime.jvm.JvmOptions;
import heddle.runtime.jvm.JvmProgram;
import heddle.runtime.tensor.Tensor;
import heddle.tests.fuzz.FuzzedModel.Draw;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;

/** A model compiled and run in several ways, all of which must give what is written. */
final class FuzzedRun {
    /** How near results in double precision must be. */
    private static final double EXACT = 1e-9;

    /** How often a model is run to see how inexact it is as it is written. */
    private static final int INEXACT = 32;

    private final FuzzedModel fuzzed;
    private final long seed;
    private final Map<String, NdArray> inputs;
    private final Map<String, NdArray> weights;
    private final Model model;
    private final Compilation compilation;
    private final Map<String, NdArray> written;

    /** Whether the model has floats of several types: where it is fused, casts may round what they did not. */
    private final boolean mixes;

    private final EnumMap<Verdict, Integer> verdicts = new EnumMap<>(Verdict.class);
    private final Map<Precision, List<List<Map<String, NdArray>>>> inexact = new EnumMap<>(Precision.class);
    private List<Graph> readings;
    private List<Map<String, NdArray>> meant;
    private List<Map<String, NdArray>> unrounded;

    FuzzedRun(FuzzedModel fuzzed, long seed) {
        this.fuzzed = fuzzed;
        this.seed = seed;
        this.model = elaborated(fuzzed.source());
        this.compilation = Compiler.compile(model.graph(), Fusion.FUSED);
        this.inputs = FuzzedArrays.of(model.inputs(), fuzzed.lengths(), fuzzed.draw(), fuzzed.magnitudes(), seed);
        this.weights = FuzzedArrays.of(model.weights(), fuzzed.lengths(), Draw.USUAL, Map.of(), seed);
        this.written = new Interpreter(inputs, weights, fuzzed.lengths()).run(model.graph());
        this.mixes = model.graph().nodes().stream()
                        .map(n -> n.type().dtype())
                        .filter(DType::isFloat)
                        .distinct()
                        .count()
                > 1;
    }

    private static Model elaborated(String source) {
        SourceFile file = new SourceFile("fuzzed.heddle", source);
        return Frontend.elaborate(Parser.parse(file).orThrow(), SourceReader::imported);
    }

    /** How many elements stand how to what is written. */
    Map<Verdict, Integer> verdicts() {
        return verdicts;
    }

    /** What is wrong, if anything; {@code jvm} says how to run it as generated code as well. */
    Optional<String> failure(Optional<JvmOptions> jvm) {
        return unfused()
                .or(() -> wrong(
                        "fused graph", new Interpreter(inputs, weights, fuzzed.lengths()).run(compilation.graph())))
                .or(() -> wrong(
                        "tile programs",
                        new ScheduleInterpreter(
                                        inputs,
                                        weights,
                                        fuzzed.lengths(),
                                        Rounding.REAL,
                                        BlockChoice.drawn(new Random(seed)))
                                .run(compilation.schedule())))
                .or(() -> jvm.flatMap(this::wrongOnJvm));
    }

    /** What was not fused although it must be. */
    private Optional<String> unfused() {
        if (fuzzed.attentions() < 0) {
            return Optional.empty();
        }
        var report = compilation.report();
        int more = report.fused().size() - fuzzed.attentions();
        if (more < 0 || more > fuzzed.caches() || !report.declined().isEmpty()) {
            return Optional.of("fused " + report.fused().size() + " of " + fuzzed.attentions() + ", declined "
                    + report.declined());
        }
        return compilation.schedule().launches().stream()
                .map(Launch::outputs)
                .flatMap(b -> b.stream())
                .filter(this::isScores)
                .findFirst()
                .map(b -> "stores " + b);
    }

    /** Whether a buffer has an element for each query and key; a table of blocks is smaller. */
    private boolean isScores(Buffer buffer) {
        Map<String, Long> once = Map.of("B", 1L, "N", 6000L, "M", 6000L);
        Map<String, Long> twice = Map.of("B", 1L, "N", 12000L, "M", 12000L);
        var size = buffer.type().shape().size();
        return size.evaluate(twice) > 3 * size.evaluate(once) && size.evaluate(once) >= once.get("N") * once.get("M");
    }

    private Optional<String> wrong(String way, Map<String, NdArray> got) {
        Map<String, Tensor> tensors = new HashMap<>();
        got.forEach((name, a) ->
                tensors.put(name, Tensor.of(a.data(), a.shape()).cast(a.dtype().isFloat() ? DType.F64 : a.dtype())));
        return compare(way, tensors, true);
    }

    private Optional<String> wrongOnJvm(JvmOptions options) {
        return compare("jvm", program(options).run(FuzzedArrays.tensors(inputs), fuzzed.lengths()), false);
    }

    /** For all lengths where that can be, else for those of this run. */
    private JvmProgram program(JvmOptions options) {
        Map<String, Tensor> given = FuzzedArrays.tensors(weights);
        try {
            return JvmProgram.load(compilation.plan(), given, options);
        } catch (UnknownLengthException unknown) {
            Map<String, Dim> bound = new HashMap<>();
            fuzzed.lengths().forEach((name, length) -> bound.put(name, Dim.of(length)));
            Graph graph = new BindLengths(bound).run(model.graph());
            return JvmProgram.load(Compiler.compile(graph, Fusion.FUSED).plan(), given, options);
        }
    }

    private Optional<String> compare(String way, Map<String, Tensor> got, boolean exact) {
        Precision precision = exact && !mixes ? Precision.DOUBLE : Precision.AS_TYPED;
        if (!got.keySet().equals(written.keySet())) {
            return Optional.of(way + " gives " + got.keySet() + ", not " + written.keySet());
        }
        for (String name : written.keySet()) {
            Tensor result = got.get(name);
            NdArray want = written.get(name);
            if (!Arrays.equals(result.shape(), want.shape())) {
                return Optional.of(way + " gives the shape " + Arrays.toString(result.shape()));
            }
            double near = exact && want.dtype().bytes() >= 4 ? EXACT : Expectation.near(want.dtype());
            Expectation expectation = new Expectation(
                    want,
                    () -> named(name, meant()),
                    () -> named(name, unrounded()),
                    () -> inexact(precision).stream()
                            .map(runs -> named(name, runs))
                            .toList(),
                    near,
                    fuzzed.addsBeside());
            double[] elements = IntStream.range(0, want.data().length)
                    .mapToDouble(result::element)
                    .toArray();
            Optional<Expectation.Wrong> wrong = expectation.judge(elements, verdicts);
            if (wrong.isPresent()) {
                return Optional.of(
                        way + ": " + name + " (" + want.dtype() + Arrays.toString(want.shape()) + ") element "
                                + wrong.get().element() + " is " + wrong.get().got() + ", not "
                                + wrong.get().want() + "; " + verdicts);
            }
        }
        return Optional.empty();
    }

    private static List<NdArray> named(String name, List<Map<String, NdArray>> outputs) {
        return outputs.stream().map(all -> all.get(name)).toList();
    }

    /** The graph in each reading. */
    private List<Graph> graphs() {
        if (readings == null) {
            readings = fuzzed.sources().values().stream()
                    .map(source -> elaborated(source).graph())
                    .toList();
        }
        return readings;
    }

    private List<Map<String, NdArray>> meant() {
        if (meant == null) {
            meant = graphs().stream()
                    .<Map<String, NdArray>>map(g -> new Interpreter(inputs, weights, fuzzed.lengths()).run(g))
                    .toList();
        }
        return meant;
    }

    private List<Map<String, NdArray>> unrounded() {
        if (unrounded == null) {
            unrounded = graphs().stream()
                    .map(g -> run(g, new MonteCarloArithmetic(Precision.UNROUNDED, seed)))
                    .toList();
        }
        return unrounded;
    }

    /** Runs of the model in each reading. */
    private List<List<Map<String, NdArray>>> inexact(Precision precision) {
        return inexact.computeIfAbsent(
                precision,
                p -> graphs().stream()
                        .map(g -> InexactArithmetics.of(p, INEXACT, seed).stream()
                                .map(arithmetic -> run(g, arithmetic))
                                .toList())
                        .toList());
    }

    private Map<String, NdArray> run(Graph graph, Arithmetic arithmetic) {
        return new Interpreter(inputs, weights, fuzzed.lengths(), arithmetic).run(graph);
    }
}
