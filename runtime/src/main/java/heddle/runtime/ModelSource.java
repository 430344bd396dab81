package heddle.runtime;

import heddle.dsl.source.SourceFile;
import heddle.runtime.artifact.ModelManifest;
import heddle.runtime.onnx.OnnxImport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;

/**
 * Where a model comes from: its own text, and the files beside it. An import names a file relative to the one that
 * imports it, or else one of the library that ships with Heddle.
 *
 * @param name      of the model's file, as messages print it
 * @param directory where relative names of weights and tokenizers start from
 * @param files     the files of the same place, by name; empty for one that is not there
 */
public record ModelSource(String name, Path directory, Function<String, Optional<SourceFile>> files) {
    /** A file, and those beside it. An ONNX file is imported. */
    public static ModelSource file(Path file) {
        if (OnnxSource.isMeantBy(file)) {
            return new ModelSource(file.toString(), file.toAbsolutePath().getParent(), new OnnxSource(file));
        }
        return new ModelSource(file.toString(), file.toAbsolutePath().getParent(), name -> {
            Path path = Path.of(name);
            boolean itself = path.equals(file);
            return itself || Files.exists(path) && !Files.isDirectory(path)
                    ? Optional.of(SourceReader.read(path))
                    : Optional.empty();
        });
    }

    /** A text that has no files beside it: it imports from Heddle's library alone. */
    public static ModelSource text(String name, String text) {
        SourceFile source = new SourceFile(name, text);
        return new ModelSource(name, Path.of(""), n -> n.equals(name) ? Optional.of(source) : Optional.empty());
    }

    /** The same as bytes of UTF-8. */
    public static ModelSource bytes(String name, byte[] text) {
        return text(name, SourceReader.text(name, text).text());
    }

    /**
     * A resource, and those beside it. Relative names of weights start from the directory that Java was started in: weights
     * are read in place, and a resource may lie in a jar.
     *
     * @param name the resource's full name, {@code models/minilm.heddle}
     */
    public static ModelSource resource(String name, ClassLoader loader) {
        return new ModelSource(name, Path.of(""), n -> SourceReader.resource(n, loader));
    }

    /** What an ONNX file was imported as; empty for a model that was read from source. */
    public Optional<OnnxImport> onnx() {
        return files instanceof OnnxSource source ? Optional.of(source.imported()) : Optional.empty();
    }

    /** The model's own text. */
    public SourceFile text() {
        return files.apply(name).orElseThrow(() -> SourceReader.unreadable("there is no file " + name, ""));
    }

    /** The file that {@code import "path"} means in {@code importer}: one of the same place, or else of Heddle's library. */
    public Optional<SourceFile> imported(String path, SourceFile importer) {
        return files.apply(sibling(importer.name(), path)).or(() -> SourceReader.library(path));
    }

    /**
     * What belongs to the model besides its text.
     *
     * @throws heddle.dsl.diagnostic.DiagnosticException when its manifest has mistakes
     */
    public ModelManifest manifest() {
        return ModelManifest.of(files.apply(manifestName()), directory);
    }

    /** Another file of the same place, if it is there. @param path relative to the model's text */
    public Optional<SourceFile> fileBeside(String path) {
        return files.apply(sibling(name, path));
    }

    /** Another model of the same place. @param path relative to this one */
    public ModelSource beside(String path) {
        return new ModelSource(sibling(name, path), directory, files);
    }

    /** The name of the model's manifest, whether it has one or not. */
    String manifestName() {
        return sibling(name, ModelManifest.beside(Path.of(name)).getFileName().toString());
    }

    private static String sibling(String name, String path) {
        Path sibling = Path.of(name).resolveSibling(path).normalize();
        return name.indexOf('/') < 0 ? sibling.toString() : sibling.toString().replace('\\', '/');
    }
}
