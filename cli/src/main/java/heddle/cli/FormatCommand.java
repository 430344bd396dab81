package heddle.cli;

import heddle.cli.option.FileName;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.format.Formatter;
import heddle.dsl.source.SourceFile;
import heddle.runtime.SourceReader;
import heddle.runtime.file.AtomicFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code heddle fmt}: formats models. */
@Command(
        name = "fmt",
        description = "Formats models in place.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  heddle fmt examples/minilm.heddle",
            "  heddle fmt --check examples/*.heddle    exit code 1 when one is not formatted",
            "  heddle fmt - < model.heddle             from standard input to standard output"
        })
final class FormatCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @ParentCommand
    private Main main;

    @Option(names = "--check", description = "Changes nothing; names the files that are not formatted.")
    private boolean check;

    @Parameters(
            paramLabel = "FILE",
            arity = "1..*",
            converter = FileName.class,
            description = "Model files, or - for standard input.")
    private List<String> files;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        List<Diagnostic> mistakes = new ArrayList<>();
        boolean unformatted = false;
        for (String file : files) {
            try {
                SourceFile source = file.equals("-") ? standardInput() : SourceReader.read(Path.of(file));
                String formatted = Formatter.format(source);
                if (check && !formatted.equals(source.text())) {
                    unformatted = true;
                    out.println(source.name() + " is not formatted");
                } else if (!check && file.equals("-")) {
                    out.print(formatted);
                } else if (!check && !formatted.equals(source.text())) {
                    AtomicFile.write(Path.of(file), formatted);
                }
            } catch (DiagnosticException e) {
                mistakes.addAll(e.diagnostics());
            }
        }
        Terminal.print(mistakes, spec.commandLine().getErr());
        return unformatted || !mistakes.isEmpty() ? ExitCode.WRONG_INPUT : ExitCode.DONE;
    }

    private SourceFile standardInput() throws IOException {
        return SourceReader.text("standard input", main.in().readAllBytes());
    }
}
