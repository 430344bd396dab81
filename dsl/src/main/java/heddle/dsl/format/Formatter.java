package heddle.dsl.format;

import heddle.dsl.DeepStack;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.doc.DocPrinter;
import heddle.dsl.parse.Arrangement;
import heddle.dsl.source.SourceFile;

/**
 * Formats a file in the one style of Heddle. It keeps meaning, comments, brackets and the spelling of numbers. Of
 * several empty lines it keeps one. It breaks lines longer than 100 columns where the grammar allows it.
 */
public final class Formatter {
    private static final int WIDTH = 100;

    private Formatter() {}

    /**
     * The formatted text; formatting it again changes nothing.
     *
     * @throws DiagnosticException if the file cannot be parsed
     */
    public static String format(SourceFile file) {
        return DeepStack.call(() -> Columns.align(DocPrinter.print(Arrangement.of(file), WIDTH)));
    }
}
