package heddle.api;

import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * A model as generated code, with its weights. May be used by several threads; on the processor their runs go on at the
 * same time. An interrupted thread may run it too.
 *
 * @since 0.2
 */
public final class CompiledModel {
    private final heddle.runtime.CompiledModel model;

    CompiledModel(heddle.runtime.CompiledModel model) {
        this.model = model;
    }

    /**
     * The outputs for some inputs, by name, in the order of declaration.
     *
     * @throws HeddleException  when an input is missing, unknown or does not fit
     * @throws OutOfMemoryError that says how much memory the run needs
     */
    public SequencedMap<String, Tensor> run(Map<String, Tensor> inputs) {
        return HeddleException.rethrow(() -> Tensor.wrapped(model.run(Tensor.unwrapped(inputs))));
    }

    /**
     * The outputs for some texts, by name, in one run; texts that are too long are cut, and a warning says so.
     *
     * @throws HeddleException  when the model takes no text, or no tokenizer was named
     * @throws OutOfMemoryError that says how much memory the run needs
     */
    public SequencedMap<String, Tensor> run(List<String> texts) {
        return HeddleException.rethrow(() -> Tensor.wrapped(model.run(texts)));
    }

    /** How many attentions run as one kernel each: {@code fused 6/6 attention}. */
    @Experimental
    public String fusion() {
        return model.model().explain().summary();
    }

    /** Where it runs: {@code target jvm}, or a device and its name. */
    @Experimental
    public String target() {
        return model.target().toString();
    }
}
