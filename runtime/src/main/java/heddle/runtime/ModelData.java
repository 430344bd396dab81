package heddle.runtime;

import heddle.compiler.frontend.Model.Declaration;
import heddle.compiler.ir.Graph;
import heddle.compiler.type.DType;
import heddle.compiler.type.Stored;
import heddle.compiler.type.TensorType;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.diagnostic.Suggest;
import heddle.runtime.artifact.DeclaredFile;
import heddle.runtime.artifact.ModelManifest;
import heddle.runtime.cache.CacheDirectory;
import heddle.runtime.input.IntegerRange;
import heddle.runtime.input.IntegerUses;
import heddle.runtime.input.RandomTensor;
import heddle.runtime.tensor.StoredArray;
import heddle.runtime.tensor.Tensor;
import heddle.runtime.text.Tokenizer;
import heddle.runtime.weights.WeightBinding;
import heddle.runtime.weights.WeightFile;
import heddle.runtime.weights.WeightView;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Collectors;

/** Finds a model's weights and tokenizer: where the options say, or else where the manifest beside the model says. */
final class ModelData {
    /** Texts are cut here when the manifest does not say where. */
    private static final int DEFAULT_TOKENS = 512;

    /** Stands for weights that are drawn. */
    private static final String RANDOM = "random";

    private final ModelSource model;
    private final Graph graph;
    private final ModelManifest manifest;
    private final CompileOptions options;

    ModelData(ModelSource model, Graph graph, CompileOptions options) {
        this.model = model;
        this.graph = graph;
        this.manifest = model.manifest();
        this.options = options;
    }

    /** The weights; each is read or drawn whenever it is asked for. */
    Map<String, Tensor> weights(List<Declaration> wanted) {
        if (wanted.isEmpty()) {
            return Map.of();
        }
        if (options.weights().equals(Optional.of(RANDOM))) {
            return random(wanted);
        }
        Path file = weightFile()
                .orElseThrow(
                        () -> new DiagnosticException(
                                Diagnostic.of(
                                                RuntimeCode.WEIGHTS_NOT_GIVEN,
                                                "the model " + model.name() + " has "
                                                        + HeddleModel.counted(wanted.size(), "weight")
                                                        + " and no weight file was named")
                                        .hint(
                                                "name one with --weights FILE, in Java with Options.weights, or in "
                                                        + model.manifestName()
                                                        + " beside the model: weights = FILE; --weights random draws some, to try the model out")));
        return WeightBinding.bind(WeightFile.open(file), wanted, options.conversion());
    }

    /** The file that the weights are read from; none when they are drawn, or not named. */
    Optional<Path> weightFile() {
        return options.weights().equals(Optional.of(RANDOM))
                ? Optional.empty()
                : find(options.weights(), manifest.weights(), RANDOM, RuntimeCode.WEIGHT_FILE_UNREADABLE);
    }

    /** Weights that are drawn whenever they are asked for, the same each time. */
    private Map<String, Tensor> random(List<Declaration> wanted) {
        SequencedMap<String, Declaration> byName = new LinkedHashMap<>();
        wanted.forEach(w -> byName.put(w.name(), w));
        Map<String, Declaration> scaled = new HashMap<>();
        wanted.forEach(w -> w.held().scales().ifPresent(s -> scaled.put(s.name(), w)));
        return new WeightView(
                byName.sequencedKeySet(),
                name -> random(byName.get(name), Optional.ofNullable(scaled.get(name))),
                name -> byName.get(name).held().stored());
    }

    /**
     * Floats are scaled so that a product with a matrix keeps the size of what it multiplies.
     *
     * @param scaled the quantised weight that a tensor of scales belongs to
     */
    private Tensor random(Declaration w, Optional<Declaration> scaled) {
        TensorType type = w.type();
        Stored held = w.held().stored();
        int seed = w.name().hashCode();
        if (held.isQuantised()) {
            return RandomTensor.quantised(type, held, seed);
        }
        if (scaled.isPresent()) {
            double deviation = RandomTensor.deviation(scaled.get().held().stored());
            return RandomTensor.scales(type, deviation(scaled.get().type()) / deviation, seed);
        }
        IntegerRange range = IntegerUses.range(graph, Map.of(), w.name(), type);
        Tensor drawn = RandomTensor.of(type, Map.of(), seed, deviation(type), range);
        return type.dtype() == DType.F32 && held.isPacked()
                ? Tensor.packed(type.dtype(), drawn.shape(), held, StoredArray.packed(drawn.floats(), held))
                : drawn;
    }

    private static double deviation(TensorType type) {
        return type.rank() < 2 ? 1 : 1 / Math.sqrt(type.dim(-2).evaluate(Map.of()));
    }

    Tokenizer tokenizer() {
        int limit = manifest.tokens().orElse(DEFAULT_TOKENS);
        Optional<String> named =
                options.tokenizer().or(() -> manifest.tokenizer().map(DeclaredFile::name));
        if (named.filter(Tokenizer.BYTES::equals).isPresent()) {
            return Tokenizer.bytes(limit);
        }
        Path file = find(options.tokenizer(), manifest.tokenizer(), Tokenizer.BYTES, RuntimeCode.TOKENIZER)
                .orElseThrow(() -> new DiagnosticException(
                        Diagnostic.of(RuntimeCode.TOKENIZER, "no tokenizer was named for " + model.name())
                                .hint("name one with --tokenizer FILE, in Java with Options.tokenizer, or in "
                                        + model.manifestName()
                                        + " beside the model: tokenizer = FILE; a model of bytes has the tokenizer "
                                        + Tokenizer.BYTES)));
        return Tokenizer.open(file, limit, CacheDirectory.ofUser());
    }

    /** What tells the weights and the tokenizer from others, without reading all of them. */
    String identity() {
        return identity(options.weights(), manifest.weights()) + besideWeights() + " "
                + identity(options.tokenizer(), manifest.tokenizer());
    }

    /** Files that hold tensors of the weight file, beside it. */
    private String besideWeights() {
        if (options.weights().equals(Optional.of(RANDOM))) {
            return "";
        }
        return weightFile().map(WeightFile::open).stream()
                .flatMap(file -> file.files().stream().skip(1))
                .map(file -> " "
                        + options.files().identity(new DeclaredFile(file.toString(), Optional.empty()), Path.of("")))
                .collect(Collectors.joining());
    }

    private String identity(Optional<String> asked, Optional<DeclaredFile> declared) {
        Optional<String> name = asked.or(() -> declared.map(DeclaredFile::name));
        if (name.isEmpty() || name.get().equals(RANDOM) || name.get().equals(Tokenizer.BYTES)) {
            return name.orElse("none");
        }
        return asked.map(file -> options.files().identity(new DeclaredFile(file, Optional.empty()), Path.of("")))
                .orElseGet(() -> options.files().identity(declared.get(), manifest.directory()));
    }

    /** @param word that may stand for a file @param code of a slip in it */
    private Optional<Path> find(
            Optional<String> asked, Optional<DeclaredFile> declared, String word, RuntimeCode code) {
        asked.ifPresent(name -> isNoSlip(name, word, code));
        return asked.map(name -> options.files().find(name, Path.of("")))
                .or(() -> declared.map(file -> options.files().find(file, manifest.directory())));
    }

    private static void isNoSlip(String name, String word, RuntimeCode code) {
        Optional<String> meant = Suggest.closest(name, List.of(word));
        if (meant.isPresent() && !Files.exists(Path.of(name))) {
            throw new DiagnosticException(
                    Diagnostic.of(code, "there is no file " + name).hint("did you mean " + word + "?"));
        }
    }
}
