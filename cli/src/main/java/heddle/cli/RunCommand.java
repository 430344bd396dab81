package heddle.cli;

import heddle.cli.option.ExecutionOptions;
import heddle.cli.option.InputOptions;
import heddle.cli.option.ModelOptions;
import heddle.cli.option.OutputFiles;
import heddle.cli.option.OutputOptions;
import heddle.cli.option.ScheduleOption;
import heddle.cli.option.TargetOption;
import heddle.cli.report.KernelTable;
import heddle.cli.report.Measurement;
import heddle.cli.report.ResultTable;
import heddle.cli.report.Timeline;
import heddle.compiler.Compiler.Fusion;
import heddle.compiler.backend.emit.EqualKernels;
import heddle.runtime.CompileOptions;
import heddle.runtime.CompiledModel;
import heddle.runtime.HeddleModel;
import heddle.runtime.input.ModelInputs;
import heddle.runtime.tensor.Tensor;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code heddle run}: runs a model once. */
@Command(
        name = "run",
        description = "Runs a model: on texts, on tensors from files, or on random ones.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  heddle run examples/minilm.heddle --text 'The bank is near the river' \\",
            "      --text 'She put money in the bank'",
            "  heddle run model.heddle --weights w.safetensors --input x=x.npy --output y.npy",
            "  heddle run examples/minilm.heddle -D B=1 -D N=128 --input input_ids=random \\",
            "      --input attention_mask=random --profile",
            "  heddle run examples/minilm.heddle -D B=1 -D N=512 --input input_ids=random \\",
            "      --input attention_mask=random --report report.html"
        })
final class RunCommand implements Callable<Integer> {
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

    @Mixin
    private OutputOptions outputs;

    @Option(names = "--unfused", description = "Runs one kernel for each operation.")
    private boolean unfused;

    @Option(
            names = "--profile",
            description =
                    "Prints the time, GFLOP/s and bytes of each kernel in this first run; heddle bench times warm ones.")
    private boolean profile;

    @Option(names = "--trace", paramLabel = "FILE", description = "Writes the run in Chrome's trace format.")
    private Path trace;

    @Option(
            names = "--report",
            paramLabel = "FILE",
            description =
                    "Then times the model, and writes a page of its passes, memory and times: .html, or its data as"
                            + " .json.")
    private Path report;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        CompileOptions options = execution
                .options()
                .withTarget(target.options())
                .withSchedules(schedule.schedules())
                .withFusion(unfused ? Fusion.UNFUSED : Fusion.FUSED);
        HeddleModel declared = model.model();
        OutputFiles files = inputs.reads(execution.reads(new OutputFiles(spec).reads(declared)));
        outputs.check(declared, files);
        if (trace != null) {
            files.add("--trace", trace);
        }
        if (report != null) {
            files.add("--report", report);
        }
        execution.warnUnused(declared, !inputs.texts().isEmpty());
        SequencedMap<String, Tensor> given = inputs.tensors(declared, options, false);
        CompiledModel compiled = forLengths(declared, given).compile(options);
        target.warnUnused(compiled);
        Timeline timeline = new Timeline();
        Map<String, Tensor> results =
                profile || trace != null ? compiled.profile(given, timeline) : compiled.run(given);
        outputs.write(results);
        if (outputs.isEmpty()) {
            ResultTable.print(results, inputs.texts(), out);
        }
        if (trace != null) {
            timeline.write(trace, equal(compiled));
        }
        if (profile) {
            KernelTable.print(
                    timeline.timings(), equal(compiled), Measurement.atMost(compiled, compiled.lengths(given)), out);
            out.println("a first run, not a warm one: heddle bench times warm ones");
        }
        if (report != null) {
            out.println(RunReport.write(compiled, options, given, report));
        }
        out.println(Placement.line(compiled, options.fusion(), compiled.lengths(given)));
        return ExitCode.DONE;
    }

    /** A budget of memory holds for the lengths that the inputs have, also where -D does not fix them. */
    private static HeddleModel forLengths(HeddleModel model, Map<String, Tensor> given) {
        if (model.memoryBudget().isEmpty()) {
            return model;
        }
        SortedMap<String, Long> lengths = new ModelInputs(model.declaration(), model.fixedLengths()).check(given);
        lengths.keySet().removeAll(model.fixedLengths().keySet());
        return model.memoryBudget()
                .map(budget -> model.withMemoryBudget(budget.at(lengths)))
                .orElse(model);
    }

    private static EqualKernels equal(CompiledModel compiled) {
        return EqualKernels.of(compiled.compilation().plan());
    }
}
