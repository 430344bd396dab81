package heddle.runtime;

import heddle.dsl.source.SourceFile;
import heddle.runtime.artifact.ArtifactEntry;
import heddle.runtime.artifact.ModelManifest;
import heddle.runtime.onnx.OnnxImport;
import heddle.runtime.onnx.OnnxModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/**
 * The files of an ONNX model that is read in the place of source: under its name, the source that it is imported as; under the name of
 * its manifest, that of the file beside it, or else one that names the model as the weights.
 */
public final class OnnxSource implements Function<String, Optional<SourceFile>> {
    private static final String TOKENIZER = "tokenizer.json";

    /** What was imported, and which file that was: one that is another by now is imported again. */
    private record Imported(long size, FileTime written, OnnxImport model) {}

    private final Path file;
    private Optional<Imported> last = Optional.empty();

    OnnxSource(Path file) {
        this.file = file;
    }

    /** Whether a file is meant as an ONNX model. */
    static boolean isMeantBy(Path file) {
        return file.toString().toLowerCase(Locale.ROOT).endsWith(".onnx");
    }

    @Override
    public Optional<SourceFile> apply(String name) {
        Path path = Path.of(name);
        if (path.equals(file)) {
            return Optional.of(new SourceFile(name, imported().source()));
        }
        Optional<SourceFile> there =
                Files.isRegularFile(path) ? Optional.of(SourceReader.read(path)) : Optional.empty();
        return path.equals(ModelManifest.beside(file)) ? Optional.of(withWeights(name, there)) : there;
    }

    /** The manifest; where it names no weights, the file is its own. */
    private SourceFile withWeights(String name, Optional<SourceFile> manifest) {
        String own = file.getFileName().toString();
        if (manifest.isEmpty()) {
            return new SourceFile(name, manifest(own, file));
        }
        boolean named = ModelManifest.of(manifest, file.toAbsolutePath().getParent())
                .weights()
                .isPresent();
        return named ? manifest.get() : new SourceFile(name, manifest.get().text() + "\nweights = " + own + "\n");
    }

    /** What the model was imported as. */
    synchronized OnnxImport imported() {
        long size;
        FileTime written;
        try {
            size = Files.size(file);
            written = Files.getLastModifiedTime(file);
        } catch (IOException e) {
            size = 0;
            written = FileTime.fromMillis(0); // Reading it says what is wrong.
        }
        if (last.isEmpty() || last.get().size() != size || !last.get().written().equals(written)) {
            OnnxImport model = OnnxImport.of(OnnxModel.read(file), modelName(file));
            last = Optional.of(new Imported(size, written, model));
        }
        return last.get().model();
    }

    /**
     * The manifest of a model that was imported.
     *
     * @param weights how it names the ONNX file
     * @param file    that file, beside which a tokenizer may lie
     */
    public static String manifest(String weights, Path file) {
        boolean tokenizer = Files.isRegularFile(file.resolveSibling(TOKENIZER)) && !ArtifactEntry.isMeantBy(weights);
        String folder = weights.substring(0, weights.lastIndexOf('/') + 1);
        return "weights = " + weights + "\n" + (tokenizer ? "tokenizer = " + folder + TOKENIZER + "\n" : "");
    }

    /** A name of the language for the model of a file. */
    public static String modelName(Path file) {
        String stem = file.getFileName().toString().replaceFirst("\\.[^.]*$", "");
        StringBuilder name = new StringBuilder();
        for (String word : stem.split("[^A-Za-z0-9]+")) {
            if (!word.isEmpty()) {
                name.append(Character.toUpperCase(word.charAt(0))).append(word.substring(1));
            }
        }
        return name.isEmpty() || !Character.isLetter(name.charAt(0)) ? "Model" + name : name.toString();
    }
}
