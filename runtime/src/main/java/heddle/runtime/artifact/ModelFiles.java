package heddle.runtime.artifact;

import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.RuntimeCode;
import heddle.runtime.cache.CacheDirectory;
import java.nio.file.Path;

/** Finds the files that people name: by path, or as {@code maven:group:artifact:version!/file}. */
public final class ModelFiles {
    private final ArtifactCache artifacts;

    public ModelFiles(ArtifactCache artifacts) {
        this.artifacts = artifacts;
    }

    /** Files of this user, artefacts in the user's cache; {@code listener} is told of downloads. */
    public static ModelFiles ofUser(DownloadListener listener) {
        return new ModelFiles(new ArtifactCache(CacheDirectory.ofUser(), ArtifactSource.installed(), listener));
    }

    /** The file a name stands for; relative paths start from {@code directory}. */
    public Path find(String name, Path directory) {
        if (!ArtifactEntry.isMeantBy(name)) {
            return directory.resolve(name);
        }
        ArtifactEntry entry = ArtifactEntry.parse(name)
                .orElseThrow(() -> new DiagnosticException(
                        Diagnostic.of(RuntimeCode.ARTIFACT, "\"" + name + "\" does not name a file in an artefact")
                                .hint("write maven:group:artifact:version!/path/in/the.jar")));
        return artifacts.file(entry);
    }
}
