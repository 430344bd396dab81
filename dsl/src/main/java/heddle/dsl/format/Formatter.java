package heddle.dsl.format;

import heddle.dsl.DeepStack;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.doc.DocPrinter;
import heddle.dsl.parse.Arrangement;
import heddle.dsl.source.SourceFile;

/**
 * Writes a file the one way that all Heddle is written. Meaning, comments, brackets and the spelling of numbers stay;
 * of several empty lines one stays; lines longer than 100 columns are broken where the grammar allows it.
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
