package heddle.runtime.weights;

import heddle.compiler.frontend.Model.Declaration;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import java.util.ArrayList;
import java.util.List;

/** What does not fit of a file of weights. The first few are told in full, some more by name, and all are counted. */
final class WrongWeights {
    private static final int IN_FULL = 5;
    private static final int BY_NAME = 8;

    private final WeightFile file;
    private final int wanted;
    private final List<Diagnostic> told = new ArrayList<>();
    private final List<String> names = new ArrayList<>();

    /** @param wanted how many weights the model has */
    WrongWeights(WeightFile file, int wanted) {
        this.file = file;
        this.wanted = wanted;
    }

    void add(Declaration weight, Diagnostic mistake) {
        told.add(mistake);
        names.add(weight.name());
    }

    /** @throws DiagnosticException when anything does not fit */
    void require() {
        if (told.size() > IN_FULL + 1) {
            List<Diagnostic> first = new ArrayList<>(told.subList(0, IN_FULL));
            first.add(others());
            throw new DiagnosticException(first);
        }
        if (!told.isEmpty()) {
            throw new DiagnosticException(told);
        }
    }

    private Diagnostic others() {
        int count = told.size() - IN_FULL;
        List<String> named = names.subList(IN_FULL, Math.min(names.size(), IN_FULL + BY_NAME));
        int unnamed = count - named.size();
        Diagnostic d = Diagnostic.of(
                        told.get(IN_FULL).code(),
                        count + " more weights are not in " + file.path() + " as the model has them")
                .note(String.join(", ", named) + (unnamed > 0 ? " and " + unnamed + " more" : ""));
        return told.size() < wanted
                ? d
                : d.hint("no weight of the model is in this file: is it the file of another model?");
    }
}
