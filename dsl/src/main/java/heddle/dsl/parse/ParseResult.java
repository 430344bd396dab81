package heddle.dsl.parse;

import heddle.dsl.ast.SourceUnit;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import java.util.List;

/**
 * The result of parsing a file.
 *
 * @param unit        the statements that could be read, without those that have a mistake
 * @param diagnostics the mistakes, in the order of their places; empty when there are none
 */
public record ParseResult(SourceUnit unit, List<Diagnostic> diagnostics) {
    public ParseResult {
        diagnostics = List.copyOf(diagnostics);
    }

    /** The unit of a file without mistakes; throws {@link DiagnosticException} with all of them otherwise. */
    public SourceUnit orThrow() {
        if (!diagnostics.isEmpty()) {
            throw new DiagnosticException(diagnostics);
        }
        return unit;
    }
}
