package heddle.api;

import heddle.compiler.frontend.Model.Declaration;
import heddle.runtime.CompileOptions;
import heddle.runtime.HeddleModel;
import heddle.runtime.embed.ModelFolder;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * A model that was read and found right.
 *
 * @since 0.2
 */
public final class Model {
    private final HeddleModel model;

    Model(HeddleModel model) {
        this.model = model;
    }

    HeddleModel model() {
        return model;
    }

    /** Its name. */
    public String name() {
        return model.declaration().name();
    }

    /** The inputs by name, in the order of declaration. */
    public SequencedMap<String, TensorType> inputs() {
        return types(model.declaration().inputs());
    }

    /** The weights by name. */
    public SequencedMap<String, TensorType> weights() {
        return types(model.declaration().weights());
    }

    /** The outputs by name, in the order of declaration. */
    public SequencedMap<String, TensorType> outputs() {
        return types(model.declaration().outputs());
    }

    private static SequencedMap<String, TensorType> types(List<Declaration> declarations) {
        SequencedMap<String, TensorType> types = new LinkedHashMap<>();
        declarations.forEach(d -> types.put(d.name(), TensorType.of(d.type())));
        return Collections.unmodifiableSequencedMap(types);
    }

    /**
     * The same model with lengths that are known beforehand.
     *
     * @param lengths by the names that the model declares with {@code dim}; the others are taken from inputs
     * @throws HeddleException when the model is wrong with these
     */
    public Model withLengths(Map<String, Long> lengths) {
        return HeddleException.rethrow(() -> new Model(heddle.runtime.Heddle.model(model.source(), lengths)));
    }

    /**
     * The same model with the gradients of a loss as further outputs: {@code grad.NAME}, of the shape of the weight or input,
     * in {@code f32} at least. Fix lengths before.
     *
     * @param loss the name of an output that is a float without axes
     * @param by   names of weights and inputs; none for all weights of floats
     * @throws HeddleException when there is no such loss, weight or input, or when an operation has no gradient
     */
    public Model gradient(String loss, List<String> by) {
        return HeddleException.rethrow(() -> new Model(model.withGradients(Optional.of(loss), by)));
    }

    /**
     * A trainer of this model, whose weights begin as the model declares or as {@link Training#from} says. It runs on the processors
     * unless the options name the tornado target.
     *
     * @param loss the output that is made small, one number of {@code f32}
     * @throws HeddleException when the model cannot be trained, or weights are missing
     */
    @Experimental
    public Trainer trainer(String loss, Training training, Options options) {
        return HeddleException.rethrow(() ->
                new Trainer(heddle.runtime.train.Trainer.of(model, loss, training.settings(), options.options())));
    }

    /**
     * Copies the model, as it was read, into a directory with all that it needs: what it imports, its {@code .properties}, weights and
     * tokenizer, and the files of sentence-transformers that lie beside it. The directory can be moved to other machines.
     *
     * @param directory made; must not be there yet, or be empty
     * @return the model's file in it
     * @throws HeddleException when weights or the tokenizer are missing, or the directory cannot be written
     */
    @Experimental
    public Path copyTo(Path directory) {
        return HeddleException.rethrow(() ->
                ModelFolder.write(model.source(), CompileOptions.defaults().files(), directory));
    }

    /** Compiles the model and loads its weights, all as its {@code .properties} file says. */
    public CompiledModel compile() {
        return compile(Options.defaults());
    }

    /**
     * Compiles the model and loads its weights.
     *
     * @throws HeddleException  when weights are missing or do not fit, or the target cannot be had
     * @throws OutOfMemoryError that says how much memory the weights need
     */
    public CompiledModel compile(Options options) {
        return HeddleException.rethrow(() -> new CompiledModel(model.compile(options.options())));
    }

    /**
     * Compiles the model for weights that are there already; their arrays are used, not copied, but for
     * matrices of sixteen bits, of which the jvm target keeps a packed copy.
     *
     * @throws HeddleException when weights are missing or do not fit, or the target cannot be had
     */
    public CompiledModel compile(Map<String, Tensor> weights, Options options) {
        return HeddleException.rethrow(
                () -> new CompiledModel(model.compile(Tensor.unwrapped(weights), options.options())));
    }
}
