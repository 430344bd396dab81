package heddle.cli;

import heddle.cli.option.LengthOptions;
import heddle.cli.report.Sizes;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.diagnostic.Severity;
import heddle.runtime.Heddle;
import heddle.runtime.HeddleModel;
import heddle.runtime.ModelSource;
import heddle.runtime.SourceReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
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
            "  heddle check examples/minilm.heddle -D N=600    whether it runs with these lengths",
            "  heddle check examples/minilm.heddle --watch     again whenever it is saved"
        })
final class CheckCommand implements Callable<Integer> {
    private static final Path STANDARD_INPUT = Path.of("-");
    private static final int POLL_MILLIS = 200;

    /** Files that are written piece by piece, or removed before they are there again, are read when they are whole. */
    private static final int SETTLED_MILLIS = 50;

    @Spec
    private CommandSpec spec;

    @ParentCommand
    private Main main;

    @Parameters(paramLabel = "FILE", arity = "1..*", description = "Model files, or - for standard input.")
    private List<Path> files;

    @Mixin
    private LengthOptions lengths;

    @Option(
            names = "--watch",
            description = "Checks again when one of the files changes, or one that they import. Ctrl-C ends.")
    private boolean watch;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (watch && files.contains(STANDARD_INPUT)) {
            throw new ParameterException(spec.commandLine(), "--watch needs files: standard input does not change");
        }
        List<WatchedModel> models = new ArrayList<>();
        for (Path file : files) {
            models.add(new WatchedModel(source(file)));
        }
        int code = check(models);
        while (watch) {
            String changed = awaitChange(models);
            Terminal.separate(
                    "--- " + LocalTime.now().truncatedTo(ChronoUnit.SECONDS) + " " + changed + " has changed",
                    spec.commandLine().getOut(),
                    spec.commandLine().getErr());
            code = check(models);
        }
        return code;
    }

    /** Waits until a file is another and nobody is writing any more. @return its name */
    private static String awaitChange(List<WatchedModel> models) throws InterruptedException {
        while (true) {
            for (WatchedModel model : models) {
                Optional<String> changed = model.changed();
                if (changed.isPresent()) {
                    Map<String, String> before;
                    do {
                        before = model.now();
                        Thread.sleep(SETTLED_MILLIS);
                    } while (!before.equals(model.now()));
                    return changed.get();
                }
            }
            Thread.sleep(POLL_MILLIS);
        }
    }

    private int check(List<WatchedModel> models) {
        PrintWriter out = spec.commandLine().getOut();
        Map<String, Long> known = lengths.byName();
        List<Diagnostic> mistakes = new ArrayList<>();
        for (int n = 0; n < files.size(); n++) {
            try {
                HeddleModel model = Heddle.model(models.get(n).source(), known);
                out.println(files.get(n) + ": " + model.summary());
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
        if (!file.equals(STANDARD_INPUT)) {
            return ModelSource.file(file);
        }
        byte[] text = main.in().readAllBytes();
        String name = "standard input";
        return new ModelSource(
                name, Path.of(""), n -> n.equals(name) ? Optional.of(SourceReader.text(name, text)) : Optional.empty());
    }
}
