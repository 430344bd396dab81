package heddle.compiler.frontend;

import heddle.compiler.frontend.value.Emitter;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticCode;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.diagnostic.Label;
import heddle.dsl.diagnostic.Severity;
import heddle.dsl.source.Span;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The mistakes and warnings found so far: each once, however often the code with the mistake is unrolled. */
final class Diagnostics {
    /** How many calls and iterations around a mistake are shown. */
    private static final int SITES_SHOWN = 3;

    private record Identity(DiagnosticCode code, Optional<Span> place) {}

    private final Emitter emitter;
    private final Set<Identity> seen = new HashSet<>();
    private final List<Diagnostic> found = new ArrayList<>();
    private final List<Diagnostic> warnings = new ArrayList<>();
    private boolean incomplete;

    Diagnostics(Emitter emitter) {
        this.emitter = emitter;
    }

    void report(Diagnostic diagnostic) {
        if (!seen.add(new Identity(diagnostic.code(), diagnostic.primary().map(Label::span)))) {
            return;
        }
        Diagnostic d = diagnostic;
        for (Label site : emitter.sites().stream().limit(SITES_SHOWN).toList()) {
            d = d.related(site.span(), site.text());
        }
        (d.code().severity() == Severity.ERROR ? found : warnings).add(d);
    }

    void report(DiagnosticException exception) {
        exception.diagnostics().forEach(this::report);
    }

    /** Notes that names are missing for a reason that was reported. */
    void markIncomplete() {
        incomplete = true;
    }

    /** Whether an unknown name may be the consequence of another mistake, such as an import that failed. */
    boolean isIncomplete() {
        return incomplete;
    }

    List<Diagnostic> warnings() {
        return warnings;
    }

    /** @throws DiagnosticException with the mistakes found and then the warnings, which may explain them; if there are mistakes */
    void throwIfAny() {
        if (!found.isEmpty()) {
            List<Diagnostic> all = new ArrayList<>(found);
            all.addAll(warnings);
            throw new DiagnosticException(all);
        }
    }
}
