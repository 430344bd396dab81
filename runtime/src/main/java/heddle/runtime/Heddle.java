package heddle.runtime;

import heddle.compiler.frontend.Frontend;
import heddle.compiler.frontend.Model;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.diagnostic.Suggest;
import heddle.dsl.parse.Parser;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads models. Programs use {@code heddle.api.Heddle}, which hides what lies beneath. */
public final class Heddle {
    private Heddle() {}

    /** The version of this build. */
    public static String version() {
        return Optional.ofNullable(Heddle.class.getPackage().getImplementationVersion())
                .orElse("development build");
    }

    /**
     * Reads and checks a model.
     *
     * @throws heddle.dsl.diagnostic.DiagnosticException with every mistake in it
     */
    public static HeddleModel model(Path file) {
        return model(file, Map.of());
    }

    /**
     * Reads and checks a model some of whose lengths are known.
     *
     * @param lengths values for names that the model declares with {@code dim}; the others are bound when it runs
     */
    public static HeddleModel model(Path file, Map<String, Long> lengths) {
        return model(ModelSource.file(file), lengths);
    }

    /** A model that Heddle knows by name. @throws heddle.dsl.diagnostic.DiagnosticException that lists the names there are */
    public static HeddleModel published(String name) {
        return model(PublishedModels.named(name), Map.of());
    }

    /** The same for a model that need not be a file. */
    public static HeddleModel model(ModelSource source, Map<String, Long> lengths) {
        lengths.forEach(Heddle::requireLength);
        Model model = Frontend.elaborate(Parser.parse(source.text()).orThrow(), source::imported, lengths);
        requireDeclared(source.name(), lengths.keySet(), model);
        return new HeddleModel(source, model, lengths);
    }

    /** Longer than any array, a length would only make products of lengths overflow. */
    private static void requireLength(String name, long length) {
        if (length > Integer.MAX_VALUE) {
            throw new DiagnosticException(Diagnostic.of(
                            RuntimeCode.LENGTHS,
                            "the length " + name + " = " + length + " is more than a tensor can have elements")
                    .hint("a length is at most " + Integer.MAX_VALUE));
        }
    }

    private static void requireDeclared(String file, Set<String> names, Model model) {
        List<String> known =
                model.lengths().stream().map(Model.NamedLength::name).toList();
        for (String name : names) {
            if (!known.contains(name)) {
                Diagnostic d = Diagnostic.of(
                        RuntimeCode.LENGTH_UNKNOWN, "the model " + file + " has no length \"" + name + "\"");
                throw new DiagnosticException(Suggest.closest(name, known)
                        .map(meant -> d.hint("did you mean \"" + meant + "\"?"))
                        .orElseGet(() -> d.note(
                                known.isEmpty() ? "it has none" : "its lengths are " + String.join(", ", known))));
            }
        }
    }
}
