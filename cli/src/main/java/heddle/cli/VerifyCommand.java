package heddle.cli;

import heddle.cli.onnx.AgainstOnnxRuntime;
import heddle.cli.option.ExecutionOptions;
import heddle.cli.option.InputOptions;
import heddle.cli.option.ModelOptions;
import heddle.cli.option.OptionNumbers;
import heddle.cli.option.ScheduleOption;
import heddle.cli.option.TargetOption;
import heddle.cli.report.Influence;
import heddle.compiler.Compiler.Fusion;
import heddle.compiler.type.DType;
import heddle.dsl.ast.ScheduleFile;
import heddle.runtime.CompileOptions;
import heddle.runtime.CompiledModel;
import heddle.runtime.HeddleModel;
import heddle.runtime.PlacedTarget;
import heddle.runtime.Target;
import heddle.runtime.TargetOptions;
import heddle.runtime.tensor.Tensor;
import heddle.runtime.verify.Comparison;
import heddle.runtime.verify.GradientDifferences;
import heddle.runtime.verify.Judgement;
import heddle.runtime.verify.Tolerance;
import heddle.runtime.verify.Verdict;
import heddle.runtime.verify.Verification;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code heddle verify}: compares generated code with the reference. */
@Command(
        name = "verify",
        description = "Runs a model fused and unfused, on the JVM and, where there is one, on a device, and compares"
                + " every element with a reference in double precision. Inputs that are not given are random.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Tolerances, |got - want| <= A * S + R * |want|: f32 A 2e-5 R 1e-4, f64 1e-10 1e-10,",
            "f16 2e-3 4e-3, bf16 2e-2 3e-2, integers and bools exact. S is the root mean square of the",
            "output, at least 1, but for gradients; floats are held to the coarsest type that is computed",
            "on the way to them.",
            "",
            "In the table, max abs and max rel are the greatest of all elements, each of its own. The worst",
            "element is that which is furthest beyond its tolerance, or nearest to it: often neither of them.",
            "",
            "An element beyond its tolerance is compared with runs of the model that round in the types it",
            "is written in. The verdict is one of three: as written; as exact as the types allow, where such",
            "runs are as far off; wrong. Exit code 5 when a result is wrong, or beyond a tolerance that",
            "--atol or --rtol gives.",
            "",
            "Examples:",
            "  heddle verify examples/minilm.heddle --text 'The bank is near the river'",
            "  heddle verify examples/minilm.heddle -D B=2 -D N=17 --weights random",
            "  heddle verify model.onnx --against onnxruntime"
        })
