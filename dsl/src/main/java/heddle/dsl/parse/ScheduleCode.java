package heddle.dsl.parse;

import heddle.dsl.diagnostic.DiagnosticCode;

/** The codes of mistakes in schedule files (H12xx). */
public enum ScheduleCode implements DiagnosticCode {
    MALFORMED("H1201", "A schedule file cannot be read"),
    KERNEL("H1202", "The model has no such kernel"),
    ILLEGAL("H1203", "A schedule is not legal");

    private final String id;
    private final String title;

    ScheduleCode(String id, String title) {
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
