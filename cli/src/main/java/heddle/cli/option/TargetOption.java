package heddle.cli.option;

import heddle.compiler.backend.tornado.TornadoTarget;
import heddle.compiler.schedule.machine.Device;
import heddle.compiler.schedule.machine.Machine;
import heddle.compiler.schedule.machine.Processor;
import heddle.runtime.CompiledModel;
import heddle.runtime.Target;
import heddle.runtime.TargetOptions;
import heddle.runtime.jvm.JvmPlatform;
import heddle.runtime.tornado.TornadoOptions;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that say where a model runs. */
public final class TargetOption {
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

    @Mixin
    private MachineOption machine;

    /**
     * The options of the API that these stand for.
     *
     * @throws ParameterException when a machine was named, which is for commands that run nothing
     */
    public TargetOptions options() {
        if (machine.name().isPresent()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--machine " + machine.name().get()
                            + " names a machine to compile for, and this command runs the model on the"
                            + " machine that is here; leave it out, or see what would run there with heddle compile");
        }
        Duration limit = TornadoOptions.DEFAULT_TIME_LIMIT;
        if (timeLimit != null) {
            limit = Duration.ofNanos((long) (timeLimit * 1e9));
        }
        return new TargetOptions(target, Optional.ofNullable(device), limit, checkFirstRun, libraryTasks);
    }

    /**
     * The same for training, which runs on the processors unless the tornado target is named.
     *
     * @throws ParameterException when something was named that only a device has use for, and not the target
     */
    public TargetOptions forTraining() {
        TargetOptions options = options();
        if (target != Target.TORNADO && (device != null || libraryTasks)) {
            throw new ParameterException(
                    spec.commandLine(),
                    (device != null ? "--device" : "--library-tasks")
                            + " is of the tornado target, and training runs on the jvm target unless --target tornado"
                            + " is given");
        }
        return options;
    }

    /** Warns of a device that was named and that a model does not run on. */
    public void warnUnused(CompiledModel compiled) {
        if (device != null && compiled.target().device().isEmpty()) {
            spec.commandLine()
                    .getErr()
                    .println("warning: --device " + device + " is not used: the model runs on " + compiled.target());
        }
    }

    /** The target that the user asked for; that of the machine where one was named. */
    public Target target() {
        return machine().map(MachineOption::target).orElse(target);
    }

    /** The machine that was named. */
    private Optional<Machine> machine() {
        Optional<Machine> named = machine.machine();
        Target its = named.map(MachineOption::target).orElse(target);
        if (target != Target.AUTO && its != target) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--machine " + machine.name().orElseThrow() + " is of the target "
                            + its.name().toLowerCase(Locale.ROOT) + ", --target is "
                            + target.name().toLowerCase(Locale.ROOT) + "; leave one of them out");
        }
        return named;
    }

    /** The processor to compile for: the one that was named, or that of this machine with one thread. */
    public Processor processor() {
        return machine()
                .filter(Processor.class::isInstance)
                .map(Processor.class::cast)
                .orElseGet(() -> JvmPlatform.target(1));
    }

    /** The device to compile for: the one that was named, or any GPU. */
    public TornadoTarget device() {
        return machine()
                .filter(Device.class::isInstance)
                .map(m -> TornadoTarget.of((Device) m))
                .orElse(TornadoTarget.GPU)
                .withLibraryTasks(libraryTasks);
    }

    public boolean libraryTasks() {
        return libraryTasks;
    }
}
