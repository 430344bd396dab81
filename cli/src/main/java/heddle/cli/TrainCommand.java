package heddle.cli;

import heddle.cli.option.FileName;
import heddle.cli.option.ModelOptions;
import heddle.cli.option.OptionNumbers;
import heddle.cli.option.OutputFiles;
import heddle.cli.option.TargetOption;
import heddle.cli.option.TrainingOptions;
import heddle.cli.report.Sizes;
import heddle.cli.report.TrainingReport;
import heddle.runtime.HeddleModel;
import heddle.runtime.train.Batches;
import heddle.runtime.train.Ngrams;
import heddle.runtime.train.TokenFile;
import heddle.runtime.train.Trainer;
import heddle.runtime.train.TrainingRun;
import heddle.runtime.train.TrainingSettings;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code heddle train}: trains a model on a file. */
@Command(
        name = "train",
        description = "Trains a model on a file of bytes or tokens, with AdamW. The last tenth of the file is held out."
                + " Ctrl-C saves; --resume goes on to the same bits.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "The model has one input of tokens, [batch, window], and an output that is made small. Weights",
            "begin as it says: weight \"w\" : f32[n, m] = normal(0.02). It is trained on the processors unless",
            "--target tornado is given.",
            "",
            "A line while it goes on: step 20: 7.369 bits a byte, 349 bytes/s, 117 MB, held out 7.012. The",
            "first figure is a running mean of the losses of steps since the command began, so --resume",
            "begins it anew; the .csv has the loss of each step. Bytes a second leave out the first step. MB",
            "are what is used of Java's heap.",
            "",
            "Examples:",
            "  bible -f gen1:1-rev22:21 > kjv.txt",
            "  heddle train examples/gpt.heddle --data kjv.txt --steps 2000 -D N=128",
            "  heddle train examples/gpt.heddle --data kjv.txt --steps 2000 -D N=128 --resume"
        })
final class TrainCommand implements Callable<Integer> {
    private static final double LN2 = Math.log(2);

    /** How long the end of the process waits for the step that is under way and its checkpoint. */
    private static final long PATIENCE = 120;

    @Spec
    private CommandSpec spec;

    @Mixin
    private ModelOptions model;

    @Mixin
    private TrainingOptions training;

    @Mixin
    private TargetOption target;

    @Option(names = "--data", required = true, paramLabel = "FILE", description = "What to learn.")
    private Path data;

    @Option(
            names = "--tokens",
            defaultValue = "byte",
            description = "What a token of the file is: ${COMPLETION-CANDIDATES}, little-endian. Default: byte.")
    private TokenFile.Width width;

    @Option(
            names = "--loss",
            defaultValue = "loss",
            paramLabel = "OUTPUT",
            description = "The output that is made small. Default: loss.")
    private String loss;

    @Option(
            names = "--batch",
            defaultValue = "16",
            paramLabel = "N",
            converter = OptionNumbers.Times.class,
            description = "Windows of a batch, where the model leaves their number open. Default: 16.")
    private int batch;

    @Option(
            names = "--accumulate",
            defaultValue = "1",
            paramLabel = "N",
            converter = OptionNumbers.Times.class,
            description = "Batches of a step, one after the other: less memory than one large batch. Default: 1.")
    private int accumulate;

    @Option(
            names = "--checkpoint",
            paramLabel = "FILE",
            description = "Where the training is kept, a .safetensors file that other commands take as --weights. Its"
                    + " .csv and .svg beside it have the losses. Default: the model's name.")
    private Path checkpoint;

    @Option(
            names = "--save-every",
            defaultValue = "100",
            paramLabel = "N",
            converter = OptionNumbers.Times.class,
            description = "Steps between checkpoints. Default: 100.")
    private int saveEvery;

    @Option(
            names = "--test-every",
            defaultValue = "100",
            paramLabel = "N",
            converter = OptionNumbers.Times.class,
            description = "Steps between measurements of what is held out. Default: 100.")
    private int testEvery;

    @Option(
            names = "--test-batches",
            defaultValue = "16",
            paramLabel = "N",
            converter = OptionNumbers.Times.class,
            description = "Batches of such a measurement; the last one takes all. Default: 16.")
    private int testBatches;

    @Option(
            names = "--resume",
            description = "Goes on from the checkpoint if there is one; all other options must be as they were.")
    private boolean resume;

