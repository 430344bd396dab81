package heddle.cli;

import heddle.cli.option.ExecutionOptions;
import heddle.cli.option.InputOptions;
import heddle.cli.option.ModelOptions;
import heddle.cli.option.OptionNumbers;
import heddle.cli.option.ScheduleOption;
import heddle.cli.option.TargetOption;
import heddle.cli.report.BenchReport;
import heddle.cli.report.Measurement;
import heddle.cli.report.WarmUp;
import heddle.compiler.Compiler.Fusion;
import heddle.runtime.CompileOptions;
import heddle.runtime.CompiledModel;
import heddle.runtime.HeddleModel;
import heddle.runtime.tensor.Tensor;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code heddle bench}: measures how fast a model runs. */
@Command(
        name = "bench",
        description =
                "Times a model: medians of each kernel and of whole runs after a warm-up, which lasts until times settle."
                        + " Inputs that are not given are random.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  heddle bench examples/minilm.heddle -D B=1 -D N=128",
            "  heddle bench examples/minilm.heddle -D B=1 -D N=512 --vs unfused --format md"
        })
final class BenchCommand implements Callable<Integer> {
    /** The plan that a model is compared with. */
    enum Rival {
        UNFUSED
    }

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

    @Option(names = "--vs", description = "Also times the model ${COMPLETION-CANDIDATES}; text and md print the ratio.")
    private Rival rival;

    @Option(
            names = "--runs",
            defaultValue = "20",
            converter = OptionNumbers.Times.class,
            description = "The number of timed runs. Default: 20.")
    private int runs;

    @Option(
            names = "--warm-up",
            defaultValue = "3",
            paramLabel = "SECONDS",
            converter = OptionNumbers.Seconds.class,
            description = "How long to warm up at least. Default: 3.")
    private double warmUp;

    @Option(
            names = "--settle",
            defaultValue = "30",
            paramLabel = "SECONDS",
            converter = OptionNumbers.Seconds.class,
            description = "The warm-up goes on until times settle; after this long it ends with a warning. 0: as long"
                    + " as --warm-up says, whether they settle or not. Default: 30.")
    private double settle;

    @Option(names = "--format", defaultValue = "text", description = "${COMPLETION-CANDIDATES}; text is the default.")
    private BenchReport.Format format;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        CompileOptions options =
                execution.options().withTarget(target.options()).withSchedules(schedule.schedules());
        HeddleModel declared = model.model();
        execution.warnUnused(declared, !inputs.texts().isEmpty());
        SequencedMap<String, Tensor> given = inputs.tensors(declared, options, true);
        WarmUp warm = new WarmUp(warmUp, Math.max(warmUp, settle));
        Map<Fusion, Measurement> measured = new LinkedHashMap<>();
        CompiledModel fused = declared.compile(options);
        target.warnUnused(fused);
        measured.put(Fusion.FUSED, Measurement.of(fused, given, warm, runs));
        if (rival == Rival.UNFUSED) {
            CompiledModel unfused =
                    declared.compile(options.withSchedules(Optional.empty()).withFusion(Fusion.UNFUSED));
            measured.put(Fusion.UNFUSED, Measurement.of(unfused, given, warm, runs));
        }
        measured.forEach((fusion, m) -> warnUnsettled(fusion, m.warmUp()));
        BenchReport.print(format, measured, out);
        if (format == BenchReport.Format.TEXT) {
            out.println(Placement.line(fused, Fusion.FUSED, fused.lengths(given)));
        }
        return ExitCode.DONE;
    }

    private void warnUnsettled(Fusion fusion, WarmUp.Ended ended) {
        if (settle > 0 && !ended.settled()) {
            spec.commandLine()
                    .getErr()
                    .printf(
                            Locale.ROOT,
                            "warning: times of the %s model had not settled after %.0f s of warm-up; --settle or --warm-up"
                                    + " give it longer%n",
                            fusion.name().toLowerCase(Locale.ROOT),
                            ended.seconds());
        }
    }
}
