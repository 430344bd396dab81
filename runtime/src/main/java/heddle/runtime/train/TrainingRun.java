package heddle.runtime.train;

import heddle.compiler.ir.text.GraphText;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.HeddleModel;
import heddle.runtime.file.AtomicFile;
import heddle.runtime.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * A whole training on a file: steps, losses of what is held out, checkpoints, a log and a picture of the losses. It can
 * be stopped between steps, and goes on from its last checkpoint to the same bits.
 */
public final class TrainingRun {
    /**
     * What a run does besides steps.
     *
     * @param steps      in all
     * @param accumulate batches of a step, at least 1
     * @param checkpoint where the training is kept; its log and picture lie beside it
     * @param saveEvery  how many steps lie between checkpoints, at least 1
     * @param testEvery  how many steps lie between measurements of what is held out, at least 1
     * @param testMost   how many batches such a measurement takes at most; the last one takes all
     */
    public record Schedule(long steps, int accumulate, Path checkpoint, long saveEvery, long testEvery, long testMost) {
        public Schedule {
            if (steps < 1 || accumulate < 1 || saveEvery < 1 || testEvery < 1 || testMost < 1) {
                throw new IllegalArgumentException("a training has at least one of each: " + steps + " steps, "
                        + accumulate + " batches, checkpoints each " + saveEvery + ", tests each " + testEvery + ", of "
                        + testMost);
            }
        }

        /** The losses as a table. */
        public Path log() {
            return beside(".csv");
        }

        /** The losses as a picture. */
        public Path picture() {
            return beside(".svg");
        }

        private Path beside(String ending) {
            String name = checkpoint.getFileName().toString();
            int dot = name.lastIndexOf('.');
            return checkpoint.resolveSibling((dot > 0 ? name.substring(0, dot) : name) + ending);
        }
    }

    /** Told of what happens, in the thread of the run. */
    public interface Listener {
        /** A step was done. */
        default void stepped(Trainer.Step step) {}

        /** What is held out was measured. @param loss in the model's unit, nats as a rule */
        default void tested(long step, double loss) {}

        /** A checkpoint was written. */
        default void saved(long step) {}

        /** Something is not as it was, and does not keep the run from going on. */
        default void warned(String message) {}
    }

    /** What a checkpoint calls the number of tokens in a window. */
    public static final String WINDOW = "heddle.window";

    private static final String BEST = "heddle.best";
    private static final String LOG = "heddle.log";
    private static final String CODE = "heddle.code";

    private final Trainer trainer;
    private final Batches batches;
    private final Schedule schedule;
    private final Map<String, String> identity = new LinkedHashMap<>();
    private final String title;
    private final String unit;
    private double best = Double.POSITIVE_INFINITY;
    private volatile long saved = -1;
    private volatile boolean stopped;

    /**
     * A run that has not begun.
     *
     * @param model    that the trainer trains
     * @param file     that the batches are of
     */
    public TrainingRun(HeddleModel model, Trainer trainer, TokenFile file, Batches batches, Schedule schedule) {
        this.trainer = trainer;
        this.batches = batches;
        this.schedule = schedule;
        this.title = model.declaration().name();
        this.unit = file.width() == TokenFile.Width.BYTE ? "bits a byte" : "bits a token";
        identity.putAll(identity(model, trainer.lossName(), trainer.settings(), file, batches, schedule));
        identity.put("heddle.frozen", trainer.frozenHash());
    }

    /** What tells a training from others, apart from the values of weights that are not trained. */
    private static Map<String, String> identity(
            HeddleModel model,
            String loss,
            TrainingSettings settings,
            TokenFile file,
            Batches batches,
            Schedule schedule) {
        Map<String, String> identity = new LinkedHashMap<>();
        identity.put(
                "heddle.model",
                Fingerprint.of(GraphText.print(model.declaration().graph())));
        identity.put("heddle.loss", loss);
        identity.put(
                "heddle.data", file.hash() + ", tokens " + file.width().name().toLowerCase(Locale.ROOT));
        identity.put("heddle.batches", schedule.accumulate() + " of " + batches);
        identity.put("heddle.settings", settings.text());
        return identity;
    }

    /**
     * Checks whether a checkpoint is of a training, before anything is compiled for it. Weights that are not trained are compared when
     * the run goes on.
     *
     * @throws DiagnosticException when it is of another one
     */
    public static void requireSame(
            HeddleModel model,
            String loss,
            TrainingSettings settings,
            TokenFile file,
            Batches batches,
            Schedule schedule) {
        Map<String, String> text = Checkpoint.text(schedule.checkpoint());
        identity(model, loss, settings, file, batches, schedule)
                .forEach((name, now) -> requireSame(schedule, name, now, text.get(name)));
    }

    /** Ends the run after the step that is under way, with a checkpoint. May be called by another thread. */
    public void stop() {
        stopped = true;
    }

    /** The step of the last checkpoint that this run wrote or went on from; empty before there is one. */
    public OptionalLong saved() {
        return saved < 0 ? OptionalLong.empty() : OptionalLong.of(saved);
    }

    /** Whether there is a checkpoint to go on from. */
    public boolean canResume() {
        return Files.exists(schedule.checkpoint());
    }

    /**
     * Trains until all steps are done or the run is stopped. The last measurement of what is held out may take long: a
     * checkpoint is written before it, and another one after it. A run that is stopped leaves a measurement to the next.
     *
     * @param resume whether to go on from the checkpoint
     * @return the loss on all that is held out; empty when the run was stopped before its end
     * @throws DiagnosticException when the checkpoint does not fit, or a loss is not finite
     */
    public OptionalDouble run(boolean resume, Listener listener) {
        AtomicFile.removeLeftovers(schedule.checkpoint());
        LossCurve.requirePicture(schedule.picture());
        LossLog log = resume ? resume(listener) : LossLog.begin(schedule.log());
        try (log) {
            return trained(log, listener);
        } finally {
            removeWithoutCheckpoint();
        }
    }

