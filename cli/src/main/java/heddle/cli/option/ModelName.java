package heddle.cli.option;

import heddle.cli.Terminal;
import heddle.runtime.ModelSource;
import heddle.runtime.PublishedModels;
import heddle.runtime.artifact.ArtifactEntry;
import java.io.PrintWriter;
import java.nio.file.Path;

/**
 * What the model of a command is called: a file, a name that Heddle knows, {@code maven:group:artifact:version} for an artefact
 * that it knows, or {@code maven:group:artifact:version!/file.onnx}.
 */
final class ModelName {
    private ModelName() {}

    /**
     * Finds what a name stands for.
     *
     * @param err where notes are printed
     * @throws heddle.dsl.diagnostic.DiagnosticException when an artefact is not known, or cannot be had
     */
    static ModelSource source(String name, PrintWriter err) {
        if (ArtifactEntry.isMeantBy(name)) {
            return name.contains("!/")
                    ? ModelSource.file(Terminal.modelFiles().find(name, Path.of("")))
                    : PublishedModels.in(name, note -> err.println("note: " + note));
        }
        return PublishedModels.names().contains(name) ? PublishedModels.named(name) : ModelSource.file(Path.of(name));
    }
}
