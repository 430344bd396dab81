package heddle.runtime.artifact;

import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.RuntimeCode;
import java.nio.file.Path;
import java.util.ServiceLoader;

/** Where artefacts come from. A jar that offers one as a service is used without more ado: {@code heddle-maven} does. */
@FunctionalInterface
public interface ArtifactSource {
    /**
     * The artefact's jar on this machine, fetched first when it is not there.
     *
     * @param listener told of downloads
     * @throws DiagnosticException when it cannot be had
     */
    Path resolve(ArtifactEntry wanted, DownloadListener listener);

    /** The source that a jar on the class path offers; one that has nothing when there is no such jar. */
    static ArtifactSource installed() {
        return (wanted, listener) -> ServiceLoader.load(ArtifactSource.class, ArtifactSource.class.getClassLoader())
                .findFirst()
                .orElseThrow(() -> missing(wanted))
                .resolve(wanted, listener);
    }

    private static DiagnosticException missing(ArtifactEntry wanted) {
        return new DiagnosticException(
                Diagnostic.of(RuntimeCode.ARTIFACT_SOURCE, "nothing on the class path fetches Maven artefacts")
                        .note(wanted + " is needed")
                        .hint("add the dependency dev.heddle:heddle-maven, or name a file"));
    }
}
