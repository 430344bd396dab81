package heddle.compiler.attention;

import heddle.compiler.index.IndexSimplifier;
import heddle.compiler.index.LinearForm;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.op.Inliner;
import heddle.compiler.op.Softmax;
import heddle.compiler.rule.DeclinedException;
import heddle.compiler.rule.Probabilities;
import heddle.compiler.rule.SourceExcerpt;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.type.Dim;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Where the matmul with the values reads the softmax.
 *
 * @param index  of the softmax, for an element of the result and a position among the values
 * @param unread the positions along the softmax axis that meet no value; they count only in the sum of their row
 */
record SoftmaxRead(List<ScalarExpr> index, List<ScalarExpr> unread) {
    /** More scores without values than this are no sinks. */
    private static final int MOST_UNREAD = 8;

    /**
     * @param at where the product reads its probabilities
     * @param j  the axis it sums over
     * @throws DeclinedException when the product does not sum over the softmax axis, the first or last few positions of
     *     it left out at most
     */
    static SoftmaxRead of(
            Graph graph, Node softmax, Probabilities probabilities, List<ScalarExpr> at, Axis j, CapturePolicy policy) {
        List<ScalarExpr> index = index(graph, softmax, probabilities, at, policy);
        int axis = ((Softmax) softmax.op()).axis();
        LinearForm start = IndexSimplifier.form(index.get(axis)).minus(IndexSimplifier.form(ScalarExpr.of(j)));
        List<Integer> summed = IntStream.range(0, index.size())
                .filter(n -> ScalarExprs.reads(index.get(n), j))
                .boxed()
                .toList();
        if (summed.size() == 1 && summed.getFirst() != axis) {
            throw otherAxis(softmax, probabilities, axis, summed.getFirst());
        }
        if (summed.size() > 1 || !start.isConstant()) {
            throw declined(softmax, probabilities);
        }
        Dim left = softmax.type().dim(axis).minus(j.extent());
        if (!start.constant().isKnown() || !left.isKnown() || left.value() > MOST_UNREAD) {
            throw partOfKeys(softmax, probabilities.product());
        }
        List<ScalarExpr> unread = new ArrayList<>();
        long before = start.constant().value();
        for (long n = 0; n < left.value(); n++) {
            unread.add(ScalarExpr.of(n < before ? Dim.of(n) : j.extent().plus(n)));
        }
        return new SoftmaxRead(index, unread);
    }

    static DeclinedException partOfKeys(Node softmax, Node product) {
        return new DeclinedException(
                product,
                "the product with the values reads a part of the keys that " + SourceExcerpt.of(softmax)
                        + " runs along",
                "join the keys of all parts with concat, and their values, and multiply with all of them at once; at most "
                        + MOST_UNREAD + " scores may be without a value");
    }

    private static List<ScalarExpr> index(
            Graph graph, Node softmax, Probabilities probabilities, List<ScalarExpr> at, CapturePolicy policy) {
        Set<List<ScalarExpr>> read = new HashSet<>();
        Inliner inliner = new Inliner(graph, (value, index) -> {
            if (value.node() == softmax) {
                read.add(index);
            }
            return probabilities.path().contains(value.node()) ? Optional.empty() : policy.position(value, index);
        });
        inliner.at(probabilities.weights(graph), at);
        if (read.size() != 1) {
            throw new DeclinedException(
                    probabilities.product(),
                    "the probabilities of several positions are mixed before the product",
                    "mix the values instead");
        }
        return read.iterator().next();
    }

    private static DeclinedException otherAxis(Node softmax, Probabilities probabilities, int axis, int summed) {
        int rank = softmax.type().rank();
        boolean isTurned = axis >= rank - 2 && summed >= rank - 2;
        return new DeclinedException(
                probabilities.product(),
                SourceExcerpt.of(softmax) + " runs along axis " + (axis - rank)
                        + ", and the product with the values sums over axis " + (summed - rank),
                "take the softmax along axis " + (summed - rank)
                        + (isTurned ? ", or multiply with the transposed probabilities" : ""));
    }

    static DeclinedException declined(Node softmax, Probabilities probabilities) {
        return new DeclinedException(
                probabilities.product(),
                "the product with the values does not sum over the axis of " + SourceExcerpt.of(softmax) + " as it is",
                "take the softmax along the keys, all of which the product with the values sums over");
    }

    /** The index of one of the positions that meet no value. */
    List<ScalarExpr> at(Node softmax, ScalarExpr position) {
        List<ScalarExpr> sink = new ArrayList<>(index);
        sink.set(((Softmax) softmax.op()).axis(), position);
        return sink;
    }
}
