package heddle.compiler.ir.text;

import heddle.dsl.diagnostic.DiagnosticCode;

/** Reports mistakes in the text form of a graph. */
public enum GraphErrors implements DiagnosticCode {
    SYNTAX("H1001", "The text of a graph cannot be read"),
    UNKNOWN_OPERATION("H1002", "An operation of a graph is not known"),
    UNKNOWN_VALUE("H1003", "A value of a graph is not defined"),
    WRONG_ATTRIBUTES("H1004", "The attributes of an operation do not fit"),
    WRONG_TYPE("H1005", "A type in a graph does not fit");

    private final String id;
    private final String title;

    GraphErrors(String id, String title) {
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
