package heddle.cli;

import heddle.cli.option.ExecutionOptions;
import heddle.cli.option.ModelOptions;
import heddle.cli.option.OptionNumbers;
import heddle.cli.option.TargetOption;
import heddle.runtime.CompileOptions;
import heddle.runtime.HeddleModel;
import heddle.runtime.generate.Generator;
import heddle.runtime.generate.Sampling;
import heddle.runtime.train.TrainingRun;
import heddle.runtime.weights.WeightFile;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.IntConsumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

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
                    + " else 128.")
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
        HeddleModel declared = model.model();
        Generator generator = Generator.of(declared, logits, seen(options), options);
        out.print(prompt);
        out.flush();
        String before = prompt.isEmpty() ? "\n" : prompt;
        generator.write(
                before.getBytes(StandardCharsets.UTF_8), most, new Sampling(temperature, top, seed), printed(out));
        out.println();
        return ExitCode.DONE;
    }

    private int seen(CompileOptions options) {
        if (window != null) {
            return window;
        }
        return options.weights()
                .map(Path::of)
                .filter(Files::isRegularFile)
                .flatMap(file ->
                        Optional.ofNullable(WeightFile.open(file).metadata().get(TrainingRun.WINDOW)))
                .map(Integer::parseInt)
                .orElse(WINDOW);
    }

    /** Prints bytes of UTF-8 as soon as they make a letter; what is none becomes the sign for that. */
    private static IntConsumer printed(PrintWriter out) {
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPLACE)
                .onUnmappableCharacter(CodingErrorAction.REPLACE);
        ByteBuffer bytes = ByteBuffer.allocate(8);
        CharBuffer letters = CharBuffer.allocate(16);
        return next -> {
            decoder.decode(bytes.put((byte) next).flip(), letters, false);
            bytes.compact();
            out.print(letters.flip());
            letters.clear();
            out.flush();
        };
    }
}
