package heddle.compiler.frontend;

import heddle.compiler.frontend.value.FrontendCode;
import heddle.compiler.frontend.value.Scope;
import heddle.dsl.ast.Item;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.parse.ParseResult;
import heddle.dsl.parse.Parser;
import heddle.dsl.source.SourceFile;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The imported files. Each runs once, however many files import it. */
final class Imports {
    private final ImportResolver resolver;
    private final ModelElaboration model;
    private final Map<String, SourceFile> files = new LinkedHashMap<>();
    private final Map<String, Optional<Scope>> done = new LinkedHashMap<>();
    /** The files that are being run, by name, with the imports that led there. */
    private final Map<String, Optional<Item.Import>> open = new LinkedHashMap<>();

    Imports(SourceFile main, ImportResolver resolver, ModelElaboration model) {
        this.resolver = resolver;
        this.model = model;
        files.put(main.name(), main);
        open.put(main.name(), Optional.empty());
    }

    /** The names of an imported file; empty when the file has mistakes, which were reported. */
    Optional<Scope> scope(Item.Import i, SourceFile importer) {
        SourceFile file = find(i, importer).orElseThrow(() -> {
            model.diagnostics().markIncomplete();
            return notFound(i);
        });
        if (open.containsKey(file.name())) {
            model.diagnostics().markIncomplete();
            throw file.name().equals(importer.name()) ? itself(i) : cycle(i, file);
        }
        if (!done.containsKey(file.name())) {
            files.put(file.name(), file);
            open.put(file.name(), Optional.of(i));
            done.put(file.name(), run(file));
            open.remove(file.name());
        }
        return done.get(file.name());
    }

    private Optional<SourceFile> find(Item.Import i, SourceFile importer) {
        String path = i.path().value();
        return path.isBlank() ? Optional.empty() : resolver.find(path, importer);
    }

    private Optional<Scope> run(SourceFile file) {
        ParseResult parsed = Parser.parse(file);
        parsed.diagnostics().forEach(model.diagnostics()::report);
        Scope scope = new FileElaboration(parsed.unit(), model, false).run();
        return parsed.diagnostics().isEmpty() ? Optional.of(scope) : Optional.empty();
    }

    private static DiagnosticException notFound(Item.Import i) {
        return new DiagnosticException(
                Diagnostic.at(
                                i.path().span(),
                                FrontendCode.IMPORT_NOT_FOUND,
                                "the file \"" + i.path().value() + "\" is not found")
                        .note(
                                "a path is relative to the file that imports it; files of the standard library are found by name"));
    }

    /** A file beside the importer comes before one of the library, so a model can hide the file that it means. */
    private static DiagnosticException itself(Item.Import i) {
        return new DiagnosticException(Diagnostic.at(
                        i.path().span(),
                        FrontendCode.IMPORT_CYCLE,
                        "this file imports itself: \"" + i.path().value() + "\" is its own name")
                .hint("rename this file if a file of the standard library is meant: it hides that one"));
    }

    private DiagnosticException cycle(Item.Import i, SourceFile file) {
        Diagnostic d = Diagnostic.at(
                i.path().span(), FrontendCode.IMPORT_CYCLE, "\"" + file.name() + "\" imports itself in a circle");
        for (Optional<Item.Import> step : open.values()) {
            if (step.isPresent()) {
                d = d.related(step.get().path().span(), "imported here");
            }
        }
        return new DiagnosticException(d.hint("move what both files need into a third one"));
    }

    /** All files that were read, the model's own first. */
    List<SourceFile> files() {
        return List.copyOf(files.values());
    }
}
