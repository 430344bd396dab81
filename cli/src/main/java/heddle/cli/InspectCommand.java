package heddle.cli;

import heddle.cli.option.FileEnding;
import heddle.cli.option.MachineOption;
import heddle.cli.option.ModelOptions;
import heddle.cli.option.OutputFiles;
import heddle.cli.page.Inspected;
import heddle.cli.page.Report;
import heddle.cli.page.ReportPage;
import heddle.cli.report.Sizes;
import heddle.compiler.Compilation;
import heddle.compiler.Compiler;
import heddle.compiler.Compiler.Fusion;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.drawing.GraphDot;
import heddle.compiler.ir.drawing.GraphSvg;
import heddle.compiler.ir.text.GraphJson;
import heddle.compiler.ir.text.GraphText;
import heddle.compiler.pass.Pipeline;
import heddle.dsl.diagnostic.Suggest;
import heddle.runtime.Heddle;
import heddle.runtime.HeddleModel;
import heddle.runtime.file.AtomicFile;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code heddle inspect}: shows a model's graph before, between and after the passes, or a page with all of them. */
@Command(
        name = "inspect",
        description = "Shows a model's graph after all passes, or after one of them.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  heddle inspect examples/minilm.heddle",
            "  heddle inspect examples/minilm.heddle -D B=1 -D N=512 -o report.html",
            "  heddle inspect examples/minilm.heddle --after none --format svg -o before.svg",
            "  heddle inspect examples/minilm.heddle --after fuse-attention --format dot \\",
            "      | dot -Tpng -o after.png"
        })
final class InspectCommand implements Callable<Integer> {
    /** How a graph is shown. */
    enum Format {
        TEXT,
        DOT,
        SVG,
        JSON,
        /** A page to look at, of all passes. */
        HTML,
        /** The data of that page. */
        REPORT
    }

    private static final String AS_WRITTEN = "none";

    @Spec
    private CommandSpec spec;

    @Mixin
    private ModelOptions model;

    @Mixin
    private MachineOption machine;

    @Option(
            names = "--format",
            description =
                    "${COMPLETION-CANDIDATES}. Default: as the name of the file ends, .html, .dot, .svg or .json, else text.")
    private Format asked;

    @Option(
            names = "--after",
            paramLabel = "PASS",
            description =
                    "Shows the graph after this pass, the last time that it runs; PASS#1 is the first time. With none, the graph as written.")
    private String pass;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Writes a file instead of printing.")
    private Path file;

    @Override
    public Integer call() {
        HeddleModel declared = model.model();
        if (file != null) {
            new OutputFiles(spec).reads(declared).add("--output", file);
        }
        Format shown = format();
        return shown == Format.HTML || shown == Format.REPORT ? report(declared) : graph(declared);
    }

    private int graph(HeddleModel declared) {
        if (machine.target().isPresent()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--machine is for reports: a graph is the same for all machines. Add -o report.html");
        }
        Graph graph = after(declared);
        String text = switch (format()) {
            case TEXT -> GraphText.print(graph);
            case DOT -> GraphDot.print(graph);
            case SVG -> GraphSvg.print(graph);
            case JSON -> GraphJson.print(graph);
            case HTML, REPORT -> throw new IllegalStateException("a report is not of one graph");
        };
        return write(text, Sizes.counted(graph.nodes().size(), "node"));
    }

    private int report(HeddleModel declared) {
        if (pass != null) {
            throw new ParameterException(
                    spec.commandLine(), "--after is for one graph; a report has those of all passes");
        }
        Compilation compilation = machine.policy()
                .map(policy -> declared.compilation(Fusion.FUSED, policy))
                .orElseGet(() -> declared.compilation(Fusion.FUSED));
        String target =
                machine.target().map(t -> t.toString().toLowerCase(Locale.ROOT)).orElse("jvm");
        Inspected inspected = Inspected.of(declared, compilation, target, declared.fixedLengths());
        Report report = Report.of(machine.machine().map(inspected::with).orElse(inspected), Heddle.version());
        String what = Sizes.counted(compilation.passes().steps().size(), "pass", "passes");
        return write(format() == Format.HTML ? ReportPage.html(report) : report.json(), what);
    }

    private int write(String text, String what) {
        PrintWriter out = spec.commandLine().getOut();
        if (file == null) {
            out.print(text.endsWith("\n") ? text : text + "\n");
        } else {
            AtomicFile.write(file, text);
            out.println(what + ": " + file);
        }
        return ExitCode.DONE;
    }

    private Format format() {
        return asked != null ? asked : FileEnding.format(file, Format.values(), Format.TEXT, spec);
    }

    private Graph after(HeddleModel declared) {
        if (AS_WRITTEN.equals(pass)) {
            return declared.declaration().graph();
        }
        List<String> passes =
                Compiler.pipeline(declared.declaration().graph(), Fusion.FUSED).names();
        if (pass != null) {
            isOne(passes);
        }
        var result = declared.compilation(Fusion.FUSED).passes();
        return pass == null ? result.graph() : result.after(pass).orElse(result.graph());
    }

    /** Checks that there is such a pass, and says which one is shown where it runs several times. */
    private void isOne(List<String> passes) {
        List<String> named =
                passes.stream().filter(name -> Pipeline.isNamed(name, pass)).toList();
        if (named.isEmpty()) {
            List<String> words = Stream.concat(
                            Stream.of(AS_WRITTEN),
                            passes.stream().flatMap(p -> Stream.of(p, p.replaceFirst("#.*", ""))))
                    .toList();
            String meant = Suggest.closest(pass, words)
                    .map(word -> "did you mean " + word + "? There")
                    .orElse("there");
            throw new ParameterException(
                    spec.commandLine(),
                    "there is no pass " + pass + "; " + meant + " are none, " + String.join(", ", passes));
        }
        if (named.size() > 1) {
            spec.commandLine()
                    .getErr()
                    .println("note: " + pass + " runs " + named.size() + " times; this is the graph after the last, "
                            + named.getLast() + ". --after " + named.getFirst() + " shows the first");
        }
    }
}
