package heddle.cli;

import heddle.runtime.CompiledModel;
import heddle.runtime.Target;
import heddle.runtime.TargetOptions;
import heddle.runtime.tornado.TornadoOptions;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options that say where a model runs. */
final class TargetOption {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--target",
            defaultValue = "auto",
            description = "${COMPLETION-CANDIDATES}: the JVM's vector units, or a GPU through TornadoVM. Default: auto,"
                    + " the best available.")
    private Target target;

    @Option(
            names = "--device",
            paramLabel = "ID",
            converter = FileName.class,
            description = "A device of the tornado target, as heddle devices lists it. Default: the first GPU.")
    private String device;

    @Option(
            names = "--time-limit",
            paramLabel = "SECONDS",
            converter = OptionNumbers.Limit.class,
            description = "Ends a run on a device that takes longer. Default: 600.")
    private Double timeLimit;

    @Option(
            names = "--no-check-first-run",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description =
                    "Compares the first run of a plan on a device, at each choice of lengths, with the jvm target. Default: on.")
    private boolean checkFirstRun;

    @Option(
            names = "--library-tasks",
            description = "Leaves matmuls to cuBLAS where it computes what the model means. Needs an NVIDIA GPU and a"
                    + " TornadoVM with the CUDA backend. Default: off.")
    private boolean libraryTasks;

    /** The options of the API that these stand for. */
    TargetOptions options() {
        Duration limit = TornadoOptions.DEFAULT_TIME_LIMIT;
        if (timeLimit != null) {
            limit = Duration.ofNanos((long) (timeLimit * 1e9));
        }
        return new TargetOptions(target, Optional.ofNullable(device), limit, checkFirstRun, libraryTasks);
    }

    /** Warns of a device that was named and that a model does not run on. */
    void warnUnused(CompiledModel compiled) {
        if (device != null && compiled.target().device().isEmpty()) {
            spec.commandLine()
                    .getErr()
                    .println("warning: --device " + device + " is not used: the model runs on " + compiled.target());
        }
    }

    /** The target that the user asked for. */
    Target target() {
        return target;
    }

    boolean libraryTasks() {
        return libraryTasks;
    }
}
