package heddle.runtime;

import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.diagnostic.Suggest;
import heddle.dsl.source.SourceFile;
import heddle.runtime.artifact.ArtifactEntry;
import heddle.runtime.artifact.DeclaredFile;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Encoders that Heddle knows by name. Others have published them as Maven artefacts, which hold weights and a tokenizer. The source of each
 * model, and the manifest that says how its vectors are made, are resources of Heddle: an import at each start would take seconds.
 */
public final class PublishedModels {
    private static final String FOLDER = "heddle/models/";
    private static final List<String> NAMES =
            List.of("all-minilm-l6-v2", "all-minilm-l6-v2-q", "e5-small-v2", "e5-small-v2-q");
    private static final Pattern ARTIFACT = Pattern.compile("maven:([^:!]+):([^:!]+):([^:!]+)");

    private PublishedModels() {}

    /** The names of all. */
    public static List<String> names() {
        return NAMES;
    }

    /** Whether a name is written as that of a file, not of a published model: with a slash, or as {@code .heddle} or {@code .onnx}. */
    public static boolean isFile(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return name.contains("/") || name.contains("\\") || lower.endsWith(".heddle") || lower.endsWith(".onnx");
    }

    /** The model of a name. @throws DiagnosticException that lists the names there are */
    public static ModelSource named(String name) {
        if (!NAMES.contains(name)) {
            Diagnostic unknown = Diagnostic.of(
                            RuntimeCode.MODEL_UNKNOWN, "no published model is known as \"" + name + "\"")
                    .note("there are " + String.join(", ", NAMES));
            throw new DiagnosticException(Suggest.closest(name, NAMES)
                    .map(meant -> unknown.hint("did you mean " + meant + "?"))
                    .orElseGet(() -> unknown.hint("a model of your own is a file, such as model.onnx")));
        }
        return ModelSource.resource(FOLDER + name + ".heddle", PublishedModels.class.getClassLoader());
    }

    /**
     * The model in an artefact.
     *
     * @param artifact {@code maven:group:artifact:version}; of a version that Heddle does not know, files have no sums to be held to
     * @param notes    is told of such a version
     * @throws DiagnosticException when no model in the artefact is known
     */
    public static ModelSource in(String artifact, Consumer<String> notes) {
        Matcher wanted = ARTIFACT.matcher(artifact);
        if (wanted.matches()) {
            for (String name : NAMES) {
                ModelSource model = named(name);
                ArtifactEntry known = weights(model);
                if (known.group().equals(wanted.group(1)) && known.artifact().equals(wanted.group(2))) {
                    String version = wanted.group(3);
                    if (version.equals(known.version())) {
                        return model;
                    }
                    notes.accept("the sums of the files in " + artifact + " are not known; they are for version "
                            + known.version());
                    return withVersion(model, known.version(), version);
                }
            }
        }
        String known = NAMES.stream()
                .map(name -> "maven:" + weights(named(name)).coordinates())
                .collect(Collectors.joining(", "));
        throw new DiagnosticException(
                Diagnostic.of(RuntimeCode.MODEL_UNKNOWN, "no model in the artefact \"" + artifact + "\" is known")
                        .note("there are " + known)
                        .hint(
                                wanted.matches()
                                        ? "name the file in it: maven:group:artifact:version!/model.onnx"
                                        : "write the version too: maven:group:artifact:version"));
    }

    private static ArtifactEntry weights(ModelSource model) {
        return model.manifest()
                .weights()
                .map(DeclaredFile::name)
                .flatMap(ArtifactEntry::parse)
                .orElseThrow();
    }

    /** The model with files of another version, whose sums nobody knows. */
    private static ModelSource withVersion(ModelSource model, String known, String version) {
        return new ModelSource(model.name(), model.directory(), name -> {
            Optional<SourceFile> file = model.files().apply(name);
            return name.equals(model.manifestName())
                    ? file.map(f -> new SourceFile(name, withVersion(f.text(), known, version)))
                    : file;
        });
    }

    private static String withVersion(String manifest, String known, String version) {
        return manifest.lines()
                .filter(line -> !line.contains(".sha256"))
                .map(line -> line.replace(":" + known + "!/", ":" + version + "!/"))
                .collect(Collectors.joining("\n"));
    }
}
