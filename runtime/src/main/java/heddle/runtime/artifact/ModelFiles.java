package heddle.runtime.artifact;

import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.RuntimeCode;
import java.nio.file.Path;

/** Finds files that users name, by path or as {@code maven:group:artifact:version!/file}. */
public final class ModelFiles {
    private final ArtifactCache artifacts;

    public ModelFiles(ArtifactCache artifacts) {
        this.artifacts = artifacts;
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