final class VerifyCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private ModelOptions model;

    @Mixin
    private ExecutionOptions execution;

    @Mixin
    private InputOptions inputs;

    @Mixin
    private TargetOption target;

    @Mixin
    private ScheduleOption schedule;

    @Option(
            names = "--atol",
            paramLabel = "A",
            converter = OptionNumbers.Tolerance.class,
            description = "The absolute part of the tolerance.")
    private Double absolute;

    @Option(
            names = "--rtol",
            paramLabel = "R",
            converter = OptionNumbers.Tolerance.class,
            description = "The relative part of the tolerance.")
    private Double relative;

    /** What else knows the meaning of a model. */
    enum Other {
        ONNXRUNTIME
    }

    @Option(
            names = "--against",
            paramLabel = "OTHER",
            description =
                    "Compares with ${COMPLETION-CANDIDATES} in place of the reference, for an .onnx file. Its library"
                            + " has to be on the class path: HEDDLE_CLASSPATH names its jar.")
    private Other against;

    /** The outputs of which elements are beyond their tolerance. */
    private final SequencedSet<String> beyond = new LinkedHashSet<>();

    /** How wide the column of outputs is. */
    private int names = 16;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        CompileOptions options = execution.options().withTarget(target.options());
        HeddleModel declared = model.model();
        if (against != null) {
            return againstOnnxRuntime(declared, options, out);
        }
        execution.warnUnused(declared, !inputs.texts().isEmpty());
        Optional<ScheduleFile> schedules = schedule.schedules();
        List<TargetOptions> targets = options.everyTarget();
        // A target that is not there is said before anything is computed.
        targets.forEach(where -> PlacedTarget.of(options.withTarget(where)));
        SequencedMap<String, Tensor> given = inputs.tensors(declared, options, true);
        SequencedMap<String, Tensor> weights = declared.weights(options);
        Verification verification = new Verification(declared, weights, given);
        verification.reference().keySet().forEach(output -> names = Math.max(names, output.length()));
        Verdict worst = Verdict.AS_WRITTEN;
        Influence influence = null;
        long compared = 0;
        boolean headed = false;
        for (TargetOptions where : targets) {
            for (Fusion fusion : Fusion.values()) {
                CompiledModel compiled = declared.compile(
                        weights,
                        options.withTarget(where)
                                .withFusion(fusion)
                                .withSchedules(fusion == Fusion.FUSED ? schedules : Optional.empty()));
                Map<String, Tensor> results = compiled.run(given);
                if (!headed) {
                    // A table that nothing comes of would be in the way of what is wrong.
                    out.printf(
                            "%-8s  %-8s  %s  %10s  %10s  worst element%n",
                            "", "", column("output"), "max abs", "max rel");
                    headed = true;
                }
                for (String output : verification.reference().keySet()) {
                    Judgement judgement = verification.judge(
                            output, results.get(output), tolerance(output, declared), compiled.compilation());
                    compared += results.get(output).size();
                    worst = judgement.verdict().compareTo(worst) > 0 ? judgement.verdict() : worst;
                    if (judgement.verdict() != Verdict.AS_WRITTEN) {
                        beyond.add(output);
                    }
                    print(where.target(), fusion, output, judgement, results.get(output), out);
                }
                if (influence == null) {
                    influence = new Influence(compiled, given, results);
                }
            }
        }
        worst = gradients(verification, out) ? worst : Verdict.WRONG;
        influence.warnings(n -> inputs.drawnAgain(declared, given, n)).forEach(options.warnings());
        if (compared == 0) {
            out.println("nothing was compared: no output has elements");
            return ExitCode.DONE;
        }
        return conclusion(worst, out);
    }

    private int againstOnnxRuntime(HeddleModel declared, CompileOptions options, PrintWriter out) {
        if (declared.source().onnx().isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(), "--against onnxruntime needs an .onnx file, which " + model.name() + " is not");
        }
        SequencedMap<String, Tensor> given = inputs.tensors(declared, options, true);
        AgainstOnnxRuntime other =
                new AgainstOnnxRuntime(Path.of(declared.source().name()), declared, given);
        Map<String, Tensor> results = declared.compile(
                        declared.weights(options), options.withSchedules(schedule.schedules()))
                .run(given);
        boolean within = other.print(results, output -> tolerance(output, declared), out);
        out.println(within ? "as ONNX Runtime: all within tolerance" : "not as ONNX Runtime: beyond tolerance");
        if (!within) {
            declared.source().onnx().orElseThrow().notes().forEach(note -> out.println("note: " + note));
        }
        return within ? ExitCode.DONE : ExitCode.VERIFY_FAILED;
    }

    /** Whether the gradients of the reference are the slopes of its loss. */
    private boolean gradients(Verification verification, PrintWriter out) {
        boolean right = true;
        for (GradientDifferences.Checked c : verification.gradients(inputs.seed())) {
            if (!c.isComparable()) {
                out.printf(
                        Locale.ROOT,
                        "%-8s  %-8s  %s  %10s  %10s  not compared with slopes: %s%n",
                        "double",
                        "written",
                        column("by " + c.by()),
                        "",
                        "",
                        Double.isFinite(c.loss())
                                ? "every step crosses a kink of the loss"
                                : "the loss is " + c.loss());
                continue;
            }
            out.printf(
                    Locale.ROOT,
                    "%-8s  %-8s  %s  %10.2e  %10.2e  the slope of the loss in %d directions%s%n",
                    "double",
                    "written",
                    column("by " + c.by()),
                    c.absolute(),
                    c.relative(),
                    c.compared(),
                    c.isRight() ? "" : "; NOT WHAT DIFFERENCES OF THE LOSS GIVE");
            right &= c.isRight();
        }
        return right;
    }

    /** Says the verdict on the whole model, and what the command ends with. */
    private int conclusion(Verdict worst, PrintWriter out) {
        boolean asked = absolute != null || relative != null;
        boolean beyondAsked = asked && worst == Verdict.AS_TYPED;
        out.println(
                switch (worst) {
                    case AS_WRITTEN -> "as written: all within tolerance";
                    case AS_TYPED ->
                        "as exact as the types allow: " + String.join(", ", beyond)
                                + " beyond tolerance, no further than runs that round in the types of the"
                                + " model"
                                + (beyondAsked ? "; beyond the tolerance that was asked for" : "");
                    case WRONG -> "wrong: further off than rounding in the types of the model explains";
                });
        return worst == Verdict.WRONG || beyondAsked ? ExitCode.VERIFY_FAILED : ExitCode.DONE;
    }

    private Tolerance tolerance(String output, HeddleModel declared) {
        Tolerance usual = Tolerance.of(output, declared.declaration());
        return new Tolerance(
                absolute == null ? usual.absolute() : absolute,
                relative == null ? usual.relative() : relative,
                usual.least());
    }

    /** An element as its type is written. What is no number of the type, as the reference may have it, is written in full. */
    static String element(double value, DType type) {
        if (type == DType.BOOL && (value == 0 || value == 1)) {
            return String.valueOf(value != 0);
        }
        boolean whole = !type.isFloat() && value == Math.rint(value) && !Double.isInfinite(value);
        return whole ? String.format(Locale.ROOT, "%.0f", value) : String.format(Locale.ROOT, "%.9g", value);
    }

    private String column(String name) {
        return name + " ".repeat(Math.max(0, names - name.length()));
    }

    private void print(
            Target target, Fusion fusion, String output, Judgement judgement, Tensor result, PrintWriter out) {
        out.printf(
                "%-8s  %-8s  %s  ",
                target.name().toLowerCase(Locale.ROOT), fusion.name().toLowerCase(Locale.ROOT), column(output));
        if (result.size() == 0) {
            out.printf("%10s  %10s  no elements%n", "", "");
            return;
        }
        Comparison c = judgement.comparison();
        boolean same = c.absolute() == 0;
        out.printf(
                Locale.ROOT,
                "%10.2e  %10.2e  %s%s%n",
                c.absolute(),
                c.relative(),
                same
                        ? "nothing differs"
                        : Arrays.toString(c.worst()) + " is " + element(c.got(), result.dtype()) + ", should be "
                                + element(c.want(), result.dtype()),
                switch (judgement.verdict()) {
                    case AS_WRITTEN -> "";
                    case AS_TYPED -> "; " + judgement.beyond() + " beyond tolerance, as exact as the types allow";
                    case WRONG -> "; " + judgement.beyond() + " BEYOND TOLERANCE, " + judgement.wrong() + " WRONG";
                });
    }
}
