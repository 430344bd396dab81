package heddle.springai;

import heddle.api.HeddleException;
import heddle.api.HeddleException.Mistake;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Thrown when a program cannot start with its properties or its Java. The message says what is wrong, and what to do. */
public final class HeddleStartException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String problem;
    private final String remedy;

    HeddleStartException(String problem, String remedy) {
        this(problem, remedy, null);
    }

    HeddleStartException(String problem, String remedy, Throwable cause) {
        super(problem + "\n" + remedy, cause);
        this.problem = problem;
        this.remedy = remedy;
    }

    /** What is wrong, with the property. */
    public String problem() {
        return problem;
    }

    /** What to do about it. */
    public String remedy() {
        return remedy;
    }

    /** Calls what fails for a value of a property; says so. */
    static <T> T explained(String property, Object value, String remedy, Supplier<T> call) {
        String assignment = name(property) + "=" + value;
        try {
            return call.get();
        } catch (HeddleException e) {
            throw new HeddleStartException(
                    assignment + " cannot be used:\n\n" + e.getMessage(), remedies(e.mistakes(), property, remedy), e);
        } catch (IllegalArgumentException e) {
            throw new HeddleStartException(
                    assignment + " cannot be used: " + e.getMessage() + ".",
                    "Set " + name(property) + ": " + remedy + ".",
                    e);
        }
    }

    private static String remedies(List<Mistake> mistakes, String property, String remedy) {
        String hints = mistakes.stream()
                .flatMap(m -> m.hint().stream())
                .distinct()
                .map(hint -> "- " + hint + "\n")
                .collect(Collectors.joining());
        return hints + "- set " + name(property) + ": " + remedy;
    }

    static String name(String property) {
        return HeddleEmbeddingProperties.PREFIX + "." + property;
    }
}
