package heddle.compiler.frontend.function;

import heddle.compiler.frontend.value.Denotation;

/**
 * A function of the language: its signature, its description in the manual, and the primitive operations that it stands
 * for. Each has one line in the {@link Catalogue}.
 */
public interface LanguageFunction {
    /** Name and parameters. */
    Signature signature();

    /** One sentence, without a full stop, that says what it computes. */
    String summary();

    /** How the result's type follows from the arguments': {@code [.., n, k], [.., k, m] → [.., n, m]}. */
    String shapes();

    /**
     * Adds the operations of one call to the graph.
     *
     * @throws heddle.dsl.diagnostic.DiagnosticException when the arguments do not fit
     */
    Denotation expand(Arguments arguments);
}
