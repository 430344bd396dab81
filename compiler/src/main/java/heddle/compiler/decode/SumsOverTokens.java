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
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.TreeSet;

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

    /** A factor of a product, whose axes have letters. */
    private record Factor(String letters, Form form, boolean hasQueries) {
        /** Whether it is zero at later tokens, so that the other one counts for nothing there. */
        boolean hides(char letter) {
            return hasQueries && letters.indexOf(letter) >= 0 && form.later().equals(Later.ZERO);
        }
    }

    Form contract(Node node, Contract c, Set<Integer> whole) {
        Equation e = c.parsed();
        Set<Character> summed = new LinkedHashSet<>();
        for (int slot = 0; slot < 2; slot++) {
            String letters = slot == 0 ? e.left() : e.right();
            for (int axis : values.axes(values.graph().operand(node, slot).node())) {
                if (e.result().indexOf(letters.charAt(axis)) < 0) {
                    summed.add(letters.charAt(axis));
                }
            }
        }
        Set<Character> isWhole = new HashSet<>(summed);
        whole.forEach(axis -> isWhole.add(e.result().charAt(axis)));
        Factor left = factor(values.graph().operand(node, 0).node(), e.left(), isWhole);
        Factor right = factor(values.graph().operand(node, 1).node(), e.right(), isWhole);
        for (char letter : summed) {
            requireNeutral(node, left.hides(letter) || right.hides(letter), "0.0");
        }
        return new Form(values.add(c, node, left.form.value(), right.form.value()), Later.UNKNOWN);
    }

    private Factor factor(Node operand, String letters, Set<Character> isWhole) {
        Set<Integer> whole = new TreeSet<>(values.axes(operand));
        whole.removeIf(axis -> !isWhole.contains(letters.charAt(axis)));
        return new Factor(letters, values.form(operand, whole), hasQueries(operand, whole));
    }
}
