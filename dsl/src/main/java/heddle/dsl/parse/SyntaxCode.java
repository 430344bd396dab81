package heddle.dsl.parse;

import heddle.dsl.diagnostic.DiagnosticCode;

/** The codes of mistakes that the parser finds. */
public enum SyntaxCode implements DiagnosticCode {
    UNEXPECTED("H0101", "unexpected text"),
    UNCLOSED_BRACKET("H0102", "bracket never closed"),
    UNOPENED_BRACKET("H0103", "bracket closes nothing"),
    MISMATCHED_BRACKET("H0104", "brackets do not match"),
    UNTERMINATED_STRING("H0105", "string never ends"),
    STRAY_CHARACTER("H0106", "stray character"),
    FOREIGN_SPELLING("H0107", "spelling of another language"),
    RESERVED_WORD("H0108", "reserved word used as a name"),
    ASSIGNMENT_IN_EXPRESSION("H0109", "`=` and `==` confused"),
    MALFORMED_NUMBER("H0110", "malformed number"),
    NUMBER_OUT_OF_RANGE("H0111", "number out of range"),
    BAD_ESCAPE("H0112", "unknown escape in a string"),
    BAD_HOLE("H0113", "malformed hole in a string"),
    CHAINED_COMPARISON("H0114", "chained comparison"),
    MISPLACED_STATEMENT("H0115", "statement in the wrong place"),
    TOO_DEEP("H0116", "nested too deep"),
    LONE_EXPRESSION("H0117", "expression used as a statement"),
    MISSING_RANGE("H0118", "`for` without a range"),
    NOT_CALLABLE("H0119", "only a name can be called");

    private final String id;
    private final String title;

    SyntaxCode(String id, String title) {
        this.id = id;
        this.title = title;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public String title() {
        return title;
    }
}
