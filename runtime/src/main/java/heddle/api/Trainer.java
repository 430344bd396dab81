package heddle.api;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * Trains a model step by step, in a loop of your own. The same batches give the same bits, on any number of threads and
 * with a {@link #save} and {@link #load} between any two steps. Not for use by several threads at once.
 *
 * @since 0.2
 */
@Experimental
public final class Trainer {
    private final heddle.runtime.train.Trainer trainer;

    Trainer(heddle.runtime.train.Trainer trainer) {
        this.trainer = trainer;
    }

    /**
     * One step on a batch.
     *
     * @param batch the model's inputs by name
     * @return the loss before the step
     * @throws HeddleException when the batch does not fit, or the loss or a gradient is not finite; no weight has changed
     *     then
     */
    public double step(Map<String, Tensor> batch) {
        return step(List.of(batch));
    }

    /**
     * One step on the mean of the losses of several batches, which takes the memory of one.
     *
     * @param batches at least one
     * @return the mean loss before the step
     * @throws HeddleException as for one batch
     */
    public double step(List<Map<String, Tensor>> batches) {
        return HeddleException.rethrow(() ->
                trainer.step(batches.stream().map(Tensor::unwrapped).toList()).loss());
    }

    /** The loss of a batch with the weights as they are. No dropout drops anything. */
    public double loss(Map<String, Tensor> batch) {
        return HeddleException.rethrow(() -> trainer.loss(Tensor.unwrapped(batch)));
    }

    /** How many steps were done, those before {@link #load} among them. */
    public long steps() {
        return trainer.done();
    }

    /** Copies of all weights as they are, to compile the model with. Those that are frozen take their memory twice, too. */
    public SequencedMap<String, Tensor> weights() {
        return Tensor.wrapped(trainer.weights());
    }

    /**
     * Writes weights, the optimiser's moments and the number of steps to a safetensors file, which is also a weight file.
     * A process that is killed meanwhile leaves the file as it was.
     *
     * @throws HeddleException when it cannot be written
     */
    public void save(Path file) {
        HeddleException.rethrow(() -> {
            trainer.save(file, Map.of());
            return file;
        });
    }

    /**
     * Goes on from a file that {@link #save} or {@code heddle train} wrote.
     *
     * @throws HeddleException when the file is none, or one of another model
     */
    public void load(Path file) {
        HeddleException.rethrow(() -> trainer.load(file));
    }
}
