package heddle.runtime.artifact;

import java.nio.file.Path;

/** A source of artefacts. */
@FunctionalInterface
public interface ArtifactSource {
    /**
     * The artefact's jar on this machine, fetched first when it is not there.
     *
     * @throws heddle.dsl.diagnostic.DiagnosticException when it is not available
     */
    Path resolve(ArtifactEntry wanted);
}
