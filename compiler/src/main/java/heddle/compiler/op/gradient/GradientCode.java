package heddle.compiler.op.gradient;

import heddle.dsl.diagnostic.DiagnosticCode;
import heddle.dsl.diagnostic.Severity;

/** The codes of mistakes that are found when gradients are written out. */
public enum GradientCode implements DiagnosticCode {
    NO_GRADIENT("H1301", "operation without a gradient", Severity.ERROR),
    NO_PATH("H1302", "loss does not depend on a value", Severity.WARNING),
    NOT_WANTED("H1303", "no gradient by this value", Severity.ERROR),
    NO_BUDGET("H1304", "memory budget cannot be met", Severity.ERROR);

    private final String id;
    private final String title;
    private final Severity severity;

    GradientCode(String id, String title, Severity severity) {
        this.id = id;
        this.title = title;
        this.severity = severity;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public String title() {
        return title;
    }

    @Override
    public Severity severity() {
        return severity;
    }
}
