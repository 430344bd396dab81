package heddle.compiler.attention;

import heddle.compiler.ir.Node;
import heddle.compiler.op.attention.AttentionDefinition;
import heddle.compiler.rule.DeclinedException;
import heddle.compiler.scalar.Effort;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Limits how much code the programs of an attention make. A JVM compiles no method of more than 8000 bytes, and the
 * inner loop must fit in one. With more functions of a score than the limit, fused attention is many times slower than
 * attention that stores its scores.
 */
final class ProgramSize {
    /** In additions, of the programs that are computed for every score. */
    private static final int MOST = 100;

    /** In additions, of a mask, which blocks at its edge alone compute. */
    private static final int MOST_OF_MASK = 4000;

    private static final int TRANSCENDENTAL = 12;

    private ProgramSize() {}

    /** @throws DeclinedException when the programs make more code than a kernel is good for */
    static void require(Node softmax, AttentionDefinition attention) {
        List<ScalarExpr> each = new ArrayList<>(List.of(attention.score()));
        attention.weight().ifPresent(each::add);
        if (of(each) > MOST) {
            throw tooLarge(softmax, "the scores or probabilities go");
        }
        if (of(attention.mask().stream().toList()) > MOST_OF_MASK) {
            throw tooLarge(softmax, "the mask goes");
        }
    }

    /** @throws DeclinedException when so many nodes of scores are more code than a kernel is good for */
    static void require(Node softmax, ScoreCone scores) {
        if (scores.cone().size() > MOST_OF_MASK) {
            throw tooLarge(softmax, "the scores go");
        }
    }

    private static DeclinedException tooLarge(Node softmax, String what) {
        return new DeclinedException(
                softmax,
                what + " through more functions than one kernel is good for",
                "use fewer functions of each score; what depends on queries or keys alone is better computed before their product");
    }

    /** A part that occurs several times in programs counts once. Addresses do not count. */
    private static int of(List<ScalarExpr> programs) {
        Set<ScalarExpr> functions = new HashSet<>();
        programs.forEach(program -> ScalarExprs.visit(program, e -> {
            if (e instanceof ScalarExpr.Apply && !e.type().isInt()) {
                functions.add(e);
            }
        }));
        return functions.stream().mapToInt(e -> size((ScalarExpr.Apply) e)).sum();
    }

    private static int size(ScalarExpr.Apply e) {
        return Effort.of(e.fn()) == Effort.TRANSCENDENTAL ? TRANSCENDENTAL : 1;
    }
}
