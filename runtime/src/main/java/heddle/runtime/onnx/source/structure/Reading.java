package heddle.runtime.onnx.source.structure;

import heddle.runtime.onnx.source.Term;
import heddle.runtime.onnx.source.structure.step.Sums;

/** How hard a term is to read. */
final class Reading {
    /** Of a line; the formatter breaks longer ones. */
    private static final int WIDTH = 92;

    private static final int DEEPEST = 4;
    private static final int MOST_OPERATIONS = 7;

    /** Names are not chosen yet; most are short. */
    private static final int NAME = 5;

    private Reading() {}

    /** Whether a term is fit for one line. */
    static boolean isEasy(Term whole) {
        return width(whole) <= WIDTH
                && depth(whole) <= DEEPEST
                && operations(whole) <= MOST_OPERATIONS
                && !hidesScores(whole);
    }

    /** What softmax is of is something that people look for by name. */
    private static boolean hidesScores(Term term) {
        boolean own = term instanceof Term.Call call
                && call.function().endsWith("softmax")
                && operations(call.arguments().getFirst().term()) > 1;
        return own || parts(term).anyMatch(Reading::hidesScores);
    }

    private static java.util.stream.Stream<Term> parts(Term term) {
        return switch (term) {
            case Term.Call call -> call.arguments().stream().map(Term.Argument::term);
            case Term.Infix infix -> java.util.stream.Stream.of(infix.left(), infix.right());
            case Term.Prefix prefix -> java.util.stream.Stream.of(prefix.operand());
            case Term.Subscript subscript -> java.util.stream.Stream.of(subscript.operand());
            case Term.Items items -> items.terms().stream();
            default -> java.util.stream.Stream.empty();
        };
    }

    static int operations(Term term) {
        boolean counts = term instanceof Term.Call || term instanceof Term.Infix || term instanceof Term.Subscript;
        return (counts ? 1 : 0) + parts(term).mapToInt(Reading::operations).sum();
    }

    /** Calls within calls; operators side by side are no deeper. */
    private static int depth(Term term) {
        int inner = parts(term).mapToInt(Reading::depth).max().orElse(0);
        return inner + (term instanceof Term.Call || term instanceof Term.Items ? 1 : 0);
    }

    static int width(Term term) {
        int inner = parts(term).mapToInt(p -> width(p) + 2).sum();
        return switch (term) {
            case Term.Call call ->
                inner
                        + (call.function().startsWith(Sums.MARK)
                                ? 2 * NAME
                                : call.function().length())
                        + call.arguments().stream()
                                .mapToInt(a -> a.name().map(n -> n.length() + 3).orElse(0))
                                .sum();
            case Term.Weight weight ->
                weight.name().length() + weight.type().toString().length() + 14;
            case Term.Text text -> text.text().length() + 2;
            case Term.Literal literal -> literal.text().length();
            case Term.Length length -> length.dim().toString().length();
            case Term.Subscript subscript -> inner + 4 * subscript.indices().size();
            case Term.Infix infix -> inner + infix.operator().length();
            case Term.Ref ref -> NAME;
            default -> inner + NAME;
        };
    }
}
