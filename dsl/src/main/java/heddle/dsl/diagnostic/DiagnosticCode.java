package heddle.dsl.diagnostic;

/**
 * The code of a kind of mistake. Each code has a page {@code docs/errors/<id>.md}. Each part that reports mistakes
 * implements this with an enum.
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
