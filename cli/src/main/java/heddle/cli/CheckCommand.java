package heddle.cli;

import heddle.cli.option.LengthOptions;
import heddle.cli.report.Sizes;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.diagnostic.Severity;
import heddle.runtime.Heddle;
import heddle.runtime.HeddleModel;
import heddle.runtime.ModelSource;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code heddle check}: checks models for mistakes. */
@Command(
        name = "check",
        description = "Checks models: names, shapes and types. Prints every mistake.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  heddle check examples/minilm.heddle",
            "  heddle check examples/minilm.heddle -D N=600    whether it runs with these lengths"
        })
final class CheckCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @ParentCommand
    private Main main;

    @Parameters(paramLabel = "FILE", arity = "1..*", description = "Model files, or - for standard input.")
    private List<Path> files;

    @Mixin
    private LengthOptions lengths;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        Map<String, Long> known = lengths.byName();
        List<Diagnostic> mistakes = new ArrayList<>();
        for (Path file : files) {
            try {
                HeddleModel model = Heddle.model(source(file), known);
                out.println(file + ": " + model.summary());
                Terminal.print(
                        model.declaration().warnings(), spec.commandLine().getErr());
            } catch (DiagnosticException e) {
                mistakes.addAll(e.diagnostics());
            }
        }
        if (!mistakes.isEmpty()) {
            Terminal.print(mistakes, spec.commandLine().getErr());
            long errors = mistakes.stream()
                    .filter(d -> d.code().severity() == Severity.ERROR)
                    .count();
            spec.commandLine().getErr().println(Sizes.counted(errors, "mistake"));
            return ExitCode.WRONG_INPUT;
        }
        return ExitCode.DONE;
    }

    private ModelSource source(Path file) throws IOException {
        return file.toString().equals("-")
                ? ModelSource.bytes("standard input", main.in().readAllBytes())
                : ModelSource.file(file);
    }
}
