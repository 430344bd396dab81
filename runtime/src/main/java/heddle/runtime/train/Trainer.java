package heddle.runtime.train;

import heddle.compiler.frontend.Model;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.CompileOptions;
import heddle.runtime.HeddleModel;
import heddle.runtime.PlanLoader;
import heddle.runtime.tensor.Tensor;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * Trains a model step by step, for loops of any kind. A step depends on the weights, its batches and its number alone,
 * and has the same bits on any number of threads. Not for use by several threads at once.
 */
public final class Trainer {
    /** Batches of a step: 32 bits count the batches of all steps. */
    private static final int MOST_BATCHES = 1024;

    private final TrainingSettings settings;
    private final int threads;
    private final String loss;
    private final TrainedWeights weights;
    private final SequencedMap<String, Tensor> frozen;
    private final TrainingProgram gradients;
    private final TrainingProgram forward;
    private long done;

    /**
     * What a step gave.
     *
     * @param number of the step, from 1
     * @param loss   before the step, the mean over its batches
     * @param norm   of all gradients together, before it was clipped
     * @param rate   the learning rate
     */
    public record Step(long number, double loss, double norm, double rate) {}

    private Trainer(
            TrainingSettings settings,
            int threads,
            String loss,
            StartingWeights start,
            TrainingProgram gradients,
            TrainingProgram forward) {
        this.settings = settings;
        this.threads = threads;
        this.loss = loss;
        this.weights = new TrainedWeights(start.trained());
        this.frozen = start.frozen();
        this.gradients = gradients;
        this.forward = forward;
    }

    /**
     * Compiles a model for training, and gives its weights what they begin with. It runs on the jvm target unless the options name
     * the tornado target.
     *
     * @param loss the output that is made small
     * @throws DiagnosticException when the model cannot be trained, or weights are missing
     */
    public static Trainer of(HeddleModel model, String loss, TrainingSettings settings, CompileOptions options) {
        return of(model, loss, settings, options, TrainingTarget.of(options));
    }

    /** The same on a target that the caller brings. @param loader makes plans programs of it */
    public static Trainer of(
            HeddleModel model, String loss, TrainingSettings settings, CompileOptions options, PlanLoader loader) {
        return of(model, loss, settings, options, TrainingTarget.brought(loader, options.jvm()));
    }

    private static Trainer of(
            HeddleModel model, String loss, TrainingSettings settings, CompileOptions options, TrainingTarget target) {
        Model declared = model.declaration();
        StartingWeights start = StartingWeights.of(declared.weights(), settings, options);
        TrainingGraph graphs =
                new TrainingGraph(declared, loss, List.copyOf(start.trained().keySet()));
        Map<String, Long> fixed = model.fixedLengths();
        return new Trainer(
                settings,
                options.threads(),
                loss,
                start,
                TrainingProgram.of(
                        graphs.gradients(options.warnings()),
                        options.fusion(),
                        model.memoryBudget(),
                        declared,
                        fixed,
                        start.frozen(),
                        target),
                TrainingProgram.of(
                        graphs.loss(), options.fusion(), Optional.empty(), declared, fixed, start.frozen(), target));
    }

    /**
     * One step: the gradients of some batches, whose losses count alike, and one update.
     *
     * @param batches inputs by name, at least one batch
     * @throws DiagnosticException when the loss or a gradient is not finite; no weight has changed then
     */
    public Step step(List<Map<String, Tensor>> batches) {
        if (batches.isEmpty() || batches.size() > MOST_BATCHES) {
            throw new IllegalArgumentException(
                    "a step needs a batch, and takes " + MOST_BATCHES + " at most, not " + batches.size());
        }
        long number = done + 1;
        SequencedMap<String, Tensor> values = weights.tensors();
        double share = 1.0 / batches.size();
        double mean = 0;
        double norm = 0;
        for (int i = 0; i < batches.size(); i++) {
            Map<String, Tensor> outputs = gradients.run(batches.get(i), values, settings.seed(), draw(i));
            double value = outputs.get(loss).element(0);
            requireFinite(value, "loss", number, batches.get(i), draw(i));
            mean += value * share;
            weights.accumulate(byWeight(outputs), share, i == 0, threads);
            // After each, so that what is not finite is searched in the batch that brings it.
            norm = weights.norm(threads);
            requireFinite(norm, i == 0 ? "gradient" : "sum of gradients", number, batches.get(i), draw(i));
        }
        double rate = settings.rate().at(number);
        double scale = Math.min(1, settings.clip() / (norm + 1e-6));
        settings.optimiser().update(weights, number, rate, scale, threads);
        done = number;
        return new Step(number, mean, norm, rate);
    }

