package heddle.springai;

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
}
