package heddle.runtime.artifact;

import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.RuntimeCode;
import heddle.runtime.cache.CacheDirectory;
import heddle.runtime.file.FileFault;
import heddle.runtime.file.Uninterrupted;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Finds files that users name, by path or as {@code maven:group:artifact:version!/file}. */
public final class ModelFiles {
    private final ArtifactCache artifacts;

    public ModelFiles(ArtifactCache artifacts) {
        this.artifacts = artifacts;
    }

    /**
     * The file that a manifest names; relative paths start from {@code directory}.
     *
     * @throws DiagnosticException when it does not have the sum that the manifest says
     */
    public Path find(DeclaredFile declared, Path directory) {
        Path file = find(declared.name(), declared.sha256(), directory);
        if (!ArtifactEntry.isMeantBy(declared.name()) && declared.sha256().isPresent() && Files.exists(file)) {
            check(file, declared.sha256().get());
        }
        return file;
    }

    /**
     * What tells the file that a manifest names from others: the sum that it has to have, or else its name, size and the sum of some
     * blocks.
     */
    public String identity(DeclaredFile declared, Path directory) {
        return declared.sha256().orElseGet(() -> {
            Path file = find(declared, directory);
            try {
                return file.getFileName() + "-" + Uninterrupted.read(() -> FileSums.ofBlocks(file));
            } catch (IOException e) {
                throw unreadable(file, e);
            }
        });
    }

    private static DiagnosticException unreadable(Path file, IOException e) {
        return new DiagnosticException(Diagnostic.of(RuntimeCode.FILE_UNREADABLE, file + " cannot be read")
                .note(FileFault.reason(e)));
    }

    private static void check(Path file, String wanted) {
        String found;
        try {
            found = FileSums.of(file);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
        if (!found.equals(wanted)) {
            throw Sha256.differs(
                    file.toString(),
                    wanted,
                    found,
                    "get the file again, or write its sum in the manifest if it is the one you mean");
        }
    }

    /** Files of this user, artefacts in the user's cache; {@code listener} is told of downloads. */
    public static ModelFiles ofUser(DownloadListener listener) {
        return new ModelFiles(new ArtifactCache(CacheDirectory.ofUser(), ArtifactSource.installed(), listener));
    }

    /** The file a name stands for; relative paths start from {@code directory}. */
    public Path find(String name, Path directory) {
        return find(name, Optional.empty(), directory);
    }

    private Path find(String name, Optional<String> sha256, Path directory) {
        if (!ArtifactEntry.isMeantBy(name)) {
            return directory.resolve(name);
        }
        ArtifactEntry entry = ArtifactEntry.parse(name)
                .orElseThrow(() -> new DiagnosticException(
                        Diagnostic.of(RuntimeCode.ARTIFACT, "\"" + name + "\" does not name a file in an artefact")
                                .hint("write maven:group:artifact:version!/path/in/the.jar")));
        return artifacts.file(entry, sha256);
    }
}
