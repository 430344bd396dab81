package heddle.cli;

import heddle.cli.compare.ComparedReport;
import heddle.cli.compare.Comparison;
import heddle.cli.compare.ComparisonJson;
import heddle.cli.compare.ComparisonPage;
import heddle.cli.compare.ComparisonText;
import heddle.cli.compare.Fields;
import heddle.cli.compare.Limit;
import heddle.cli.compare.ReportFile;
import heddle.cli.option.FileEnding;
import heddle.cli.option.OutputFiles;
import heddle.cli.option.SideOptions;
import heddle.cli.page.Report;
import heddle.cli.page.ReportPage;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.Heddle;
import heddle.runtime.HeddleModel;
import heddle.runtime.file.AtomicFile;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Stack;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IParameterConsumer;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code heddle diff}: what the compiler makes of one model that it does not of another. */
@Command(
        name = "diff",
        description =
                "Compares what the compiler makes of two models, of one under two sets of options, or of a model "
                        + "and a report that was kept: attentions that are no longer fused and why, kernels, memory, work, nodes.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Limits of --fail-on: unfused, changed; kernels, peak, bytes, flops, time, these with the growth",
            "that is allowed, such as kernels:+2, peak:+5%%, bytes:+10MB.",
            "",
            "Examples:",
            "  heddle inspect model.heddle --format report -D B=1 -D N=512 -o baseline.json",
            "  heddle diff baseline.json model.heddle",
            "  heddle diff --fail-on unfused,kernels,peak:+5%% baseline.json model.heddle   exit code 4",
            "  heddle diff before.heddle after.heddle -D B=1 -D N=512 -o diff.html",
            "  heddle diff model.heddle --b \"--machine h100\""
        })
final class DiffCommand implements Callable<Integer> {
    /** How a comparison is shown. */
    enum Format {
        TEXT,
        JSON,
        /** A page to look at, with both graphs. */
        HTML
    }

    /** Takes the next word as it is, though it looks like options: that is what it has. */
    static final class Quoted implements IParameterConsumer {
        @Override
        public void consumeParameters(Stack<String> words, ArgSpec option, CommandSpec command) {
            if (words.isEmpty()) {
                throw new ParameterException(command.commandLine(), "missing OPTIONS, in quotes, after " + option);
            }
            option.setValue(words.pop());
        }
    }

    /** The options of one side, as if they were a command's. */
    @Command(name = "side")
    private static final class Side {
        @Mixin
        private SideOptions options;
    }

    @Spec
    private CommandSpec spec;

    @Parameters(
            index = "0",
            paramLabel = "A",
            description = "What was: a model, or a report from heddle inspect, .json or .html.")
    private Path first;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "B",
            description = "What is, in the same way. Default: the model A, with the options of --b.")
    private Path second;

    @Mixin
    private SideOptions both;

    @Option(
            names = "--a",
            paramLabel = "OPTIONS",
            parameterConsumer = Quoted.class,
            description = "Options of A alone, in quotes: -D, --machine, --grad, --wrt, --memory-budget.")
    private String onlyA;

    @Option(
            names = "--b",
            paramLabel = "OPTIONS",
            parameterConsumer = Quoted.class,
            description = "Options of B alone.")
    private String onlyB;

    @Option(
            names = "--fail-on",
            paramLabel = "LIMITS",
            description = "Ends with exit code 4 when B is worse than A in one of these, joined by commas.")
    private String limits;

    @Option(
            names = "--format",
            description = "${COMPLETION-CANDIDATES}. Default: as the name of the file ends, .html or .json, else text.")
    private Format asked;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Writes a file, and prints the text.")
    private Path file;

    @Override
    public Integer call() {
        if (file != null) {
            new OutputFiles(spec)
                    .reads("A", first.toString())
                    .reads("B", second == null ? null : second.toString())
                    .add("--output", file);
        }
        List<Limit> held = limits();
        if (second == null && onlyA == null && onlyB == null) {
            throw wrong("the second side is missing: name a model or a report B, or options of one side with --b");
        }
        Comparison comparison = comparison();
        Comparison.Verdicts verdicts = checked(comparison, held);
        write(comparison, verdicts);
        return verdicts.areMet() ? ExitCode.DONE : ExitCode.WORSE;
    }

    private List<Limit> limits() {
        try {
            return limits == null ? List.of() : Limit.parse(limits);
        } catch (Limit.Wrong e) {
            throw wrong("--fail-on: " + e.getMessage());
        }
    }

    private Comparison.Verdicts checked(Comparison comparison, List<Limit> held) {
        try {
            return comparison.check(held);
        } catch (Limit.Wrong e) {
            throw wrong("--fail-on: " + e.getMessage());
        }
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    /** Reads both sides. A model takes the lengths of a report on the other side. */
    private Comparison comparison() {
        Path now = second == null ? first : second;
        boolean keptA = ReportFile.isNamed(first);
        boolean keptB = ReportFile.isNamed(now);
        try {
            ComparedReport b = keptB ? kept(now, "--b", onlyB) : null;
            ComparedReport a = keptA ? kept(first, "--a", onlyA) : compiled(first, "--a", onlyA, lengths(b));
            return Comparison.of(a, keptB ? b : compiled(now, "--b", onlyB, keptA ? lengths(a) : Map.of()));
        } catch (Fields.Damaged e) {
            throw new DiagnosticException(ReportFile.damaged(keptA ? first : now, e));
        }
    }

    private static Map<String, Long> lengths(ComparedReport other) {
        return other == null ? Map.of() : other.lengths();
    }

    private ComparedReport kept(Path report, String option, String options) {
        if (options != null) {
            throw wrong(option + " has options for a model, and " + report + " is a report");
        }
        return ReportFile.read(report);
    }

    private ComparedReport compiled(Path model, String option, String options, Map<String, Long> lengths) {
        SideOptions own = own(option, options == null ? "" : options);
        HeddleModel declared = both.model(model, own, lengths);
        return ComparedReport.of(
                options == null ? model.toString() : model + " " + options,
                Report.of(both.inspected(declared, own), Heddle.version()));
    }

    private SideOptions own(String option, String options) {
        Side side = new Side();
        try {
            String[] words = options.isBlank() ? new String[0] : options.strip().split("\\s+");
            new CommandLine(side).setCaseInsensitiveEnumValuesAllowed(true).parseArgs(words);
        } catch (ParameterException e) {
            throw wrong(option + ": " + e.getMessage());
        }
        return side.options;
    }

    private void write(Comparison comparison, Comparison.Verdicts verdicts) {
        PrintWriter out = spec.commandLine().getOut();
        String text = ComparisonText.of(comparison, verdicts);
        String shown = switch (format()) {
            case TEXT -> text;
            case JSON -> ComparisonJson.of(comparison, verdicts);
            case HTML -> ReportPage.html(ComparisonPage.of(comparison, verdicts));
        };
        if (file == null) {
            out.print(shown);
        } else {
            AtomicFile.write(file, shown);
            out.print(text);
            out.println("\n" + format().name().toLowerCase(Locale.ROOT) + ": " + file);
        }
    }

    private Format format() {
        return asked != null ? asked : FileEnding.format(file, Format.values(), Format.TEXT, spec);
    }
}
