package heddle.cli.option;

import heddle.compiler.type.DType;
import heddle.compiler.type.TensorType;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.diagnostic.Suggest;
import heddle.runtime.CompileOptions;
import heddle.runtime.HeddleModel;
import heddle.runtime.RuntimeCode;
import heddle.runtime.input.ModelInputs;
import heddle.runtime.input.RandomInputs;
import heddle.runtime.tensor.Npy;
import heddle.runtime.tensor.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The inputs a model is run with. */
public final class InputOptions {
    private static final String RANDOM = "random";
    private static final Map<DType, String> NUMPY = Map.of(
            DType.F16, "float16",
            DType.F32, "float32",
            DType.F64, "float64",
            DType.I32, "int32",
            DType.I64, "int64",
            DType.BOOL, "bool");

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--text",
            paramLabel = "TEXT",
            description = "A text for a model that takes tokens; repeat it for more.")
    private List<String> texts = new ArrayList<>();

    @Option(
            names = "--input",
            paramLabel = "NAME=FILE",
            converter = Assignment.Converter.class,
            description = "An input from an .npy file, or NAME=random; repeat it for more.")
    private List<Assignment> files = new ArrayList<>();

    @Option(
            names = "--seed",
            defaultValue = "1",
            converter = OptionNumbers.Seed.class,
            description = "The seed of random inputs. Default: 1.")
    private long seed;

    /** Of what is random. */
    public long seed() {
        return seed;
    }

    public List<String> texts() {
        return texts;
    }

    /** The files that these name. */
    public OutputFiles reads(OutputFiles all) {
        files.forEach(file -> all.reads("--input", file.value()));
        return all;
    }

    /** The tensors; inputs that are not named stay out unless {@code randomDefault} draws them. */
    public SequencedMap<String, Tensor> tensors(HeddleModel model, CompileOptions options, boolean randomDefault) {
        SequencedMap<String, TensorType> types = model.inputs();
        SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
        if (!texts.isEmpty()) {
            tensors.putAll(model.tokenize(texts, options));
        }
        SequencedMap<String, String> named = Assignment.byName(spec, "--input", known(model), Assignment::value);
        List<String> random = new ArrayList<>();
        named.forEach((name, file) -> {
            if (!types.containsKey(name)) {
                throw ModelInputs.unknown(name, List.copyOf(types.keySet()));
            } else if (tensors.containsKey(name)) {
                throw wrong("--text and --input both give " + name);
            } else if (file.equals(RANDOM)) {
                random.add(name);
            } else {
                tensors.put(name, read(name, file, types.get(name)));
            }
        });
        if (randomDefault) {
            types.keySet().stream()
                    .filter(n -> !tensors.containsKey(n) && !random.contains(n))
                    .forEach(random::add);
        }
        tensors.putAll(RandomInputs.of(model, tensors).draw(random, seed));
        return tensors;
    }

    private List<Assignment> known(HeddleModel model) {
        ImportedNames names = ImportedNames.ofInputs(model);
        return files.stream().map(file -> file.known(names)).toList();
    }

    private Tensor read(String name, String file, TensorType type) {
        if (file.isEmpty()) {
            throw wrong("--input " + name + ": the name is empty");
        }
        Path path = Path.of(file);
        if (!Files.exists(path) && Suggest.closest(file, List.of(RANDOM)).isPresent()) {
            throw wrong("--input " + name + ": there is no file " + file + "; did you mean " + RANDOM + "?");
        }
        Tensor tensor = FileName.read("--input " + name, () -> Npy.read(path));
        if (tensor.dtype() != type.dtype()) {
            throw otherElements(name, path, tensor, type);
        }
        return tensor;
    }

    /** Says the file's own type, not the one that its elements are read as. */
    private static DiagnosticException otherElements(String name, Path file, Tensor tensor, TensorType type) {
        String message = "the input " + name + " is " + Npy.numpyType(file) + Arrays.toString(tensor.shape()) + " in "
                + file + ", the model has " + type;
        Diagnostic d = Diagnostic.of(RuntimeCode.INPUT_DTYPE, message);
        return new DiagnosticException(
                type.dtype() == DType.BF16
                        ? d.hint("the format has no bfloat16: declare the input as f32, and cast it in the model")
                        : d.hint("save it with elements of that type: numpy.save(\"" + file.getFileName() + "\", "
                                + name + ".astype(\"" + NUMPY.get(type.dtype()) + "\"))"));
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    /** Draws inputs that were drawn at random once more, as the {@code n}th such draw. */
    public SequencedMap<String, Tensor> drawnAgain(HeddleModel model, Map<String, Tensor> given, int n) {
        List<String> named = known(model).stream()
                .filter(a -> !a.value().equals(RANDOM))
                .map(Assignment::name)
                .toList();
        List<String> random = texts.isEmpty()
                ? given.keySet().stream().filter(name -> !named.contains(name)).toList()
                : known(model).stream()
                        .filter(a -> a.value().equals(RANDOM))
                        .map(Assignment::name)
                        .toList();
        return RandomInputs.of(model, given).draw(random, seed + n);
    }
}
