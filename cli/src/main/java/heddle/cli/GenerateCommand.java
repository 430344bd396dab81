package heddle.cli;

import heddle.cli.option.ExecutionOptions;
import heddle.cli.option.ModelOptions;
import heddle.cli.option.OptionNumbers;
import heddle.cli.option.TargetOption;
import heddle.cli.report.Utf8Letters;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.CompileOptions;
import heddle.runtime.HeddleModel;
import heddle.runtime.generate.Generator;
import heddle.runtime.generate.Sampling;
import heddle.runtime.train.TrainCode;
import heddle.runtime.train.TrainingRun;
import heddle.runtime.weights.WeightFile;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code heddle generate}: lets a model write text. */
@Command(
        name = "generate",
        description = "Writes text with a model whose tokens are bytes, each byte as it comes.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Example:",
            "  heddle generate examples/gpt.heddle --weights gpt.safetensors --prompt 'In the beginning'"
        })
final class GenerateCommand implements Callable<Integer> {
    /** What is seen where neither the model nor the weights say it. */
    private static final int WINDOW = 128;

    @Spec
    private CommandSpec spec;

    @Mixin
    private ModelOptions model;

    @Mixin
    private ExecutionOptions execution;

    @Mixin
    private TargetOption target;

    @Option(
            names = "--prompt",
            defaultValue = "",
            paramLabel = "TEXT",
            description = "What comes before, and is printed too. Default: the end of a line.")
    private String prompt;

    @Option(
            names = "--max-tokens",
            defaultValue = "400",
            paramLabel = "N",
            converter = OptionNumbers.Times.class,
            description = "How many bytes to write. Default: 400.")
    private int most;

    @Option(
            names = "--temperature",
            defaultValue = "0.8",
            paramLabel = "T",
            converter = OptionNumbers.NotNegative.class,
            description = "Less than 1 prefers likely bytes; 0 takes the likeliest. Default: 0.8.")
    private double temperature;

    @Option(
            names = "--top-k",
            defaultValue = "256",
            paramLabel = "K",
            converter = OptionNumbers.Times.class,
            description = "How many of the likeliest bytes may be chosen. Default: all.")
    private int top;

    @Option(
            names = "--seed",
            defaultValue = "0",
            converter = OptionNumbers.TrainingSeed.class,
            description = "The seed of what is drawn: the same seed writes the same text. Default: 0.")
    private long seed;

    @Option(
            names = "--window",
            paramLabel = "N",
            converter = OptionNumbers.Times.class,
            description = "How many bytes the model sees at most. Default: as many as the checkpoint was trained with,"
                    + " else 128, or fewer where the model has places for fewer.")
    private Integer window;

    @Option(
            names = "--logits",
            defaultValue = "logits",
            paramLabel = "OUTPUT",
            description = "The output that scores the next byte. Default: logits.")
    private String logits;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        CompileOptions options = execution.options().withTarget(target.options());
        model.refuseGradients();
        HeddleModel declared = model.model();
        Generator generator = Generator.of(declared, logits, seen(declared, options), options);
        out.print(prompt);
        out.flush();
        String before = prompt.isEmpty() ? "\n" : prompt;
        Utf8Letters letters = new Utf8Letters(out);
        generator.write(before.getBytes(StandardCharsets.UTF_8), most, new Sampling(temperature, top, seed), letters);
        letters.end();
        out.println();
        return ExitCode.DONE;
    }

    private int seen(HeddleModel declared, CompileOptions options) {
        if (window != null) {
            int longest = Generator.longest(declared, logits, window);
            if (window > longest) {
                throw Generator.tooLong(declared, window, longest);
            }
            return window;
        }
        return declared.weightFile(options)
                .filter(Files::isRegularFile)
                .map(WeightFile::open)
                .flatMap(GenerateCommand::trained)
                .orElseGet(() -> Generator.longest(declared, logits, WINDOW));
    }

    /** How many bytes a window has that a checkpoint was trained with; empty for other files. */
    private static Optional<Integer> trained(WeightFile file) {
        String text = file.metadata().get(TrainingRun.WINDOW);
        try {
            return Optional.ofNullable(text).map(t -> (int) OptionNumbers.whole(t, 1, Integer.MAX_VALUE));
        } catch (TypeConversionException e) {
            throw new DiagnosticException(Diagnostic.of(
                            TrainCode.CHECKPOINT,
                            file.path() + " says that " + TrainingRun.WINDOW + " is \"" + text + "\"")
                    .hint("say how many bytes the model sees: --window N"));
        }
    }
}
