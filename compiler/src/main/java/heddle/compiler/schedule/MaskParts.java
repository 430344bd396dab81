package heddle.compiler.schedule;

import heddle.compiler.op.attention.AttentionDefinition;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExpr.Apply;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.tile.family.Attention;
import heddle.compiler.tile.proof.AddressProof;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.Set;

/**
 * Finds the parts of an attention's mask that are worth a table of their values in each block. A part needs no table if
 * indices decide it, or if it is constant in each block.
 *
 * <pre>
 * padding[b, j] and j <= i               padding[b, j]
 * documents[b, i] == documents[b, j]     documents[b, i],  documents[b, j]
 * allowed[i, j]                          allowed[i, j], if enough heads share it
 * </pre>
 *
 * A part that varies along queries alone or along keys alone costs next to nothing, beside scores of which there is one
 * for each pair. A part that varies along both is read once more for each pair, which is as much as a head's score takes;
 * it gets a table when at least {@link #SHARED_BY} blocks of scores can be skipped by one entry.
 *
 * <p>A table is filled from all indexes of a block. A choice whose sides may not be read everywhere is one part.
 */
final class MaskParts {
    /** Batch and heads that must share a table of pairs. */
    private static final long SHARED_BY = 8;

    private final AttentionDefinition attention;
    private final AddressProof addresses;
    private final SequencedSet<ScalarExpr> found = new LinkedHashSet<>();
    private final Set<ScalarExpr> seen = new HashSet<>();

    private MaskParts(AttentionDefinition attention, AddressProof addresses) {
        this.attention = attention;
        this.addresses = addresses;
    }

    /** Of a mask, or of where scores are not filled. */
    static List<ScalarExpr> of(Attention attention, AddressProof addresses) {
        MaskParts parts = new MaskParts(attention.definition(), addresses);
        attention.kept().ifPresent(parts::add);
        return List.copyOf(parts.found);
    }

    /** The axes that a part varies along: batch, queries, keys. */
    static List<Axis> axes(AttentionDefinition attention, ScalarExpr part) {
        List<Axis> axes = attention.rows();
        axes.add(attention.j());
        return axes.stream().filter(a -> ScalarExprs.reads(part, a)).toList();
    }

    private void add(ScalarExpr truth) {
        if (!seen.add(truth) || !varies(truth)) {
            return;
        }
        if (truth instanceof Apply a && a.fn() == ScalarFn.NOT) {
            add(a.args().getFirst());
        } else if (!isOfPairs(truth)) {
            found.add(truth);
        } else if (truth instanceof Apply a && a.args().stream().allMatch(this::isPart)) {
            a.args().forEach(this::add);
        } else if (truth instanceof Apply a
                && isComparison(a.fn())
                && a.args().stream().allMatch(this::hasExtremes)) {
            a.args().stream().filter(this::varies).forEach(found::add);
        } else if (shares(truth) >= SHARED_BY) {
            found.add(truth);
        }
    }

    private boolean isPart(ScalarExpr e) {
        return e.type() == DType.BOOL && addresses.holds(e);
    }

    /** Whether {@code e} reads elements that differ within a block. */
    private boolean varies(ScalarExpr e) {
        return ScalarExprs.any(e, x -> x instanceof ScalarExpr.Element element && isOfBlock(element.address()));
    }

    private boolean isOfBlock(ScalarExpr e) {
        return ScalarExprs.reads(e, attention.i()) || ScalarExprs.reads(e, attention.j());
    }

    private boolean isOfPairs(ScalarExpr e) {
        return ScalarExprs.reads(e, attention.i()) && ScalarExprs.reads(e, attention.j());
    }

    /** Floats have none to go by: one that is not a number makes every comparison false. */
    private boolean hasExtremes(ScalarExpr e) {
        return e.type().isInt() && !(varies(e) && isOfPairs(e));
    }

    private static boolean isComparison(ScalarFn fn) {
        return fn.rule() == ScalarFn.Rule.COMPARE;
    }

    /** Of how many batches and heads there is one value, as far as lengths are known. */
    private long shares(ScalarExpr e) {
        return attention.batch().stream()
                .filter(a -> !ScalarExprs.reads(e, a))
                .map(Axis::extent)
                .filter(Dim::isKnown)
                .mapToLong(Dim::value)
                .reduce(1, Math::multiplyExact);
    }
}