    /** A log that no checkpoint belongs to would keep the next run from beginning. */
    private void removeWithoutCheckpoint() {
        if (saved < 0) {
            try {
                Files.deleteIfExists(schedule.log());
            } catch (IOException e) {
                // What ended the run is what has to be said.
            }
        }
    }

    private OptionalDouble trained(LossLog log, Listener listener) {
        boolean unsaved = log.isOpen();
        OptionalDouble last = log.isOpen() ? measured(log, listener) : OptionalDouble.empty();
        while (trainer.done() < schedule.steps() && !stopped) {
            Trainer.Step step = step();
            log.add(step);
            unsaved = true;
            listener.stepped(step);
            if (isLast()) {
                save(log, listener);
            }
            if (isLast() || step.number() % schedule.testEvery() == 0) {
                last = measured(log, listener);
            } else {
                log.end(OptionalDouble.empty());
            }
            if (!stopped && !isLast() && step.number() % schedule.saveEvery() == 0) {
                save(log, listener);
                unsaved = false;
            }
        }
        if (unsaved || saved != trainer.done()) {
            save(log, listener);
        }
        AtomicFile.write(schedule.picture(), LossCurve.svg(title, unit, log.lines()));
        return isLast() ? last : OptionalDouble.empty();
    }

    private boolean isLast() {
        return trainer.done() == schedule.steps();
    }

    private Trainer.Step step() {
        List<Map<String, Tensor>> some = new ArrayList<>();
        for (int i = 0; i < schedule.accumulate(); i++) {
            some.add(batches.training(trainer.done() * schedule.accumulate() + i));
        }
        try {
            return trainer.step(some);
        } catch (DiagnosticException e) {
            throw saved < 0 ? e : withCheckpoint(e);
        }
    }

    private DiagnosticException withCheckpoint(DiagnosticException e) {
        String note = "the last checkpoint, " + schedule.checkpoint() + ", is of step " + saved;
        return new DiagnosticException(
                e.diagnostics().stream().map(d -> d.note(note)).toList());
    }

    /** The loss on what is held out, which ends the line of the last step; empty when the run is stopped meanwhile. */
    private OptionalDouble measured(LossLog log, Listener listener) {
        long count = batches.heldOutBatches(isLast() ? Long.MAX_VALUE : schedule.testMost());
        double sum = 0;
        for (long b = 0; b < count; b++) {
            if (stopped) {
                return OptionalDouble.empty();
            }
            sum += trainer.loss(batches.heldOut(b, count));
        }
        double loss = sum / count;
        log.end(OptionalDouble.of(loss));
        best = loss < best ? loss : best;
        listener.tested(trainer.done(), loss);
        return OptionalDouble.of(loss);
    }

    private void save(LossLog log, Listener listener) {
        Map<String, String> text = new LinkedHashMap<>(identity);
        // The last place of a window predicts nothing, so nothing is learnt about it.
        text.put(WINDOW, String.valueOf(Math.max(1, batches.window() - 1)));
        text.put(BEST, String.valueOf(best));
        text.put(LOG, String.valueOf(log.synchronise()));
        text.put(CODE, Fingerprint.of(trainer.code()));
        trainer.save(schedule.checkpoint(), text);
        saved = trainer.done();
        listener.saved(saved);
    }

    private LossLog resume(Listener listener) {
        Map<String, String> text = Checkpoint.text(schedule.checkpoint());
        identity.forEach((name, now) -> requireSame(schedule, name, now, text.get(name)));
        best = number(text, BEST, Double.POSITIVE_INFINITY);
        double length = number(text, LOG, 0);
        trainer.load(schedule.checkpoint());
        saved = trainer.done();
        if (!Fingerprint.of(trainer.code()).equals(text.get(CODE))) {
            listener.warned(
                    "the generated code is not that of the checkpoint, by another version, processor or number of"
                            + " vector lanes: the training goes on, but its bits may differ from an undisturbed one");
        }
        return LossLog.resume(schedule.log(), (long) length, saved);
    }

    private static void requireSame(Schedule schedule, String name, String now, String before) {
        if (now.equals(before)) {
            return;
        }
        Diagnostic d = Diagnostic.of(
                TrainCode.CHECKPOINT,
                "the checkpoint " + schedule.checkpoint() + " is of another training, by its "
                        + name.substring(name.lastIndexOf('.') + 1));
        for (String line : changes(before, now)) {
            d = d.note(line);
        }
        throw new DiagnosticException(
                d.hint("resume with what it began with, or begin another training with its weights: --from "
                        + schedule.checkpoint()));
    }

    private static List<String> changes(String before, String now) {
        if (before == null) {
            return List.of("then: nothing is said, it was not written by `heddle train`", "now:  " + now);
        }
        List<String> options = SettingsChange.between(before, now);
        return options.isEmpty() ? List.of("then: " + before, "now:  " + now) : options;
    }

    private double number(Map<String, String> text, String name, double otherwise) {
        try {
            return text.containsKey(name) ? Double.parseDouble(text.get(name)) : otherwise;
        } catch (NumberFormatException e) {
            throw new DiagnosticException(Diagnostic.of(
                    TrainCode.CHECKPOINT,
                    "the checkpoint " + schedule.checkpoint() + " says " + name + " is " + text.get(name)));
        }
    }

    /** The least loss that was measured on what is held out; infinite before the first. */
    public double best() {
        return best;
    }
}
