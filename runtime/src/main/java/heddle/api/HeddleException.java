package heddle.api;

import heddle.compiler.type.LengthTooLargeException;
import heddle.compiler.type.UnknownLengthException;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.diagnostic.DiagnosticRenderer;
import heddle.runtime.LengthMistakes;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Thrown when a model, its weights or its inputs are wrong. The message is what {@code heddle} prints: each mistake with
 * its place and what to do about it.
 *
 * @since 0.2
 */
public final class HeddleException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /**
     * One mistake.
     *
     * @param code    {@code H0805}; {@code docs/errors} has a page for each
     * @param message what is wrong, in one sentence
     * @param hint    what to do about it
     * @since 0.2
     */
    public record Mistake(String code, String message, Optional<String> hint) {}

    private final transient List<Mistake> mistakes;

    private HeddleException(DiagnosticException cause) {
        super(new DiagnosticRenderer(false).render(cause.diagnostics()).strip(), cause);
        this.mistakes =
                cause.diagnostics().stream().map(HeddleException::mistake).toList();
    }

    private static Mistake mistake(Diagnostic d) {
        return new Mistake(d.code().id(), d.message(), d.hint());
    }

    /** What is wrong, at least one thing. */
    public List<Mistake> mistakes() {
        return mistakes;
    }

    /** Calls what reports mistakes as the insides of Heddle do. */
    static <T> T rethrow(Supplier<T> call) {
        try {
            return call.get();
        } catch (DiagnosticException e) {
            throw new HeddleException(e);
        } catch (UnknownLengthException e) {
            throw new HeddleException(new DiagnosticException(LengthMistakes.of(e)));
        } catch (LengthTooLargeException e) {
            throw new HeddleException(new DiagnosticException(LengthMistakes.of(e)));
        }
    }
}
