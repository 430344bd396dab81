package heddle.dsl.diagnostic;

/** The colours of a message, as ANSI escape sequences. */
enum Ink {
    PLAIN(""),
    BOLD("\u001b[1m"),
    ERROR("\u001b[1;31m"),
    RELATED("\u001b[1;34m"),
    FRAME("\u001b[34m"),
    HINT("\u001b[1;32m");

    static final String END = "\u001b[0m";

    final String start;

    Ink(String start) {
        this.start = start;
    }
}
