package heddle.runtime.onnx.source.structure;

import heddle.runtime.onnx.source.Term;
import heddle.runtime.onnx.source.Term.Index;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** Makes one subscript of two that follow each other: {@code x[:, new]} and {@code [:, :, new]} are {@code x[:, new, new]}. */
final class Subscripts {
    private Subscripts() {}

    /** The term, with its outermost two subscripts as one where that is possible. */
    static Term joined(Term term) {
        return term instanceof Term.Subscript outer && outer.operand() instanceof Term.Subscript inner
                ? joined(inner.indices(), outer.indices())
                        .<Term>map(all -> new Term.Subscript(inner.operand(), all))
                        .orElse(term)
                : term;
    }

    private static Optional<List<Index>> joined(List<Index> inner, List<Index> outer) {
        List<Index> out = new ArrayList<>();
        Deque<Index> axes = new ArrayDeque<>(inner);
        for (Index index : outer) {
            if (index instanceof Index.Rest || isPick(index)) {
                return Optional.empty();
            }
            if (index instanceof Index.New) {
                out.add(index);
                continue;
            }
            Index axis = axes.isEmpty() ? whole() : axes.remove();
            if (axis instanceof Index.Rest || isPick(axis) || !isWhole(axis) && !isWhole(index)) {
                return Optional.empty();
            }
            out.add(isWhole(index) ? axis : index);
        }
        if (axes.stream().anyMatch(a -> a instanceof Index.Rest || isPick(a))) {
            return Optional.empty();
        }
        out.addAll(axes);
        while (out.size() > 1 && out.getLast().equals(whole())) {
            out.removeLast();
        }
        return Optional.of(out);
    }

    private static boolean isPick(Index index) {
        return index instanceof Index.At;
    }

    private static Index whole() {
        return new Index.Range(Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** An axis that is there or that is new: what is picked from it alone would not be the same. */
    private static boolean isWhole(Index index) {
        return index.equals(whole());
    }
}
