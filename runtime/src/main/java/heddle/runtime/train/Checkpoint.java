package heddle.runtime.train;

import heddle.compiler.type.DType;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.tensor.Tensor;
import heddle.runtime.weights.Safetensors;
import heddle.runtime.weights.WeightEntry;
import heddle.runtime.weights.WeightFile;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * The state of a training in a safetensors file: the weights under their own names, so that {@code heddle run} reads it
 * as a weight file, both moments, and some text. It is written atomically and lies on the disk when {@link #write}
 * returns: whenever a process is killed, the file is a whole checkpoint.
 */
final class Checkpoint {
    private static final String MEAN = "adamw.mean/";
    private static final String SQUARE = "adamw.square/";

    private Checkpoint() {}

    /**
     * Writes a checkpoint.
     *
     * @param frozen weights that are not trained, for those who run the model from this file
     * @param text   what else to keep
     */
    static void write(
            Path file, TrainedWeights weights, Map<String, Tensor> frozen, long step, Map<String, String> text) {
        SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
        weights.weights().forEach(w -> tensors.put(w.name(), Tensor.of(w.elements(), w.shape())));
        tensors.putAll(frozen);
        for (TrainedWeights.Weight w : weights.weights()) {
            int end = w.offset() + w.elements().length;
            tensors.put(MEAN + w.name(), Tensor.of(Arrays.copyOfRange(weights.mean(), w.offset(), end), w.shape()));
            tensors.put(SQUARE + w.name(), Tensor.of(Arrays.copyOfRange(weights.square(), w.offset(), end), w.shape()));
        }
        Map<String, String> all = new LinkedHashMap<>(text);
        all.put(WeightFile.TRAINED_STEPS, String.valueOf(step));
        Safetensors.writeDurably(tensors, all, file);
    }

    /**
     * What a checkpoint holds.
     *
     * @param step how many steps were done
     */
    record Read(long step, Map<String, String> text) {}

    /** The text that was kept with a checkpoint. @throws DiagnosticException when the file is none */
    static Map<String, String> text(Path file) {
        WeightFile checkpoint = WeightFile.open(file);
        step(checkpoint);
        return checkpoint.metadata();
    }

    /**
     * Reads a checkpoint into weights and moments: into all of them, or none.
     *
     * @throws DiagnosticException when the file is none, or one of another model
     */
    static Read read(Path file, TrainedWeights weights) {
        WeightFile checkpoint = WeightFile.open(file);
        long step = step(checkpoint);
        for (TrainedWeights.Weight w : weights.weights()) {
            List.of(w.name(), MEAN + w.name(), SQUARE + w.name()).forEach(name -> requireEntry(checkpoint, name, w));
        }
        for (TrainedWeights.Weight w : weights.weights()) {
            copy(checkpoint, w.name(), w.elements(), 0);
            copy(checkpoint, MEAN + w.name(), weights.mean(), w.offset());
            copy(checkpoint, SQUARE + w.name(), weights.square(), w.offset());
        }
        return new Read(step, checkpoint.metadata());
    }

    private static long step(WeightFile checkpoint) {
        String text = checkpoint.metadata().get(WeightFile.TRAINED_STEPS);
        try {
            if (text != null && Long.parseLong(text) >= 0) {
                return Long.parseLong(text);
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new DiagnosticException(
                Diagnostic.of(TrainCode.CHECKPOINT, checkpoint.path() + " is not a checkpoint of a training")
                        .hint("begin with the weights of a file by --from " + checkpoint.path()));
    }

    private static void requireEntry(WeightFile from, String name, TrainedWeights.Weight w) {
        WeightEntry entry = from.entries().get(name);
        List<Long> shape = Arrays.stream(w.shape()).boxed().toList();
        if (entry == null || !entry.shape().equals(shape) || !entry.dtype().equals(Optional.of(DType.F32))) {
            throw new DiagnosticException(Diagnostic.of(
                            TrainCode.CHECKPOINT,
                            "the checkpoint " + from.path() + (entry == null ? " has no " : " has another ") + "\""
                                    + name + "\"")
                    .note("the model has f32" + shape + " here" + (entry == null ? "" : ", the file " + entry.type()))
                    .hint("resume with the model, and the frozen weights, that the training began with"));
        }
    }

    private static void copy(WeightFile from, String name, float[] to, int offset) {
        float[] held = from.read(name).floats();
        System.arraycopy(held, 0, to, offset, held.length);
    }
}
