package heddle.compiler.frontend;

import heddle.compiler.frontend.value.Emitter;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticCode;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.diagnostic.Label;
import heddle.dsl.source.Span;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The mistakes found so far: each once, however often the code with the mistake is unrolled. */
final class Diagnostics {
    /** How many calls and iterations around a mistake are shown. */
    private static final int SITES_SHOWN = 3;

    private record Identity(DiagnosticCode code, Optional<Span> place) {}

    private final Emitter emitter;
    private final Set<Identity> seen = new HashSet<>();
    private final List<Diagnostic> found = new ArrayList<>();
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
        found.add(d);
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

    /** @throws DiagnosticException with everything found, when that is anything */
    void throwIfAny() {
        if (!found.isEmpty()) {
            throw new DiagnosticException(found);
        }
    }
}
