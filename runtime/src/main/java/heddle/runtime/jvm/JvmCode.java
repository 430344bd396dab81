package heddle.runtime.jvm;

import heddle.dsl.diagnostic.DiagnosticCode;

/** The codes of reasons why the jvm target cannot be used (H09xx). */
public enum JvmCode implements DiagnosticCode {
    VECTOR_MODULE("H0901", "The Vector API is not in this JVM"),
    BUFFER_TOO_LARGE("H0903", "A tensor is too large for the jvm target");

    private final String id;
    private final String title;

    JvmCode(String id, String title) {
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
