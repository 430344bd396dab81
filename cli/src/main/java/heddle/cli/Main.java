package heddle.cli;

import heddle.cli.option.FileName;
import heddle.cli.option.HiddenOptions;
import heddle.cli.tune.TuneCommand;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The command line, {@code heddle COMMAND}. */
@Command(
        name = "heddle",
        description = "A compiler for attention: compiles, inspects and runs models written in Heddle.",
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        subcommands = {
            ImportCommand.class,
            CheckCommand.class,
            FormatCommand.class,
            RunCommand.class,
            CompileCommand.class,
            InspectCommand.class,
            DiffCommand.class,
            ExplainCommand.class,
            VerifyCommand.class,
            BenchCommand.class,
            TuneCommand.class,
            AttendCommand.class,
            EmbedCommand.class,
            TrainCommand.class,
            GenerateCommand.class,
            WeightsCommand.class,
            DoctorCommand.class,
            DevicesCommand.class,
            LspCommand.class,
            HelpCommand.class,
        },
        footer = {
            "",
            "Exit codes: 0 done, 1 the model or its inputs are wrong, 2 usage, 3 target unavailable,",
            "4 not fused under --require-fused or worse under --fail-on, 5 results differ, 6 out of memory,",
            "7 the device failed, 70 a bug in Heddle, 130 ended by Ctrl-C, 141 nobody reads standard output",
            "any more."
        })
public final class Main implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    private final InputStream in;

    private Main(InputStream in) {
        this.in = in;
    }

    public static void main(String[] args) {
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        System.exit(run(args, System.in, StandardOutput.open(), err));
    }

    /** Runs a command and gives its exit code. */
    public static int run(String[] args, InputStream in, PrintWriter out, PrintWriter err) {
        CommandLine commands = new CommandLine(new Main(in))
                .setOut(out)
                .setErr(err)
                .setUsageHelpWidth(100)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .registerConverter(Path.class, new FileName.OfPath())
                .setParameterExceptionHandler(new UsageErrors())
                .setExecutionStrategy(Failures::execute)
                .setExecutionExceptionHandler(new Failures());
        HiddenOptions.hide(commands);
        int code = execute(commands, args, out);
        err.flush();
        return code;
    }

    /** Runs a command and writes what is still to be written. */
    private static int execute(CommandLine commands, String[] args, PrintWriter out) {
        int code = commands.execute(args);
        try {
            out.flush();
            return code;
        } catch (StandardOutput.Closed | StandardOutput.Lost e) {
            return code == ExitCode.DONE ? Failures.report(e, commands.getParseResult(), commands.getErr()) : code;
        }
    }

    /** Standard input, for commands that take {@code -}. */
    InputStream in() {
        return in;
    }

    /** Called when no command is given: says which there are. */
    @Override
    public Integer call() {
        PrintWriter err = spec.commandLine().getErr();
        err.println("heddle: a command is missing");
        spec.commandLine().usage(err);
        return ExitCode.USAGE;
    }
}
