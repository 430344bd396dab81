package heddle.cli;

import heddle.compiler.type.TensorType;
import heddle.runtime.CompileOptions;
import heddle.runtime.HeddleModel;
import heddle.runtime.input.IndexRange;
import heddle.runtime.input.LengthBinding;
import heddle.runtime.input.ModelInputs;
import heddle.runtime.input.RandomTensor;
import heddle.runtime.tensor.Npy;
import heddle.runtime.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import picocli.CommandLine.Option;

/** The inputs a model is run with. */
final class InputOptions {
    /** Integers that index nothing are flags more often than not. */
    private static final long FLAGS = 2;

    @Option(
            names = "--text",
            paramLabel = "TEXT",
            description = "A text for a model that takes tokens; repeat it for more.")
    private List<String> texts = new ArrayList<>();

    @Option(
            names = "--input",
            paramLabel = "NAME=FILE",
            description = "An input from an .npy file, or NAME=random; repeat it for more.")
    private Map<String, String> files = new LinkedHashMap<>();

    @Option(names = "--seed", defaultValue = "1", description = "The seed of random inputs. Default: 1.")
    private long seed;

    List<String> texts() {
        return texts;
    }

    /** The tensors; inputs that are not named stay out unless {@code randomDefault} draws them. */
    SequencedMap<String, Tensor> tensors(HeddleModel model, CompileOptions options, boolean randomDefault) {
        SequencedMap<String, TensorType> types = model.inputs();
        SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
        if (!texts.isEmpty()) {
            tensors.putAll(model.tokenize(texts, options));
        }
        List<String> random = new ArrayList<>();
        files.forEach((name, file) -> {
            if (!types.containsKey(name)) {
                throw ModelInputs.unknown(name, List.copyOf(types.keySet()));
            } else if (file.equals("random")) {
                random.add(name);
            } else {
                tensors.put(name, Npy.read(Path.of(file)));
            }
        });
        if (randomDefault) {
            types.keySet().stream()
                    .filter(n -> !tensors.containsKey(n) && !random.contains(n))
                    .forEach(random::add);
        }
        drawRandom(model, random, tensors);
        return tensors;
    }

    private void drawRandom(HeddleModel model, List<String> names, SequencedMap<String, Tensor> tensors) {
        LengthBinding binding = new LengthBinding(model.fixedLengths());
        tensors.forEach(
                (name, t) -> binding.bind("the input " + name, model.inputs().get(name), t));
        IndexRange indexes = new IndexRange(model.declaration().graph());
        for (String name : names) {
            TensorType type = model.inputs().get(name);
            type.shape().dims().forEach(d -> binding.requireAll(d.symbols()));
            long bound = indexes.rows(name, binding.lengths()).orElse(FLAGS);
            tensors.put(name, RandomTensor.of(type, binding.lengths(), seed + name.hashCode(), 1, bound));
        }
    }
}
