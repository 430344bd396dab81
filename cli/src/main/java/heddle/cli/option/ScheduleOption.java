package heddle.cli.option;

import heddle.compiler.schedule.GivenSchedules;
import heddle.compiler.schedule.SchedulePolicy;
import heddle.dsl.ast.ScheduleFile;
import heddle.runtime.SourceReader;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The option that names a file of schedules. */
public final class ScheduleOption {
    @Option(
            names = "--schedule",
            paramLabel = "FILE",
            description =
                    "Schedules for some kernels, in the form that --emit schedule prints. They replace what is chosen"
                            + " otherwise, if they are legal.")
    private Path file;

    /** What the file says. */
    public Optional<ScheduleFile> schedules() {
        return Optional.ofNullable(file).map(SourceReader::schedules);
    }

    /** A policy that takes the file's schedules before its own. */
    public SchedulePolicy over(SchedulePolicy others) {
        return schedules()
                .<SchedulePolicy>map(s -> new GivenSchedules(others, s))
                .orElse(others);
    }
}