    @Override
    public Integer call() {
        if (model.asksForGradients()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--grad is not for train, which takes gradients by itself; name the loss by --loss");
        }
        TrainingSettings settings = training.settings();
        HeddleModel declared = Batches.sized(model.model(), batch);
        TokenFile file = FileName.read("--data", () -> TokenFile.open(data, width));
        Batches batches = Batches.of(file, declared, batch, training.seed());
        TrainingRun.Schedule schedule = schedule(declared);
        if (resume && Files.exists(schedule.checkpoint())) {
            TrainingRun.requireSame(declared, loss, settings, file, batches, schedule);
        }
        Trainer trainer =
                Trainer.of(declared, loss, settings, training.compileOptions().withTarget(target.forTraining()));
        TrainingRun run = new TrainingRun(declared, trainer, file, batches, schedule);
        PrintWriter out = spec.commandLine().getOut();
        boolean goesOn = resume && run.canResume();
        describe(declared, file, batches, trainer, out);
        if (!goesOn) {
            count(file, out);
        }
        out.flush();
        if (resume && !goesOn) {
            spec.commandLine()
                    .getErr()
                    .println("warning: there is no " + schedule.checkpoint() + " yet; it begins anew");
        }
        TrainingReport report = new TrainingReport(
                schedule.steps(),
                (long) batches.tokens() * accumulate,
                unit(),
                out,
                spec.commandLine().getErr());
        OptionalDouble last = trained(run, schedule, goesOn, report);
        last.ifPresentOrElse(
                nats -> out.printf(
                        Locale.ROOT, "held out: %.3f bits a %s, all whole batches of it%n", nats / LN2, unit()),
                () -> out.println((trainer.done() < schedule.steps() ? "stopped" : "done already") + " after step "
                        + trainer.done() + "; --resume goes on while steps or a measurement are left"));
        out.println("wrote " + schedule.checkpoint() + ", " + schedule.log() + ", " + schedule.picture());
        return ExitCode.DONE;
    }

    private String unit() {
        return width == TokenFile.Width.BYTE ? "byte" : "token";
    }

    private TrainingRun.Schedule schedule(HeddleModel declared) {
        Path name = Path.of(model.name()).getFileName();
        Path file = checkpoint == null
                ? Path.of(name.toString().replaceAll("\\.(heddle|onnx)$", "") + ".safetensors")
                : checkpoint;
        TrainingRun.Schedule schedule =
                new TrainingRun.Schedule(training.steps(), accumulate, file, saveEvery, testEvery, testBatches);
        OutputFiles files =
                new OutputFiles(spec).reads("--data", data.toString()).reads(declared);
        files.reads("--from", training.from());
        files.add("--checkpoint", schedule.checkpoint());
        files.add("the log of losses", schedule.log());
        files.add("the picture of losses", schedule.picture());
        if (!file.toString().endsWith(".safetensors")) {
            throw new ParameterException(
                    spec.commandLine(), "--checkpoint " + file + ": a checkpoint is a file that ends in .safetensors");
        }
        for (Path there : List.of(schedule.checkpoint(), schedule.log(), schedule.picture())) {
            if (!resume && Files.exists(there)) {
                throw new ParameterException(
                        spec.commandLine(),
                        there + " is there already; go on with it by --resume, or name another file by --checkpoint");
            }
        }
        return schedule;
    }

    private void describe(HeddleModel declared, TokenFile file, Batches batches, Trainer trainer, PrintWriter out) {
        out.println(declared.declaration().name() + ": " + Sizes.count(trainer.trainedCount()) + " weights, steps of "
                + (accumulate > 1 ? accumulate + " times " : "") + batches + " tokens");
        out.println(data + ": " + Sizes.count(file.trained()) + " " + unit() + "s to learn, "
                + Sizes.count(file.size() - file.trained()) + " held out");
    }

    /** What a training has to beat, said where one begins: it takes a pass over the file. */
    private void count(TokenFile file, PrintWriter out) {
        if (width == TokenFile.Width.BYTE) {
            List<Double> bits = Ngrams.bits(file, 2, 4);
            out.printf(
                    Locale.ROOT,
                    "counting alone: %.2f bits a byte with pairs, %.2f with threes, %.2f with fours%n",
                    bits.get(0),
                    bits.get(1),
                    bits.get(2));
        }
    }

    /** Trains; when the process is asked to end, it ends after the step that is under way, and its checkpoint. */
    private OptionalDouble trained(
            TrainingRun run, TrainingRun.Schedule schedule, boolean resume, TrainingReport report) {
        CountDownLatch ended = new CountDownLatch(1);
        Thread hook = new Thread(
                () -> {
                    run.stop();
                    try {
                        ended.await(PATIENCE, TimeUnit.SECONDS);
                        run.saved().ifPresent(step -> saved(step, schedule.checkpoint()));
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                "heddle-save");
        Runtime.getRuntime().addShutdownHook(hook);
        try (report) {
            return run.run(resume, report);
        } finally {
            ended.countDown();
            removed(hook);
        }
    }

    /** The last that a process says which was asked to end: its output may be cut, this is not. */
    private void saved(long step, Path checkpoint) {
        PrintWriter err = spec.commandLine().getErr();
        err.println("stopped: step " + step + " is saved in " + checkpoint + "; --resume goes on");
        err.flush();
    }

    private static void removed(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process is about to end.
        }
    }
}
