package heddle.runtime;

import heddle.dsl.diagnostic.DiagnosticException;
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

    /** A folder for ONNX files alone, in that of the model. */
    private static final String OWN_FOLDER = "onnx";

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
        Optional<SourceFile> there = Files.isRegularFile(path) ? Optional.of(SourceReader.read(path)) : above(path);
        return path.equals(ModelManifest.beside(file)) ? Optional.of(withWeights(name, there)) : there;
    }

    /** A file of the model that lies in the folder above, because ONNX files have one of their own: {@code onnx/model.onnx}. */
    private Optional<SourceFile> above(Path path) {
        Path folder = file.toAbsolutePath().getParent();
        Path absolute = path.toAbsolutePath();
        if (!isOwnFolder(folder)
                || !absolute.startsWith(folder)
                || !path.toString().endsWith(".json")) {
            return Optional.empty();
        }
        Path there = folder.resolveSibling(folder.relativize(absolute));
        return Files.isRegularFile(there) ? Optional.of(SourceReader.read(there)) : Optional.empty();
    }

    private static boolean isOwnFolder(Path folder) {
        return folder.endsWith(OWN_FOLDER);
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
            OnnxImport model = imported(OnnxModel.read(file));
            last = Optional.of(new Imported(size, written, model));
        }
        return last.get().model();
    }

    /** Mistakes of a graph say which file it is of. */
    private OnnxImport imported(OnnxModel model) {
        try {
            return OnnxImport.of(model, modelName(file));
        } catch (DiagnosticException e) {
            throw new DiagnosticException(e.diagnostics().stream()
                    .map(d -> d.message().contains(file.toString()) ? d : d.note("in the file " + file))
                    .toList());
        }
    }

    /**
     * The manifest of a model that was imported.
     *
     * @param weights how it names the ONNX file
     * @param file    that file, beside which a tokenizer may lie
     */
    public static String manifest(String weights, Path file) {
        String folder = weights.substring(0, weights.lastIndexOf('/') + 1);
        Optional<String> tokenizer = ArtifactEntry.isMeantBy(weights)
                ? Optional.empty()
                : tokenizer(file).map(name -> folder + name);
        return "weights = " + weights + "\n"
                + tokenizer.map(name -> "tokenizer = " + name + "\n").orElse("");
    }

    /** The tokenizer beside an ONNX file, from its folder. */
    private static Optional<String> tokenizer(Path file) {
        if (Files.isRegularFile(file.resolveSibling(TOKENIZER))) {
            return Optional.of(TOKENIZER);
        }
        Path folder = file.toAbsolutePath().getParent();
        return isOwnFolder(folder) && Files.isRegularFile(folder.resolveSibling(TOKENIZER))
                ? Optional.of("../" + TOKENIZER)
                : Optional.empty();
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
