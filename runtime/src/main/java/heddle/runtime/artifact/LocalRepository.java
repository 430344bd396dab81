package heddle.runtime.artifact;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The repository that Maven keeps for a user, where nothing else looks into it. */
final class LocalRepository {
    private LocalRepository() {}

    /** Its directory: {@code -Dmaven.repo.local}, or else {@code ~/.m2/repository}. */
    static Path directory() {
        String named = System.getProperty("maven.repo.local");
        return named == null ? Path.of(System.getProperty("user.home"), ".m2", "repository") : Path.of(named);
    }

    /** The jar of an artefact, if it is there. */
    static Optional<Path> jar(ArtifactEntry wanted) {
        Path jar = directory()
                .resolve(wanted.group().replace('.', '/'))
                .resolve(wanted.artifact())
                .resolve(wanted.version())
                .resolve(wanted.artifact() + "-" + wanted.version() + ".jar");
        return Optional.of(jar).filter(Files::isRegularFile);
    }
}
