package heddle.cli;

import heddle.runtime.Target;
import heddle.runtime.TargetOptions;
import heddle.runtime.tornado.TornadoOptions;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
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
            description = "A device of the tornado target, as heddle devices lists it. Default: the first GPU.")
    private String device;

    @Option(
            names = "--time-limit",
            paramLabel = "SECONDS",
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
            if (!(timeLimit > 0)) {
                throw new ParameterException(spec.commandLine(), "--time-limit is " + timeLimit + ", not positive");
            }
            limit = Duration.ofNanos((long) (timeLimit * 1e9));
        }
        return new TargetOptions(target, Optional.ofNullable(device), limit, checkFirstRun, libraryTasks);
    }

    /** The target that the user asked for. */
    Target target() {
        return target;
    }

    boolean libraryTasks() {
        return libraryTasks;
    }
}
