package heddle.cli;

import heddle.cli.option.ExecutionOptions;
import heddle.cli.option.FileName;
import heddle.cli.option.ModelOptions;
import heddle.cli.option.OptionNumbers;
import heddle.cli.option.OutputFiles;
import heddle.cli.option.TargetOption;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.CompileOptions;
import heddle.runtime.HeddleModel;
import heddle.runtime.RuntimeCode;
import heddle.runtime.embed.EmbeddingOptions;
import heddle.runtime.embed.LongTexts;
import heddle.runtime.embed.PartialVectors;
import heddle.runtime.embed.Pooling;
import heddle.runtime.embed.TextEmbedder;
import heddle.runtime.embed.TextLine;
import heddle.runtime.embed.TextLines;
import heddle.runtime.embed.VectorFormat;
import heddle.runtime.file.FileFault;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code heddle embed}: makes a vector of each line of a file. */
@Command(
        name = "embed",
        description = "Makes a vector of each text of a file. Texts of different length share runs, without padding.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  heddle embed examples/minilm.heddle --input texts.txt -o vectors.npy",
            "  zcat texts.jsonl.gz \\",
            "      | heddle embed e5-small-v2 --input - --jsonl --prompt passage -o vectors.jsonl"
        })
final class EmbedCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @ParentCommand
    private Main main;

    @Mixin
    private ModelOptions model;

    @Mixin
    private ExecutionOptions execution;

    @Mixin
    private TargetOption target;

    @Option(
            names = "--input",
            required = true,
            paramLabel = "FILE",
            description =
                    "A text in each line, or JSON in each line of a file that ends in .jsonl; - is standard input.")
    private Path input;

    @Option(
            names = {"-o", "--output"},
            required = true,
            paramLabel = "FILE",
            description = "A file that ends in .npy, .safetensors or .jsonl.")
    private Path output;

    @Option(names = "--jsonl", description = "Lines are JSON, whatever the input is called.")
    private boolean jsonl;

    @Option(
            names = "--field",
            paramLabel = "NAME",
            description = "The field that holds the text; lines are JSON then. Default: text.")
    private String field;

    @Option(
            names = "--prompt",
            paramLabel = "NAME",
            description = "Writes the model's prompt of that name before each text, such as query or passage.")
    private String prompt;

    @Option(names = "--prefix", paramLabel = "TEXT", description = "Writes that before each text.")
    private String prefix;

    @Option(
            names = "--pooling",
            description = "${COMPLETION-CANDIDATES}: how tokens become a vector. Default: as the model's files say.")
    private Pooling pooling;

    @Option(
            names = "--normalize",
            negatable = true,
            description = "Brings vectors to length one. Default: as the model's files say.")
    private Boolean normalize;

    @Option(
            names = "--long-texts",
            defaultValue = "cut",
            description = "${COMPLETION-CANDIDATES}: what becomes of texts that are longer than the model takes; parts"
                    + " of split ones are averaged. Default: cut.")
    private LongTexts longTexts;

    @Option(
            names = "--token-budget",
            paramLabel = "N",
            converter = OptionNumbers.Times.class,
            description = "About how many tokens a run takes. Default: 1024.")
    private Integer budget;

    @Option(names = "--skip-bad", description = "Reports lines that hold no text and leaves them out.")
    private boolean skipBad;

    @Option(names = "--resume", description = "Goes on where a run that was ended left FILE.partial.")
    private boolean resume;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        VectorFormat format = VectorFormat.of(output)
                .orElseThrow(() -> new ParameterException(
                        spec.commandLine(), "--output " + output + " ends in none of .npy, .safetensors, .jsonl"));
        if (prompt != null && prefix != null) {
            throw new ParameterException(spec.commandLine(), "--prompt and --prefix both say what stands before texts");
        }
        model.refuseGradients();
        HeddleModel declared = model.model();
        OutputFiles files =
                execution.reads(new OutputFiles(spec).reads(declared).reads("--input", input.toString()));
        files.add("--output", output);
        files.add("--output", PartialVectors.of(output));
        if (!resume) {
            PartialVectors.requireNone(output);
        }
        execution.warnUnused(declared, true);
        try (InputStream in = open()) {
            CompileOptions options = execution.options().withTarget(target.options());
            TextEmbedder embedder = TextEmbedder.of(declared, options, options());
            embed(embedder, in, format, out);
        }
        return ExitCode.DONE;
    }

    private EmbeddingOptions options() {
        EmbeddingOptions options = EmbeddingOptions.defaults().withLongTexts(longTexts);
        options = budget == null ? options : options.withBudget(budget);
        options = prompt == null ? options : options.withPrompt(prompt);
        options = prefix == null ? options : options.withPrefix(prefix);
        options = pooling == null ? options : options.withPooling(pooling);
        return normalize == null ? options : options.withNormalize(normalize);
    }

    private boolean isStandardInput() {
        return input.toString().equals("-");
    }

    private InputStream open() {
        if (isStandardInput()) {
            return main.in();
        }
        return FileName.read("--input", () -> {
            try {
                return Files.newInputStream(input);
            } catch (IOException e) {
                throw FileFault.unreadable(input, e, RuntimeCode.FILE_UNREADABLE);
            }
        });
    }

    private void embed(TextEmbedder embedder, InputStream in, VectorFormat format, PrintWriter out) {
        boolean json = jsonl
                || field != null
                || input.toString().toLowerCase(Locale.ROOT).endsWith(".jsonl");
        int[] skipped = {0};
        TextLines lines = new TextLines(
                isStandardInput() ? "standard input" : input.toString(),
                in,
                json ? Optional.of(field == null ? "text" : field) : Optional.empty(),
                bad -> bad(bad, skipped));
        if (prompt == null
                && prefix == null
                && embedder.prefix().isEmpty()
                && !embedder.prompts().isEmpty()) {
            spec.commandLine()
                    .getErr()
                    .println("note: the model has prompts for the uses of a text, and none is written: --prompt "
                            + String.join(" or ", embedder.prompts()));
        }
        String settings = embedder.settings();
        long start = System.nanoTime();
        try (PartialVectors vectors = resume
                ? PartialVectors.resume(output, settings, embedder.dimension(), lines)
                : PartialVectors.begin(output, settings, embedder.dimension())) {
            if (vectors.count() > 0) {
                out.println("resumed behind " + counted(vectors.count(), "text"));
            }
            Optional<ProgressBar> bar = Terminal.counter("embedding", " texts");
            try {
                bar.ifPresent(b -> b.stepTo(vectors.count()));
                append(embedder, lines, vectors, bar);
            } finally {
                bar.ifPresent(ProgressBar::close);
            }
            format.write(vectors, output);
        }
        report(embedder, (System.nanoTime() - start) * 1e-9, skipped[0], out);
    }

    private static void append(
            TextEmbedder embedder, TextLines lines, PartialVectors vectors, Optional<ProgressBar> bar) {
        ArrayDeque<TextLine> waiting = new ArrayDeque<>();
        Iterator<String> texts = new Iterator<>() {
            @Override
            public boolean hasNext() {
                return lines.hasNext();
            }

            @Override
            public String next() {
                waiting.add(lines.next());
                return waiting.getLast().text();
            }
        };
        embedder.embed(texts, vector -> {
            vectors.append(waiting.remove(), vector);
            bar.ifPresent(ProgressBar::step);
        });
    }

    private void bad(Diagnostic mistake, int[] skipped) {
        if (!skipBad) {
            throw new DiagnosticException(mistake.hint("--skip-bad leaves such lines out"));
        }
        skipped[0]++;
        warn(mistake.message() + ": " + String.join("; ", mistake.notes()));
    }

    private void report(TextEmbedder embedder, double seconds, int skipped, PrintWriter out) {
        TextEmbedder.Counts counts = embedder.counts();
        if (counts.tooLong() > 0) {
            warn(counted(counts.tooLong(), "text") + " longer than " + embedder.limit() + " tokens: "
                    + (longTexts == LongTexts.CUT
                            ? "cut; --long-texts split takes all of them"
                            : "split and averaged"));
        }
        if (skipped > 0) {
            warn(counted(skipped, "line") + " left out"
                    + (VectorFormat.of(output).equals(Optional.of(VectorFormat.NPY))
                            ? "; rows have no numbers of lines in .npy, but do in .safetensors and .jsonl"
                            : ""));
        }
        out.printf(
                Locale.ROOT,
                "wrote %s: %s of %d elements; %s, %d padding, %.1f s, %.0f texts/s%n",
                output,
                counted(counts.texts(), "new vector"),
                embedder.dimension(),
                counted(counts.tokens(), "token"),
                counts.padding(),
                seconds,
                counts.texts() / seconds);
    }

    private void warn(String line) {
        spec.commandLine().getErr().println("warning: " + line);
    }

    private static String counted(long n, String noun) {
        return n + " " + noun + (n == 1 ? "" : "s");
    }
}
