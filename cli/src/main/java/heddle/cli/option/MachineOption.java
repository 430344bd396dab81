package heddle.cli.option;

import heddle.compiler.backend.tornado.DevicePolicy;
import heddle.compiler.backend.tornado.TornadoTarget;
import heddle.compiler.schedule.SchedulePolicy;
import heddle.compiler.schedule.machine.Device;
import heddle.compiler.schedule.machine.Machine;
import heddle.compiler.schedule.machine.Processor;
import heddle.runtime.Target;
import heddle.runtime.machine.MachineFiles;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The option that names a machine to compile for. */
public final class MachineOption {
    @Option(
            names = "--machine",
            paramLabel = "NAME|FILE",
            description =
                    "Compiles for a machine that need not be here: avx512, xeon, avx2, neon, h100, rx7900, arc, or a file as"
                            + " docs/schedules.md describes. For commands that run nothing. Default: this machine.")
    private String name;

    /** As it was given. */
    Optional<String> name() {
        return Optional.ofNullable(name);
    }

    /** The machine that was named. */
    public Optional<Machine> machine() {
        return name().map(MachineFiles::find);
    }

    /** The target of the machine that was named. */
    public Optional<Target> target() {
        return machine().map(MachineOption::target);
    }

    /** The target that a machine is of. */
    static Target target(Machine machine) {
        return switch (machine) {
            case Processor p -> Target.JVM;
            case Device d -> Target.TORNADO;
        };
    }

    /** Makes the schedules of the machine that was named. */
    public Optional<SchedulePolicy> policy() {
        return machine().map(machine -> switch (machine) {
            case Processor p -> SchedulePolicy.of(p);
            case Device d -> new DevicePolicy(TornadoTarget.of(d));
        });
    }
}
