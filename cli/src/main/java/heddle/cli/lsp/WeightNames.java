package heddle.cli.lsp;

import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.ModelSource;
import heddle.runtime.artifact.ArtifactEntry;
import heddle.runtime.artifact.DeclaredFile;
import heddle.runtime.artifact.ModelManifest;
import heddle.runtime.cache.CacheDirectory;
import heddle.runtime.weights.WeightEntry;
import heddle.runtime.weights.WeightFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * The weights of the file that a model's manifest names, when it is on this machine. Nothing is fetched. The list of the last
 * file is kept until the file changes.
 */
final class WeightNames {
    private record Read(Path file, FileTime changed, Collection<WeightEntry> entries) {}

    private Read last;

    synchronized Collection<WeightEntry> of(ModelSource source) {
        try {
            ModelManifest manifest = source.manifest();
            Optional<Path> file = manifest.weights().flatMap(w -> onDisk(w, manifest.directory()));
            return file.isPresent() ? entries(file.get()) : List.of();
        } catch (DiagnosticException | InvalidPathException | IOException e) {
            return List.of(); // Running the model says what is wrong with the file.
        }
    }

    private Collection<WeightEntry> entries(Path file) throws IOException {
        FileTime changed = Files.getLastModifiedTime(file);
        if (last == null || !last.file.equals(file) || !last.changed.equals(changed)) {
            last = new Read(file, changed, WeightFile.open(file).entries().values());
        }
        return last.entries;
    }

    private static Optional<Path> onDisk(DeclaredFile declared, Path directory) {
        if (!ArtifactEntry.isMeantBy(declared.name())) {
            return Optional.of(directory.resolve(declared.name())).filter(Files::exists);
        }
        return ArtifactEntry.parse(declared.name())
                .map(entry -> CacheDirectory.ofUser()
                        .root()
                        .resolve("artifacts")
                        .resolve(entry.group())
                        .resolve(entry.artifact())
                        .resolve(entry.version())
                        .resolve(entry.entry()))
                .filter(Files::exists);
    }
}
