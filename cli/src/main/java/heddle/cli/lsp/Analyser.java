package heddle.cli.lsp;

import heddle.compiler.frontend.Frontend;
import heddle.compiler.frontend.Model;
import heddle.compiler.frontend.value.FrontendCode;
import heddle.compiler.type.LengthTooLargeException;
import heddle.dsl.DeepStack;
import heddle.dsl.ast.Item;
import heddle.dsl.ast.SourceUnit;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.parse.ParseResult;
import heddle.dsl.parse.Parser;
import heddle.dsl.source.SourceFile;
import heddle.runtime.LengthMistakes;
import heddle.runtime.ModelSource;
import heddle.runtime.SourceReader;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Reads a version of a document as {@code heddle check} does. Other files are read as the editor has them, where it has them open. */
final class Analyser {
    /** The text of an open document by the name of its file. */
    private final Function<String, Optional<String>> open;

    /** Imported files by name; they seldom change. */
    private final Map<String, SourceUnit> parsed = new HashMap<>();

    Analyser(Function<String, Optional<String>> open) {
        this.open = open;
    }

    /**
     * Reads a version.
     *
     * @param settings lengths by name
     * @param clean    an earlier version without mistakes in its syntax, whose values are those of one that has some
     */
    Analysis analyse(DocumentText document, Map<String, Long> settings, Optional<Analysis> clean) {
        return DeepStack.call(() -> analysed(document, settings, clean));
    }

    private Analysis analysed(DocumentText document, Map<String, Long> settings, Optional<Analysis> clean) {
        SourceFile file = new SourceFile(document.name(), document.text());
        Set<String> read = new TreeSet<>();
        ModelSource source = source(file, read);
        ParseResult syntax = Parser.parse(file);
        boolean isParsed = syntax.diagnostics().isEmpty();
        Values values = isParsed
                ? new Values(file)
                : clean.map(c -> c.values().in(document.text())).orElseGet(() -> new Values(file));
        Optional<Model> model = Optional.empty();
        List<Diagnostic> mistakes = syntax.diagnostics();
        if (isParsed) {
            try {
                model = Optional.of(Frontend.elaborate(syntax.unit(), source::imported, Map.of(), values));
                mistakes = model.get().warnings();
            } catch (DiagnosticException e) {
                mistakes = of(syntax.unit(), e.diagnostics());
            } catch (LengthTooLargeException e) {
                mistakes = List.of(LengthMistakes.of(e));
            }
        }
        return new Analysis(
                document,
                new Lines(document.text()),
                isParsed,
                syntax.unit(),
                source,
                model,
                mistakes,
                values,
                ReadNames.of(syntax.unit(), (path, importer) -> imported(path, importer, source)),
                LengthComments.of(file, lengths(syntax.unit()), settings),
                read);
    }

    /** A file of functions alone is there to be imported, and needs no output. */
    private static List<Diagnostic> of(SourceUnit unit, List<Diagnostic> mistakes) {
        boolean isLibrary = unit.items().stream().noneMatch(Item.Input.class::isInstance);
        return mistakes.stream()
                .filter(d -> !(isLibrary && d.code() == FrontendCode.NO_OUTPUT))
                .toList();
    }

    private static Set<String> lengths(SourceUnit unit) {
        return unit.items().stream()
                .filter(Item.Dims.class::isInstance)
                .flatMap(i -> ((Item.Dims) i).lengths().stream())
                .map(length -> length.name().text())
                .collect(Collectors.toSet());
    }

    /** Where a document comes from. @param read is told the names of other files that are asked for */
    private ModelSource source(SourceFile file, Set<String> read) {
        return new ModelSource(file.name(), directory(file.name()), name -> {
            if (name.equals(file.name())) {
                return Optional.of(file);
            }
            read.add(name);
            return open.apply(name).map(text -> new SourceFile(name, text)).or(() -> onDisk(name));
        });
    }

    private static Path directory(String name) {
        try {
            Path parent = Path.of(name).getParent();
            return parent == null ? Path.of("") : parent;
        } catch (InvalidPathException e) {
            return Path.of("");
        }
    }

    private static Optional<SourceFile> onDisk(String name) {
        try {
            Path path = Path.of(name);
            return Files.isRegularFile(path) ? Optional.of(SourceReader.read(path)) : Optional.empty();
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    /** A file that an import means, read as far as it can be: its mistakes are reported elsewhere. */
    private Optional<SourceUnit> imported(String path, SourceFile importer, ModelSource source) {
        try {
            return source.imported(path, importer)
                    .map(file -> parsed.compute(
                            file.name(),
                            (name, known) -> known != null && known.file().equals(file)
                                    ? known
                                    : Parser.parse(file).unit()));
        } catch (DiagnosticException | InvalidPathException e) {
            return Optional.empty();
        }
    }
}
