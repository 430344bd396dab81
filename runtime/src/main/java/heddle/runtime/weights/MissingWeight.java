package heddle.runtime.weights;

import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.diagnostic.Suggest;
import heddle.runtime.RuntimeCode;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Reports a weight that a file does not have, with the name that was probably meant. */
final class MissingWeight {
    private MissingWeight() {}

    static DiagnosticException in(WeightFile file, String name) {
        return new DiagnosticException(diagnostic(file, name, entry -> true));
    }

    /** @param fitting the weights of the file that may have been meant */
    static Diagnostic diagnostic(WeightFile file, String name, Predicate<WeightEntry> fitting) {
        Diagnostic d =
                Diagnostic.of(RuntimeCode.WEIGHT_MISSING, "the weight \"" + name + "\" is not in " + file.path());
        List<String> known = file.entries().values().stream()
                .filter(fitting)
                .map(WeightEntry::name)
                .toList();
        Optional<String> prefixed = known.stream()
                .filter(n -> n.endsWith("." + name) || name.endsWith("." + n))
                .findFirst();
        Optional<String> meant = prefixed.or(() -> Suggest.closest(name, known));
        return meant.map(m -> d.hint("did you mean \"" + m + "\"?"))
                .orElseGet(() -> d.hint("heddle weights " + file.path() + " lists the names in the file"));
    }
}
