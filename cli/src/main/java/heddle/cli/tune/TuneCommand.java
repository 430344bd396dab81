package heddle.cli.tune;

import heddle.cli.ExitCode;
import heddle.cli.Terminal;
import heddle.cli.option.ExecutionOptions;
import heddle.cli.option.InputOptions;
import heddle.cli.option.ModelOptions;
import heddle.cli.option.OptionNumbers;
import heddle.cli.option.OutputFiles;
import heddle.cli.option.TargetOption;
import heddle.compiler.schedule.SchedulePolicy;
import heddle.compiler.schedule.tuning.Neighbours;
import heddle.compiler.tile.KernelSchedule;
import heddle.compiler.tile.TileKernel;
import heddle.runtime.CompileOptions;
import heddle.runtime.HeddleModel;
import heddle.runtime.PlanLoader;
import heddle.runtime.file.AtomicFile;
import heddle.runtime.tensor.Tensor;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import me.tongfei.progressbar.ProgressBar;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code heddle tune}: looks for faster schedules, and writes those that it finds. */
@Command(
        name = "tune",
        description =
                "Looks for schedules that are faster on this machine than those that are chosen otherwise: runs the"
                        + " model in turns with both, and writes what is faster to a file for --schedule. Inputs that are not"
                        + " given are random.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "A schedule changes speed alone: results are the same up to the order of sums. What is found",
            "holds for the machine, the threads and the lengths that it was measured with. With other",
            "lengths it may be slower, and it is refused where they make another kernel: few queries,",
            "or an axis of length one.",
            "",
            "Examples:",
            "  heddle tune examples/attention.heddle -D B=1 -D N=512 -o n512.schedule",
            "  heddle bench examples/attention.heddle -D B=1 -D N=512 --schedule n512.schedule"
        })
public final class TuneCommand implements Callable<Integer> {
    /** Kernels that take less of the time than this are left alone: to make one twice as fast would not be seen. */
    private static final double LEAST_SHARE = 0.02;

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

    @Option(
            names = "--seconds",
            defaultValue = "120",
            paramLabel = "SECONDS",
            converter = OptionNumbers.Limit.class,
            description = "How long to look for schedules. It ends sooner when nothing is left to try. Default: 120.")
    private double seconds;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            required = true,
            description = "The file that schedules are written to, when some are faster.")
    private Path file;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        CompileOptions options = execution.options().withTarget(target.options());
        HeddleModel declared = model.model();
        execution.warnUnused(declared, !inputs.texts().isEmpty());
        OutputFiles files = inputs.reads(execution.reads(new OutputFiles(spec).reads(declared)));
        files.add("--output", file);
        SequencedMap<String, Tensor> given = inputs.tensors(declared, options, true);
        try (ModelTrial trial = new ModelTrial(declared, options, given)) {
            tune(trial, options, given, out);
        }
        return ExitCode.DONE;
    }

    private void tune(ModelTrial trial, CompileOptions options, Map<String, Tensor> given, PrintWriter out) {
        target.warnUnused(trial.usual());
        TuningReport report = new TuningReport(trial, given, out);
        Map<String, Double> shares = trial.shares();
        List<ScheduleSearch.Kernel> kernels =
                kernels(trial, shares, PlanLoader.of(options).policy());
        report.begin(kernels.size(), shares.size());
        Map<String, ScheduleSearch.Found> found;
        try (Progress progress = new Progress(seconds)) {
            found = new ScheduleSearch(trial, progress).of(kernels);
        }
        report.kernels(found, shares);
        SequencedMap<String, KernelSchedule> faster = new LinkedHashMap<>();
        found.forEach((kernel, f) -> {
            if (f.isFaster()) {
                faster.put(kernel, f.schedule());
            }
        });
        if (faster.isEmpty() || !isFaster(trial, faster, report)) {
            out.println("nothing is faster; " + file + " is not written");
            return;
        }
        AtomicFile.write(file, report.comment() + trial.text(faster));
        out.println("schedules: " + file);
    }

    /** Whether whole runs are faster; not where the machine takes schedules alone, and not all at once. */
    private static boolean isFaster(ModelTrial trial, Map<String, KernelSchedule> faster, TuningReport report) {
        try {
            return report.wholeRuns(trial.wholeRuns(faster));
        } catch (Trial.Refused e) {
            return false;
        }
    }

    private static List<ScheduleSearch.Kernel> kernels(
            ModelTrial trial, Map<String, Double> shares, SchedulePolicy policy) {
        List<ScheduleSearch.Kernel> kernels = new ArrayList<>();
        trial.kernels().forEach((name, equal) -> {
            if (shares.getOrDefault(name, 0.0) >= LEAST_SHARE) {
                TileKernel first = equal.getFirst();
                Neighbours neighbours = new Neighbours(policy, first);
                kernels.add(new ScheduleSearch.Kernel(name, neighbours.start(), neighbours::of));
            }
        });
        return kernels;
    }

    /** The time that is left, and a bar that shows it. */
    private static final class Progress implements BooleanSupplier, AutoCloseable {
        private final long begin = System.nanoTime();
        private final double limit;
        private final Optional<ProgressBar> bar;

        Progress(double limit) {
            this.limit = limit;
            this.bar = Terminal.bar("tuning", (long) Math.ceil(limit));
        }

        @Override
        public boolean getAsBoolean() {
            double passed = (System.nanoTime() - begin) / 1e9;
            bar.ifPresent(b -> b.stepTo((long) Math.min(passed, limit)));
            return passed < limit;
        }

        @Override
        public void close() {
            bar.ifPresent(ProgressBar::close);
        }
    }
}
