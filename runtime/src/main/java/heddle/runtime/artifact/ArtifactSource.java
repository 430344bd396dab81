package heddle.runtime.artifact;

import java.nio.file.Path;

/** Where artefacts come from. */
@FunctionalInterface
public interface ArtifactSource {
    /**
     * The artefact's jar on this machine, fetched first when it is not there.
     *
     * @throws heddle.dsl.diagnostic.DiagnosticException when it cannot be had
     */
    Path resolve(ArtifactEntry wanted);
}
