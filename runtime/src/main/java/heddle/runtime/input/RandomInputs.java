package heddle.runtime.input;

import heddle.compiler.type.TensorType;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.HeddleModel;
import heddle.runtime.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/** Draws inputs of a model at random, each from what the model does with it; see {@link IntegerUses}. */
public final class RandomInputs {
    private final HeddleModel model;
    private final LengthBinding binding;

    private RandomInputs(HeddleModel model, LengthBinding binding) {
        this.model = model;
        this.binding = binding;
    }

    /** @param given inputs that are not drawn; they bind lengths */
    public static RandomInputs of(HeddleModel model, Map<String, Tensor> given) {
        LengthBinding binding = new LengthBinding(model.fixedLengths());
        given.forEach((name, tensor) ->
                binding.bind("the input " + name, model.inputs().get(name), tensor));
        return new RandomInputs(model, binding);
    }

    /**
     * Draws some inputs; the same seed gives the same tensors.
     *
     * @throws DiagnosticException when a length of them is not known
     * @throws OutOfMemoryError    that says how much memory a run needs
     */
    public SequencedMap<String, Tensor> draw(List<String> names, long seed) {
        SequencedMap<String, Tensor> drawn = new LinkedHashMap<>();
        binding.requireAll(names.stream()
                .flatMap(name -> model.inputs().get(name).shape().dims().stream())
                .flatMap(d -> d.symbols().stream())
                .toList());
        try {
            names.forEach(name -> drawn.put(name, draw(name, seed)));
        } catch (OutOfMemoryError e) {
            drawn.clear();
            throw model.notEnoughMemory(binding.lengths(), e);
        }
        return drawn;
    }

    private Tensor draw(String name, long seed) {
        TensorType type = model.inputs().get(name);
        IntegerRange range = IntegerUses.range(model.declaration().graph(), binding.lengths(), name, type);
        return RandomTensor.of(type, binding.lengths(), seed + name.hashCode(), 1, range);
    }
}
