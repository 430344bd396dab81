package heddle.cli;

import heddle.cli.option.ExecutionOptions;
import heddle.cli.option.ModelOptions;
import heddle.cli.option.OutputFiles;
import heddle.cli.page.Inspected;
import heddle.cli.page.Report;
import heddle.cli.page.ReportPage;
import heddle.cli.page.WordsSection;
import heddle.compiler.Compiler.Fusion;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.CompileOptions;
import heddle.runtime.Heddle;
import heddle.runtime.HeddleModel;
import heddle.runtime.RuntimeCode;
import heddle.runtime.attend.AttendTable;
import heddle.runtime.attend.Journey;
import heddle.runtime.attend.Observation;
import heddle.runtime.attend.Observer;
import heddle.runtime.file.AtomicFile;
import heddle.runtime.file.FileFault;
import heddle.runtime.text.Tokenizer;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code heddle attend}: shows what a token attends to, and how its vector moves from its embedding to its meaning.
 */
@Command(
        name = "attend",
        description = "Shows what a token attends to, layer by layer and head by head, and how its vector moves from"
                + " its static embedding to its meaning in context.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  heddle attend examples/minilm.heddle --text 'The bank is near the river' --token bank",
            "  heddle attend examples/minilm.heddle --text 'A bat flew out' --token bat \\",
            "      --against 'He swung the bat' -o bat.html"
        })
final class AttendCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private ModelOptions model;

    @Mixin
    private ExecutionOptions execution;

    @Option(names = "--text", required = true, paramLabel = "TEXT", description = "The text.")
    private String text;

    @Option(names = "--token", required = true, paramLabel = "TOKEN", description = "The token to follow.")
    private String token;

    @Option(
            names = "--against",
            paramLabel = "TEXT",
            description = "Another text with that token, to compare with; repeat it for more. Default: the sentences of"
                    + " the model's .properties file that have the token.")
    private List<String> against = new ArrayList<>();

    @Option(names = "-o", paramLabel = "FILE.html", description = "Writes a heat map of every head instead.")
    private Path page;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        if (page != null) {
            FileFault.requireWritable(page);
        }
        model.refuseGradients();
        HeddleModel declared = model.model();
        if (page != null) {
            execution.reads(new OutputFiles(spec).reads(declared)).add("-o", page);
        }
        execution.warnUnused(declared, true);
        CompileOptions options = execution.options();
        Observer observer = new Observer(declared, options);
        try (Tokenizer tokenizer = declared.tokenizer(options)) {
            Observation seen = observer.observe(text, tokenizer);
            int position = seen.find(token).orElseThrow(() -> absent(seen));
            List<Observation> contexts = contexts(declared, observer, tokenizer);
            Journey journey = Journey.of(seen, position, contexts);
            if (page == null) {
                out.print(AttendTable.render(seen, position, journey, contexts));
            } else {
                AtomicFile.write(page, page(declared, WordsSection.of(seen, position, journey, contexts)));
                out.println("wrote " + page);
            }
        }
        return ExitCode.DONE;
    }

    /** The inspector's page, with what was seen. */
    private static String page(HeddleModel declared, Map<String, Object> words) {
        Inspected inspected =
                Inspected.of(declared, declared.compilation(Fusion.FUSED), "jvm", declared.fixedLengths());
        return ReportPage.html(Report.of(inspected, Heddle.version()).startingWith("words", words));
    }

    private List<Observation> contexts(HeddleModel declared, Observer observer, Tokenizer tokenizer) {
        List<Observation> contexts = new ArrayList<>();
        for (String other : against.isEmpty() ? declared.sentences() : against) {
            Observation context = observer.observe(other, tokenizer);
            if (context.find(token).isPresent()) {
                contexts.add(context);
            } else if (!against.isEmpty()) {
                throw absent(context);
            }
        }
        return contexts;
    }

    private DiagnosticException absent(Observation seen) {
        return new DiagnosticException(Diagnostic.of(
                        RuntimeCode.TOKEN_ABSENT, "the text \"" + seen.text() + "\" has no token \"" + token + "\"")
                .note("its tokens are " + String.join(" ", seen.tokens())));
    }
}
