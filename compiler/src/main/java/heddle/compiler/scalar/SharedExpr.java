package heddle.compiler.scalar;

import java.util.List;

/**
 * An expression made of operands, which may itself be a part of many expressions. Its hash is computed at the start.
 * Two expressions that turn out equal share their operands from then on, so comparing them takes time in proportion to
 * the number of distinct parts.
 */
public abstract sealed class SharedExpr implements ScalarExpr
        permits ScalarExpr.Apply, ScalarExpr.Element, ScalarExpr.Read {
    /** The most characters of a text. */
    private static final int LONGEST = 1000;

    private final int hash;
    /** Only ever replaced by equal operands, so every thread sees the same value. */
    private List<ScalarExpr> operands;

    /** What was derived from this expression, kept so that it is derived once. It never changes what the expression means. */
    private Object derived;

    SharedExpr(int hash, List<ScalarExpr> operands) {
        this.hash = hash;
        this.operands = List.copyOf(operands);
    }

    /**
     * What {@link #derive} kept; null before. A slot for the package that derives normal forms of addresses, so that this
     * package need not know it.
     */
    public final Object derived() {
        return derived;
    }

    /** Keeps what was derived from this expression. The same result must follow whoever derives it, since threads may race. */
    public final void derive(Object result) {
        derived = result;
    }

    /** The operands. */
    final List<ScalarExpr> operands() {
        return operands;
    }

    /** The same of other operands; this one when they are no others. */
    abstract SharedExpr with(List<ScalarExpr> others);

    /** Whether these are its operands: the same objects, so that shared parts stay shared. */
    final boolean isOf(List<ScalarExpr> others) {
        List<ScalarExpr> own = operands;
        for (int n = 0; n < own.size(); n++) {
            if (own.get(n) != others.get(n)) {
                return false;
            }
        }
        return true;
    }

    /** Whether another one differs only in operands. */
    abstract boolean isLike(SharedExpr other);

    @Override
    public final boolean equals(Object other) {
        if (this == other) {
            return true;
        }
        if (!(other instanceof SharedExpr s) || hash != s.hash || !isLike(s)) {
            return false;
        }
        List<ScalarExpr> theirs = s.operands;
        if (operands != theirs) {
            if (!operands.equals(theirs)) {
                return false;
            }
            operands = theirs;
        }
        return true;
    }

    @Override
    public final int hashCode() {
        return hash;
    }

    /** The value as functions, cut off where it gets long. */
    @Override
    public final String toString() {
        StringBuilder text = new StringBuilder();
        write(this, text);
        return text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text.toString();
    }

    private static void write(ScalarExpr e, StringBuilder text) {
        switch (e) {
            case ScalarExpr.Apply a -> {
                text.append(a.fn() == ScalarFn.CAST ? a.type().text() : a.fn().text());
                writeAll("(", a.args(), ")", text);
            }
            case ScalarExpr.Read r -> writeAll(ScalarExpr.Read.name(r.slot()) + "[", r.index(), "]", text);
            case ScalarExpr.Element x -> writeAll(x.buffer() + "[", List.of(x.address()), "]", text);
            default -> text.append(e);
        }
    }

    private static void writeAll(String start, List<ScalarExpr> all, String end, StringBuilder text) {
        text.append(start);
        for (int n = 0; n < all.size() && text.length() <= LONGEST; n++) {
            text.append(n == 0 ? "" : ", ");
            write(all.get(n), text);
        }
        text.append(end);
    }
}
