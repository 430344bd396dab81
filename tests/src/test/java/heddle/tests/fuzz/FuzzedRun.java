package heddle.tests.fuzz;

import heddle.compiler.Compilation;
import heddle.compiler.Compiler;
import heddle.compiler.Compiler.Fusion;
import heddle.compiler.frontend.Frontend;
import heddle.compiler.frontend.Model;
import heddle.compiler.ir.GraphText;
import heddle.compiler.ir.NdArray;
import heddle.compiler.op.Interpreter;
import heddle.compiler.schedule.Launch;
import heddle.compiler.schedule.ScheduleInterpreter;
import heddle.compiler.tile.Buffer;
import heddle.compiler.type.DType;
import heddle.dsl.parse.Parser;
import heddle.dsl.source.SourceFile;
import heddle.runtime.SourceReader;
import heddle.runtime.jvm.JvmOptions;
import heddle.runtime.jvm.JvmProgram;
import heddle.runtime.tensor.Tensor;
import heddle.runtime.verify.Comparison;
import heddle.runtime.verify.Tolerance;
import heddle.tests.fuzz.FuzzedModel.Draw;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** A model compiled and run in several ways, all of which must give what is written. */
final class FuzzedRun {
    private static final Tolerance EXACT = new Tolerance(1e-8, 1e-8);

    private final FuzzedModel fuzzed;
    private final Map<String, NdArray> inputs;
    private final Map<String, NdArray> weights;
    private final Model model;
    private final Compilation compilation;

    private FuzzedRun(FuzzedModel fuzzed, long seed) {
        this.fuzzed = fuzzed;
        SourceFile file = new SourceFile("fuzzed.heddle", fuzzed.source());
        this.model = Frontend.elaborate(Parser.parse(file).orThrow(), SourceReader::imported);
        this.compilation = Compiler.compile(model.graph(), Fusion.FUSED);
        this.inputs = FuzzedArrays.of(model.inputs(), fuzzed.lengths(), fuzzed.draw(), seed);
        this.weights = FuzzedArrays.of(model.weights(), fuzzed.lengths(), Draw.USUAL, seed);
    }

    /** What is wrong with a model, if anything; {@code jvm} says how to run it as generated code as well. */
    static Optional<String> failure(FuzzedModel fuzzed, long seed, Optional<JvmOptions> jvm) {
        try {
            return new FuzzedRun(fuzzed, seed).failure(jvm);
        } catch (RuntimeException | AssertionError e) {
            StackTraceElement[] trace = e.getStackTrace();
            return Optional.of(e + (trace.length == 0 ? "" : " at " + trace[0]));
        }
    }

    private Optional<String> failure(Optional<JvmOptions> jvm) {
        Map<String, NdArray> expected = new Interpreter(inputs, weights, fuzzed.lengths()).run(model.graph());
        return unfused()
                .or(() -> different(
                        "fused graph",
                        expected,
                        new Interpreter(inputs, weights, fuzzed.lengths()).run(compilation.graph())))
                .or(() -> different(
                        "schedule",
                        expected,
                        new ScheduleInterpreter(inputs, weights, fuzzed.lengths()).run(compilation.schedule())))
                .or(() -> jvm.flatMap(options -> differentOnJvm(expected, options)));
    }

    /** What was not fused although it must be. */
    private Optional<String> unfused() {
        if (fuzzed.attentions() < 0) {
            return Optional.empty();
        }
        var report = compilation.report();
        if (report.fused().size() != fuzzed.attentions() || !report.declined().isEmpty()) {
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

    /** Whether a buffer grows with queries and keys at once. */
    private boolean isScores(Buffer buffer) {
        Map<String, Long> once = Map.of("B", 1L, "N", 6000L, "M", 6000L);
        Map<String, Long> twice = Map.of("B", 1L, "N", 12000L, "M", 12000L);
        var size = buffer.type().shape().size();
        return size.evaluate(twice) > 3 * size.evaluate(once);
    }

    private Optional<String> different(String way, Map<String, NdArray> expected, Map<String, NdArray> got) {
        Map<String, Tensor> tensors = new HashMap<>();
        got.forEach((name, a) ->
                tensors.put(name, Tensor.of(a.data(), a.shape()).cast(a.dtype().isFloat() ? DType.F64 : a.dtype())));
        return compare(way, expected, tensors, fuzzed.allows(Allowance.ROUNDS) ? inF32() : EXACT);
    }

    private Optional<String> differentOnJvm(Map<String, NdArray> expected, JvmOptions options) {
        JvmProgram program = JvmProgram.load(compilation.plan(), FuzzedArrays.tensors(weights), options);
        Map<String, Tensor> got = program.run(FuzzedArrays.tensors(inputs), fuzzed.lengths());
        return compare("jvm", expected, got, inF32());
    }

    /** What is asked of numbers that were rounded to f32 on the way. */
    private Tolerance inF32() {
        double by = fuzzed.draw() == Draw.LARGE ? 50 : 2;
        Tolerance usual = Tolerance.of(DType.F32);
        return fuzzed.allows(Allowance.AMPLIFIES)
                ? new Tolerance(Double.MAX_VALUE, 0)
                : new Tolerance(usual.absolute() * by, usual.relative() * by);
    }

    private Optional<String> compare(
            String way, Map<String, NdArray> expected, Map<String, Tensor> got, Tolerance tolerance) {
        if (!got.keySet().equals(expected.keySet())) {
            return Optional.of(way + " gives " + got.keySet() + ", not " + expected.keySet());
        }
        for (var entry : expected.entrySet()) {
            Tensor result = got.get(entry.getKey());
            NdArray want = entry.getValue();
            if (!Arrays.equals(result.shape(), want.shape())) {
                return Optional.of(way + " gives the shape " + Arrays.toString(result.shape()));
            }
            Comparison c = Comparison.of(result, allowing(result, want), tolerance);
            if (!c.within()) {
                return Optional.of(way + ": " + entry.getKey() + Arrays.toString(c.worst()) + " is " + c.got()
                        + ", not " + c.want());
            }
        }
        return Optional.empty();
    }

    /** What is expected; where that is no number and need not be none, what came. */
    private NdArray allowing(Tensor result, NdArray want) {
        double[] data = want.data().clone();
        for (int i = 0; i < data.length; i++) {
            boolean open = Double.isNaN(data[i]) && fuzzed.allows(Allowance.REPAIRS)
                    || Double.isNaN(result.element(i)) && fuzzed.allows(Allowance.HIDES)
                    || !Double.isFinite(data[i]) && fuzzed.draw() == Draw.SPECIAL;
            if (open) {
                data[i] = result.element(i);
            }
        }
        return new NdArray(want.dtype(), want.shape(), data);
    }

    /** The graph before and after fusion. */
    static String graphs(FuzzedModel fuzzed) {
        SourceFile file = new SourceFile("fuzzed.heddle", fuzzed.source());
        Model model = Frontend.elaborate(Parser.parse(file).orThrow(), SourceReader::imported);
        return GraphText.print(model.graph()) + "\n"
                + GraphText.print(Compiler.compile(model.graph(), Fusion.FUSED).graph());
    }
}
