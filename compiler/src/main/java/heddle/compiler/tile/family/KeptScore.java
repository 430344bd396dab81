package heddle.compiler.tile.family;

import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExpr.Apply;
import heddle.compiler.scalar.ScalarExprs;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What a kernel of the backward pass keeps of a score for later steps, in the place of the product of query and key: the part that the
 * derivative is made of, such as the hyperbolic tangent {@code t} of a soft cap, whose derivative is {@code (1 - t) * (1 + t)}. So it is
 * computed once.
 *
 * @param part   what is kept, a program of the product
 * @param family the gradients, whose programs read the part where they read the product
 */
record KeptScore(ScalarExpr part, AttentionGradients family) {
    /** The largest part through which the score and all that comes later read the product; the product itself where there is none. */
    static KeptScore of(AttentionGradients family) {
        ScalarExpr raw = family.forward().raw();
        List<ScalarExpr> later = new ArrayList<>(List.of(family.backward().slope()));
        family.stores().forEach(s -> later.add(s.result().factor()));
        Set<ScalarExpr> parts = new LinkedHashSet<>();
        ScalarExprs.visit(family.forward().score(), parts::add);
        Set<ScalarExpr> laterParts = new HashSet<>();
        later.forEach(e -> ScalarExprs.visit(e, laterParts::add));
        return parts.stream()
                .filter(part -> part instanceof Apply && part.type() == raw.type() && laterParts.contains(part))
                .filter(part -> ScalarExprs.contains(part, raw))
                .sorted(Comparator.comparingInt(ScalarExprs::operations).reversed())
                .filter(part -> !readsBeside(family.forward().score(), part, raw))
                .filter(part -> later.stream().noneMatch(e -> readsBeside(e, part, raw)))
                .findFirst()
                .map(part -> new KeptScore(part, family.map(e -> with(e, part, raw))))
                .orElse(new KeptScore(raw, family));
    }

    /** Whether a program reads the product elsewhere than in a part. */
    private static boolean readsBeside(ScalarExpr e, ScalarExpr part, ScalarExpr raw) {
        return ScalarExprs.contains(with(e, part, new ScalarExpr.Literal(raw.type(), 0)), raw);
    }

    private static ScalarExpr with(ScalarExpr e, ScalarExpr part, ScalarExpr replacement) {
        return ScalarExprs.transform(e, x -> x.equals(part) ? replacement : x);
    }
}
