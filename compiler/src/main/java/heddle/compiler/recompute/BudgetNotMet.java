package heddle.compiler.recompute;

/** No plan stays within a budget. */
public final class BudgetNotMet extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final long allowed;
    private final long least;

    BudgetNotMet(long allowed, long least, long whole) {
        super("no plan takes " + allowed + " bytes at the most: the least is " + least + ", without a budget it is "
                + whole);
        this.allowed = allowed;
        this.least = least;
    }

    /** What was allowed, in bytes. */
    public long allowed() {
        return allowed;
    }

    /** The least that a plan was found to take, in bytes. */
    public long least() {
        return least;
    }
}
