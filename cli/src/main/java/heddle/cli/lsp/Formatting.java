package heddle.cli.lsp;

import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.format.Formatter;
import heddle.dsl.source.SourceFile;
import java.util.List;
import org.eclipse.lsp4j.TextEdit;

/** Formats a document as {@code heddle fmt} does. One that cannot be parsed stays as it is. */
final class Formatting {
    private Formatting() {}

    /** The edit from the first character that changes to the last; none when nothing does. Line breaks stay those of the document. */
    static List<TextEdit> of(DocumentText document) {
        String formatted;
        try {
            formatted = Formatter.format(new SourceFile(document.name(), document.text()));
        } catch (DiagnosticException e) {
            return List.of();
        }
        if (document.text().contains("\r\n")) {
            formatted = formatted.replace("\r\n", "\n").replace("\n", "\r\n");
        }
        if (formatted.equals(document.text())) {
            return List.of();
        }
        TextChange change = TextChange.between(document.text(), formatted);
        return List.of(new TextEdit(
                new Lines(document.text()).range(change.start(), change.before()),
                formatted.substring(change.start(), change.after())));
    }
}