    /** The number of a batch of the next step among all batches: no two draw the same dropouts. */
    private long draw(int batch) {
        return done * MOST_BATCHES + batch;
    }

    private static Map<String, Tensor> byWeight(Map<String, Tensor> outputs) {
        Map<String, Tensor> gradients = new LinkedHashMap<>();
        outputs.forEach((name, tensor) -> {
            if (name.startsWith(TrainingGraph.GRADIENT)) {
                gradients.put(name.substring(TrainingGraph.GRADIENT.length()), tensor);
            }
        });
        return gradients;
    }

    private void requireFinite(double value, String what, long number, Map<String, Tensor> batch, long draw) {
        if (!Double.isFinite(value)) {
            String message = String.format(Locale.ROOT, "the %s of step %d is %s", what, number, value);
            Optional<FirstNonFinite> first =
                    gradients.firstNonFinite(batch, weights.tensors(), frozen, settings.seed(), draw);
            Diagnostic d = first.flatMap(FirstNonFinite::span)
                    .map(span ->
                            Diagnostic.at(span, TrainCode.NOT_FINITE, message).label("begins here"))
                    .orElseGet(() -> Diagnostic.of(TrainCode.NOT_FINITE, message));
            throw new DiagnosticException(d.note(first.map(FirstNonFinite::what)
                            .orElse(
                                    "where operations run one by one, all of this batch are finite; fused kernels give it, or"
                                            + " the sum with other batches"))
                    .note("no weight has changed in this step")
                    .hint(first.map(FirstNonFinite::remedy).orElse(FirstNonFinite.SMALLER)));
        }
    }

    /** The loss of a batch with the weights as they are; nothing is dropped. */
    public double loss(Map<String, Tensor> batch) {
        return forward.run(batch, weights.tensors(), settings.seed(), 0)
                .get(loss)
                .element(0);
    }

    String lossName() {
        return loss;
    }

    /** Of the weights that are not trained. */
    String frozenHash() {
        return Fingerprint.of(frozen);
    }

    TrainingSettings settings() {
        return settings;
    }

    /** How many steps were done, those before a checkpoint among them. */
    public long done() {
        return done;
    }

    /** How many numbers are trained. */
    public long trainedCount() {
        return weights.count();
    }

    /** Copies of all weights as they are, in the model's types. */
    public SequencedMap<String, Tensor> weights() {
        SequencedMap<String, Tensor> all = new LinkedHashMap<>();
        weights.weights()
                .forEach(w -> all.put(
                        w.name(), Tensor.of(w.elements().clone(), w.shape()).cast(w.type())));
        frozen.forEach((name, tensor) -> all.put(name, tensor.copy()));
        return all;
    }

    /** What the bits of the results depend on besides weights, batches and settings: the generated code. */
    String code() {
        return gradients.text();
    }

    /**
     * Writes weights, moments and the number of steps; a process that is killed meanwhile leaves the file as it was.
     *
     * @param text to keep with them
     */
    public void save(Path file, Map<String, String> text) {
        if (!weights.areFinite()) {
            throw new DiagnosticException(Diagnostic.of(
                            TrainCode.NOT_FINITE,
                            "after step " + done + " a weight is not finite: it is not written to " + file)
                    .hint("take a smaller learning rate, or a smaller norm to clip to"));
        }
        Checkpoint.write(file, weights, frozen, done, text);
    }

    /**
     * Goes on from a checkpoint.
     *
     * @return the text that was kept with it
     * @throws DiagnosticException when it is none, or one of another model
     */
    public Map<String, String> load(Path file) {
        Checkpoint.Read read = Checkpoint.read(file, weights);
        done = read.step();
        return read.text();
    }
}
