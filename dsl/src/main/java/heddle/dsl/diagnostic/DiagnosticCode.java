package heddle.dsl.diagnostic;

/**
 * The identity of a kind of mistake. Each code has a page {@code docs/errors/<id>.md}. Enums implement this, one for
 * each part that reports mistakes.
 */
public interface DiagnosticCode {
    /** {@code H} and four digits, never reused. */
    String id();

    /** A few words that name the mistake, the heading of its page. */
    String title();

    /** How bad it is. */
    default Severity severity() {
        return Severity.ERROR;
    }
}
