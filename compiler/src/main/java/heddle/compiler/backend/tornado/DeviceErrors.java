package heddle.compiler.backend.tornado;

import heddle.dsl.diagnostic.DiagnosticCode;

/** Says what kernels the tornado target has no code for. */
public enum DeviceErrors implements DiagnosticCode {
    NO_TABLES("H1114", "The tornado target does not compute gradients of tables in attention");

    private final String id;
    private final String title;

    DeviceErrors(String id, String title) {
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
