package heddle.cli.option;

import heddle.cli.Terminal;
import heddle.runtime.CompileOptions;
import heddle.runtime.train.AdamW;
import heddle.runtime.train.LearningRate;
import heddle.runtime.train.TrainingSettings;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The options that say how weights are trained. */
public final class TrainingOptions {
    @Spec(Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--steps",
            required = true,
            paramLabel = "N",
            converter = OptionNumbers.Times.class,
            description = "How many steps to train in all.")
    private int steps;

    @Option(
            names = "--lr",
            defaultValue = "1e-3",
            paramLabel = "RATE",
            converter = OptionNumbers.Positive.class,
            description = "The learning rate after the warm-up. Default: 0.001.")
    private double rate;

    @Option(
            names = "--min-lr",
            paramLabel = "RATE",
            converter = OptionNumbers.NotNegative.class,
            description = "The learning rate at the last step; it falls along a cosine. Default: a tenth of --lr.")
    private Double least;

    @Option(
            names = "--warmup",
            paramLabel = "N",
            converter = OptionNumbers.Steps.class,
            description = "Steps that the learning rate grows. Default: a tenth of all, at most 100.")
    private Long warmUp;

    @Option(
            names = "--clip",
            defaultValue = "1",
            paramLabel = "NORM",
            converter = OptionNumbers.Positive.class,
            description = "The norm that all gradients together are shortened to. Default: 1.")
    private double clip;

    @Option(
            names = "--beta1",
            defaultValue = "0.9",
            converter = OptionNumbers.Share.class,
            description = "The share of the old mean of gradients in AdamW. Default: 0.9.")
    private double beta1;

    @Option(
            names = "--beta2",
            defaultValue = "0.99",
            converter = OptionNumbers.Share.class,
            description = "The share of the old mean of their squares. Default: 0.99.")
    private double beta2;

    @Option(
            names = "--decay",
            defaultValue = "0.1",
            converter = OptionNumbers.NotNegative.class,
            description = "How fast weights of two axes and more shrink. Default: 0.1.")
    private double decay;

    @Option(
            names = "--seed",
            defaultValue = "0",
            converter = OptionNumbers.TrainingSeed.class,
            description = "The seed of initial weights, batches and dropouts. Default: 0.")
    private long seed;

    @Option(
            names = "--from",
            paramLabel = "FILE",
            converter = FileName.class,
            description = "Begins with the weights of a file, a checkpoint among others. Default: as the model says.")
    private String from;

    @Option(
            names = "--freeze",
            paramLabel = "NAME",
            converter = FileName.class,
            description = "A weight that stays as it is; NAME* are all that begin so. Repeat it for more.")
    private List<String> frozen = new ArrayList<>();

    @Option(
            names = "--threads",
            paramLabel = "N",
            converter = OptionNumbers.Threads.class,
            description = "Threads to compute with; results do not depend on it. Default: all processors.")
    private Integer threads;

    /** How many steps there are. */
    public long steps() {
        return steps;
    }

    public long seed() {
        return seed;
    }

    /** The file that weights begin with; null for none. */
    public String from() {
        return from;
    }

    /**
     * What these stand for.
     *
     * @throws ParameterException when options contradict each other
     */
    public TrainingSettings settings() {
        double end = least == null ? rate / 10 : least;
        long growing = warmUp == null ? Math.min(100, steps / 10) : warmUp;
        if (end > rate) {
            throw new ParameterException(
                    spec.commandLine(), "--min-lr " + end + " is more than --lr " + rate + ", from which it falls");
        }
        if (growing > steps) {
            throw new ParameterException(
                    spec.commandLine(), "--warmup " + growing + " is longer than the training, --steps " + steps);
        }
        return new TrainingSettings(
                new LearningRate(rate, end, growing, steps),
                new AdamW(beta1, beta2, AdamW.USUAL.epsilon(), decay),
                clip,
                seed,
                new HashSet<>(frozen),
                Optional.ofNullable(from));
    }

    /** Where the model is compiled for, and files are found. */
    public CompileOptions compileOptions() {
        CompileOptions options = CompileOptions.defaults()
                .withFiles(Terminal.modelFiles())
                .withWarnings(line -> spec.commandLine().getErr().println("warning: " + line));
        return threads == null ? options : options.withThreads(threads);
    }
}
