package heddle.cli.lsp;

import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.source.SourceFile;
import heddle.dsl.source.Span;
import java.util.List;
import java.util.Optional;
import org.eclipse.lsp4j.Location;
import org.eclipse.lsp4j.Position;

/** Where a name is declared: in the file or in one that it imports. The name of an imported file leads to that file. */
record Definitions(Places places) {
    List<Location> at(Analysis analysis, Position position) {
        Lines lines = analysis.lines();
        Cursor cursor = Cursor.at(lines, lines.offset(position));
        Optional<Span> place = switch (cursor.kind()) {
            case COMMENT -> Optional.empty();
            case TEXT -> imported(cursor, analysis);
            case CODE ->
                cursor.word().isEmpty()
                        ? Optional.empty()
                        : analysis.names().meant(cursor.start(), cursor.word()).map(Declaration::place);
        };
        return place.map(span -> places.of(span, analysis)).stream().toList();
    }

    private static Optional<Span> imported(Cursor cursor, Analysis analysis) {
        String text = analysis.lines().text();
        int end = text.indexOf('"', cursor.quote());
        if (end < 0 || cursor.keyword("import", analysis.lines()) < 0) {
            return Optional.empty();
        }
        SourceFile importer = analysis.unit().file();
        try {
            return analysis.source()
                    .imported(text.substring(cursor.quote(), end), importer)
                    .map(file -> new Span(file, 0, 0));
        } catch (DiagnosticException e) {
            return Optional.empty(); // It cannot be read, which is reported.
        }
    }
}
