package heddle.runtime.verify;

/** What is true of a result; see {@code docs/numerics.md}. */
public enum Verdict {
    /** Every element is within its tolerance of the reference. */
    AS_WRITTEN("as written"),
    /** Elements are beyond their tolerance, and so are runs of the model that round in the types it is written in. */
    AS_TYPED("as exact as the types allow"),
    /** Some element is further off than rounding in the model's types explains. */
    WRONG("wrong");

    private final String text;

    Verdict(String text) {
        this.text = text;
    }

    @Override
    public String toString() {
        return text;
    }
}
