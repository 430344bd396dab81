package heddle.springai;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Prints a {@link HeddleStartException} as Spring Boot prints what ends a start: a description and an action, no stack trace. */
final class HeddleStartFailureAnalyzer extends AbstractFailureAnalyzer<HeddleStartException> {
    @Override
    protected FailureAnalysis analyze(Throwable failure, HeddleStartException cause) {
        return new FailureAnalysis(cause.problem(), cause.remedy(), cause);
    }
}
