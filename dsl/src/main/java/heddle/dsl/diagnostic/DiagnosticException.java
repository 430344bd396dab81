package heddle.dsl.diagnostic;

import java.util.List;
import java.util.stream.Collectors;

/** Thrown when the user's input is wrong. It carries all the mistakes that were found. */
public final class DiagnosticException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient List<Diagnostic> diagnostics;

    public DiagnosticException(List<Diagnostic> diagnostics) {
        super(diagnostics.stream()
                .map(d -> d.primary().map(l -> l.span() + ": ").orElse("")
                        + d.code().id() + ": " + d.message())
                .collect(Collectors.joining("\n")));
        this.diagnostics = List.copyOf(diagnostics);
    }

    public DiagnosticException(Diagnostic diagnostic) {
        this(List.of(diagnostic));
    }

    public List<Diagnostic> diagnostics() {
        return diagnostics;
    }
}
