package heddle.maven;

import eu.maveniverse.maven.mima.context.Context;
import eu.maveniverse.maven.mima.context.ContextOverrides;
import eu.maveniverse.maven.mima.context.ContextOverrides.ChecksumPolicy;
import eu.maveniverse.maven.mima.context.Runtimes;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.RuntimeCode;
import heddle.runtime.artifact.ArtifactEntry;
import heddle.runtime.artifact.ArtifactSource;
import heddle.runtime.artifact.DownloadListener;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.eclipse.aether.artifact.DefaultArtifact;
import org.eclipse.aether.resolution.ArtifactRequest;
import org.eclipse.aether.resolution.ArtifactResolutionException;

/**
 * Maven repositories, as the user's settings configure them: local repository, mirrors, proxies, passwords and offline
 * mode. Downloads are checked against the repository's checksum and stay in the local repository.
 */
public final class MavenSource implements ArtifactSource {
    @Override
    public Path resolve(ArtifactEntry wanted, DownloadListener listener) {
        try (Transfers transfers = new Transfers(listener);
                Context context = Runtimes.INSTANCE.getRuntime().create(settings(transfers))) {
            ArtifactRequest request = new ArtifactRequest(
                    new DefaultArtifact(wanted.coordinates()), context.remoteRepositories(), "heddle");
            return context.repositorySystem()
                    .resolveArtifact(context.repositorySystemSession(), request)
                    .getArtifact()
                    .getFile()
                    .toPath();
        } catch (ArtifactResolutionException e) {
            throw new DiagnosticException(
                    Diagnostic.of(RuntimeCode.ARTIFACT, "the artefact " + wanted.coordinates() + " is not available")
                            .note(e.getMessage())
                            .hint("check the network, and the mirrors and proxies in ~/.m2/settings.xml; once it is"
                                    + " fetched, no network is needed"));
        }
    }

    private static ContextOverrides settings(Transfers transfers) {
        Map<String, String> properties = new HashMap<>();
        String localRepository = System.getProperty("maven.repo.local");
        if (localRepository != null) {
            properties.put("maven.repo.local", localRepository);
        }
        return ContextOverrides.create()
                .withUserSettings(true)
                .userProperties(properties)
                .checksumPolicy(ChecksumPolicy.FAIL)
                .transferListener(transfers)
                .build();
    }
}
