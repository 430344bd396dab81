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

    /** The source that a jar on the class path offers; what the local repository has when there is no such jar. */
    static ArtifactSource installed() {
        return (wanted, listener) -> ServiceLoader.load(ArtifactSource.class, ArtifactSource.class.getClassLoader())
                .findFirst()
                .map(source -> source.resolve(wanted, listener))
                .or(() -> LocalRepository.jar(wanted))
                .orElseThrow(() -> missing(wanted));
    }

    private static DiagnosticException missing(ArtifactEntry wanted) {
        return new DiagnosticException(Diagnostic.of(
                        RuntimeCode.ARTIFACT_SOURCE,
                        "the artefact " + wanted.coordinates()
                                + " is not there, and nothing on the class path fetches it")
                .note(wanted.entry() + " in it is needed; it is not on the class path, and the artefact is not in "
                        + LocalRepository.directory())
                .note("as a dependency: " + dependency(wanted))
                .hint("add that dependency, or dev.heddle:heddle-maven, which fetches artefacts; or name a file"));
    }

    /** Heddle needs the artefact's files alone, not what its classes need. */
    private static String dependency(ArtifactEntry wanted) {
        return "<dependency><groupId>" + wanted.group() + "</groupId><artifactId>" + wanted.artifact()
                + "</artifactId><version>" + wanted.version() + "</version><exclusions><exclusion><groupId>*</groupId>"
                + "<artifactId>*</artifactId></exclusion></exclusions></dependency>";
    }
}
