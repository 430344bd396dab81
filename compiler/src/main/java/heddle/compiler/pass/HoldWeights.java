package heddle.compiler.pass;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Rewriter;
import heddle.compiler.op.Weight;
import heddle.compiler.type.DType;
import heddle.compiler.type.Stored;
import heddle.compiler.type.StoredType;
import java.util.Map;
import java.util.Optional;

/**
 * Lets weights of {@code f32} be held in the sixteen bits that their file has for them, so that they stay packed where matrices do.
 * Their values are the same. It runs when the file is known, before all passes.
 */
public final class HoldWeights {
    private HoldWeights() {}

    /**
     * The graph with weights held as they are found; the same graph when nothing changes.
     *
     * @param found what is held for the elements of weights, by name
     */
    public static Graph as(Graph graph, Map<String, Stored> found) {
        return Rewriter.replace(
                graph,
                (node, rewriter) -> node.op() instanceof Weight w && isNarrower(w, found.get(w.key()))
                        ? Optional.of(rewriter.out()
                                .value(
                                        new Weight(w.key(), w.type(), new StoredType(found.get(w.key()))),
                                        node.origin()))
                        : Optional.empty());
    }

    private static boolean isNarrower(Weight weight, Stored found) {
        return weight.type().dtype() == DType.F32
                && weight.held().stored() == Stored.F32
                && found != null
                && found.isPacked()
                && !found.isQuantised();
    }
}
