package heddle.cli.option;

import heddle.runtime.HeddleModel;
import heddle.runtime.artifact.DeclaredFile;
import heddle.runtime.artifact.ModelManifest;
import heddle.runtime.file.FileFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** The files that a command is to write, checked before it computes anything: they are not those that it reads. */
public final class OutputFiles {
    private final CommandSpec spec;
    private final Map<Path, String> read = new LinkedHashMap<>();
    private final Map<Path, String> written = new LinkedHashMap<>();

    public OutputFiles(CommandSpec spec) {
        this.spec = spec;
    }

    /**
     * A file that the command reads.
     *
     * @param option as messages name it
     * @param name   null, and what is no file, such as {@code maven:} and {@code random}, stands for none
     */
    public OutputFiles reads(String option, String name) {
        return reads(option, name, Path.of(""));
    }

    private OutputFiles reads(String option, String name, Path directory) {
        try {
            if (name != null && Files.isRegularFile(directory.resolve(name))) {
                read.putIfAbsent(directory.resolve(name), option);
            }
        } catch (InvalidPathException e) {
            // It is no file.
        }
        return this;
    }

    /** The model's text, what it imports, its manifest and what that names. */
    public OutputFiles reads(HeddleModel model) {
        String name = model.source().name();
        reads("the model", name);
        reads("the model", ModelManifest.beside(Path.of(name)).toString());
        model.declaration().files().forEach(file -> reads("the model", file.name()));
        ModelManifest manifest = model.source().manifest();
        Stream.of(manifest.weights(), manifest.tokenizer())
                .flatMap(Optional::stream)
                .map(DeclaredFile::name)
                .forEach(file -> reads("the model's manifest", file, manifest.directory()));
        return this;
    }

    /**
     * Adds a file.
     *
     * @param option as messages name it
     * @throws ParameterException when another option writes or reads the same file
     * @throws heddle.dsl.diagnostic.DiagnosticException when it cannot be written
     */
    public void add(String option, Path file) {
        FileFault.requireWritable(file);
        same(read, file).ifPresent(reader -> {
            throw wrong(option + " would replace " + file + ", which " + reader + " names");
        });
        same(written, file).ifPresent(writer -> {
            throw wrong(
                    writer.equals(option)
                            ? option + " writes " + file + " twice"
                            : writer + " and " + option + " both write " + file);
        });
        written.put(file, option);
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private static Optional<String> same(Map<Path, String> files, Path file) {
        return files.entrySet().stream()
                .filter(e -> isSame(e.getKey(), file))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    /** Whether two paths lead to one file, there or not. */
    private static boolean isSame(Path a, Path b) {
        try {
            return Files.exists(a) && Files.exists(b) ? Files.isSameFile(a, b) : whole(a).equals(whole(b));
        } catch (IOException e) {
            return a.toAbsolutePath().normalize().equals(b.toAbsolutePath().normalize());
        }
    }

    private static Path whole(Path file) throws IOException {
        Path absolute = file.toAbsolutePath();
        return absolute.getParent().toRealPath().resolve(absolute.getFileName());
    }
}
