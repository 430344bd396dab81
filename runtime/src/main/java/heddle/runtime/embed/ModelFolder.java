package heddle.runtime.embed;

import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.source.SourceFile;
import heddle.runtime.Heddle;
import heddle.runtime.ModelSource;
import heddle.runtime.RuntimeCode;
import heddle.runtime.artifact.DeclaredFile;
import heddle.runtime.artifact.ModelFiles;
import heddle.runtime.artifact.ModelManifest;
import heddle.runtime.file.AtomicFile;
import heddle.runtime.file.FileTree;
import heddle.runtime.text.Tokenizer;
import heddle.runtime.weights.WeightFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A directory with a model and all that it needs, which can be moved to other machines. Texts keep their places relative to each
 * other; weights and tokenizer are in directories of their own, where the manifest names them.
 */
public final class ModelFolder {
    private static final String WEIGHTS = "weights";
    private static final String TOKENIZER = "tokenizer";

    private final ModelFiles files;
    private final Path directory;

    /** What was read of the model's place, by absolute path. */
    private final Map<Path, String> texts = new TreeMap<>();

    private ModelFolder(ModelFiles files, Path directory) {
        this.files = files;
        this.directory = directory;
    }

    /**
     * Copies a model.
     *
     * @param directory made; not there yet, or empty
     * @return the model's file in it
     * @throws DiagnosticException when something is missing, or the directory cannot be written
     */
    public static Path write(ModelSource source, ModelFiles files, Path directory) {
        Path target = directory.toAbsolutePath();
        Path part = target.resolveSibling(
                "." + target.getFileName() + "." + ProcessHandle.current().pid() + "-" + System.nanoTime() + ".tmp");
        try {
            Files.createDirectories(part);
            try {
                Path model = new ModelFolder(files, part).write(source);
                Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
                return directory.resolve(part.relativize(model));
            } finally {
                FileTree.delete(part);
            }
        } catch (IOException e) {
            throw AtomicFile.unwritable(directory, e);
        }
    }

    private Path write(ModelSource given) throws IOException {
        ModelSource source = new ModelSource(given.name(), given.directory(), name -> {
            Optional<SourceFile> found = given.files().apply(name);
            found.ifPresent(file -> texts.put(absolute(name), file.text()));
            return found;
        });
        Heddle.model(source, Map.of());
        SentenceFiles.read(source, false);
        Path manifest = ModelManifest.beside(absolute(source.name()));
        Path root = root();
        for (Map.Entry<Path, String> text : texts.entrySet()) {
            Path file = target(root, text.getKey());
            Files.createDirectories(file.getParent());
            boolean isManifest = text.getKey().equals(manifest);
            Files.writeString(file, isManifest ? moved(text.getValue(), source.manifest(), file) : text.getValue());
        }
        return target(root, absolute(source.name()));
    }

    /** The deepest directory that all texts lie in. */
    private Path root() {
        Path root = texts.keySet().iterator().next().getParent();
        for (Path text : texts.keySet()) {
            while (!text.startsWith(root)) {
                root = root.getParent();
            }
        }
        return root;
    }

    /** An ONNX file was read as source, and is written as that. */
    private Path target(Path root, Path text) {
        Path target = directory.resolve(root.relativize(text));
        String name = target.getFileName().toString();
        return target.resolveSibling(name.replaceFirst("(?i)\\.onnx$", ".heddle"));
    }

    private static Path absolute(String name) {
        return Path.of(name).toAbsolutePath().normalize();
    }

    /** A manifest that names the copies of weights and tokenizer. */
    private String moved(String text, ModelManifest manifest, Path file) throws IOException {
        Map<String, Path> copies = new HashMap<>();
        if (manifest.weights().isPresent()) {
            Path weights = files.find(manifest.weights().get(), manifest.directory());
            copies.put(WEIGHTS, placed(WEIGHTS, WeightFile.open(weights).files()));
        }
        Optional<DeclaredFile> tokenizer =
                manifest.tokenizer().filter(declared -> !declared.name().equals(Tokenizer.BYTES));
        if (tokenizer.isPresent()) {
            Path json = files.find(tokenizer.get(), manifest.directory());
            copies.put(TOKENIZER, placed(TOKENIZER, List.of(json)));
        }
        List<String> lines = new ArrayList<>();
        for (String line : text.split("\n", -1)) {
            String key = line.substring(0, Math.max(0, line.indexOf('='))).strip();
            Path copy = copies.get(key);
            lines.add(copy == null ? line : key + " = " + relative(file.getParent(), copy));
        }
        return String.join("\n", lines);
    }

    private static String relative(Path from, Path to) {
        return from.relativize(to).toString().replace('\\', '/');
    }

    /** Where the first of some files went, which have to lie as they lay to each other. */
    private Path placed(String kind, List<Path> together) throws IOException {
        Path first = together.getFirst().toAbsolutePath().normalize();
        Path home = directory.resolve(kind);
        for (Path file : together) {
            Path from = file.toAbsolutePath().normalize();
            copy(from, home.resolve(first.getParent().relativize(from)));
        }
        return home.resolve(first.getFileName());
    }

    private static void copy(Path from, Path to) throws IOException {
        if (!Files.isRegularFile(from)) {
            throw new DiagnosticException(Diagnostic.of(RuntimeCode.FILE_UNREADABLE, "there is no file " + from)
                    .hint("the .properties file beside the model names it, or the file of its weights"));
        }
        Files.createDirectories(to.getParent());
        Files.copy(from, to);
    }
}
