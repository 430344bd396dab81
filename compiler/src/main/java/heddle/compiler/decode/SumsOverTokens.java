package heddle.compiler.decode;

import heddle.compiler.decode.NewTokens.Form;
import heddle.compiler.ir.Node;
import heddle.compiler.op.Contract;
import heddle.compiler.op.Equation;
import heddle.compiler.op.Reduce;
import heddle.compiler.op.Softmax;
import heddle.compiler.rule.DeclinedException;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.ScalarMath;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/** Operations that sum, some of them over tokens: what follows a token has to be neutral there. */
final class SumsOverTokens {
    private final NewTokens values;

    SumsOverTokens(NewTokens values) {
        this.values = values;
    }

    Form softmax(Node node, Softmax s, Set<Integer> whole) {
        Form x = values.form(node, 0, whole);
        if (!values.isOfTokens(node.type().dim(s.axis()))) {
            return new Form(values.add(s, node, x.value()), Later.UNKNOWN);
        }
        if (!whole.contains(s.axis())) {
            throw new DeclinedException(
                    node, "a softmax over tokens is read one token at a time", "sum over the keys of each query");
        }
        requireNeutral(node, hasQueries(node, whole) && x.later().equals(Later.MINUS_INFINITY), "-inf");
        return new Form(values.add(s, node, x.value()), Later.ZERO);
    }

    /** Whether a value has an axis of new tokens and one of all: then {@link Later} tells what is at later ones. */
    private boolean hasQueries(Node node, Set<Integer> whole) {
        return values.axes(node).size() == 2 && whole.size() == 1;
    }

    /** @param neutral what counts for nothing, in the language */
    private static void requireNeutral(Node node, boolean isNeutral, String neutral) {
        if (!isNeutral) {
            throw new DeclinedException(
                    node,
                    "it is not shown that no token reads what follows it",
                    "hide later tokens from each query last of all: where(iota(N)[new, :] <= iota(N)[:, new], …, "
                            + neutral + ")");
        }
    }

    Form reduce(Node node, Reduce r, Set<Integer> whole) {
        Node operand = values.graph().operand(node, 0).node();
        Set<Integer> own = new TreeSet<>();
        boolean readsTokens = false;
        int at = 0;
        for (int axis = 0; axis < operand.type().rank(); axis++) {
            boolean isReduced = r.axes().contains(axis);
            boolean isOfTokens = values.isOfTokens(operand.type().dim(axis));
            if (isReduced && isOfTokens || !isReduced && whole.contains(at)) {
                own.add(axis);
            }
            readsTokens |= isReduced && isOfTokens;
            at += isReduced && !r.keepDims() ? 0 : 1;
        }
        Form x = values.form(operand, own);
        Later neutral =
                new Later.Number(ScalarMath.neutral(r.kind(), operand.type().dtype()));
        boolean isNeutral = x.later().equals(neutral);
        if (readsTokens) {
            requireNeutral(node, hasQueries(operand, own) && isNeutral, r.kind() == Reduction.MAX ? "-inf" : "0.0");
        }
        return new Form(values.add(r, node, x.value()), isNeutral && !readsTokens ? neutral : Later.UNKNOWN);
    }

    Form contract(Node node, Contract c, Set<Integer> whole) {
        Equation e = c.parsed();
        Set<Character> wanted = new LinkedHashSet<>();
        whole.forEach(axis -> wanted.add(e.result().charAt(axis)));
        Set<Character> summed = new LinkedHashSet<>();
        for (int slot = 0; slot < 2; slot++) {
            String letters = slot == 0 ? e.left() : e.right();
            for (int axis : values.axes(values.graph().operand(node, slot).node())) {
                if (e.result().indexOf(letters.charAt(axis)) < 0) {
                    summed.add(letters.charAt(axis));
                }
            }
        }
        Predicate<Character> isWhole = letter -> wanted.contains(letter) || summed.contains(letter);
        Form left = factor(node, 0, e.left(), isWhole);
        Form right = factor(node, 1, e.right(), isWhole);
        for (char letter : summed) {
            requireNeutral(
                    node,
                    hides(node, 0, e.left(), isWhole, letter, left)
                            || hides(node, 1, e.right(), isWhole, letter, right),
                    "0.0");
        }
        return new Form(values.add(c, node, left.value(), right.value()), Later.UNKNOWN);
    }

    Form factor(Node node, int slot, String letters, Predicate<Character> isWhole) {
        return values.form(node, slot, wholeOf(node, slot, letters, isWhole));
    }

    private Set<Integer> wholeOf(Node node, int slot, String letters, Predicate<Character> isWhole) {
        Set<Integer> whole =
                new TreeSet<>(values.axes(values.graph().operand(node, slot).node()));
        whole.removeIf(axis -> !isWhole.test(letters.charAt(axis)));
        return whole;
    }

    /** Whether a factor is zero at later tokens, so that the other one counts for nothing there. */
    private boolean hides(Node node, int slot, String letters, Predicate<Character> isWhole, char letter, Form factor) {
        return letters.indexOf(letter) >= 0
                && factor.later().equals(Later.ZERO)
                && hasQueries(values.graph().operand(node, slot).node(), wholeOf(node, slot, letters, isWhole));
    }
}
