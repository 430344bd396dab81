package heddle.runtime.text;

import heddle.compiler.type.DType;
import heddle.runtime.tensor.Tensor;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Outputs of several runs, put together: each has a row for each text, with zeros behind the tokens of shorter ones. */
public final class TextOutputs {
    private final List<Integer> lengths;
    private final int longest;
    private final Map<String, Rows> rows = new HashMap<>();

    /** @param shape of all texts; {@code of} a text has as many elements as its place, or fewer */
    private record Rows(DType type, long[] shape, Object all, int place) {
        void put(Object from, int at, int text, int count) {
            System.arraycopy(from, at, all, text * place, count);
        }
    }

    /** @param lengths of the texts, in tokens */
    public TextOutputs(List<Integer> lengths) {
        this.lengths = List.copyOf(lengths);
        this.longest = lengths.stream().mapToInt(n -> n).max().orElse(0);
    }

    private Rows rows(String name, Tensor some, long[] shape) {
        return rows.computeIfAbsent(name, n -> {
            long place = 1;
            for (int axis = 1; axis < shape.length; axis++) {
                place *= shape[axis];
            }
            Pack.requireElements(place * lengths.size());
            int count = (int) place;
            return new Rows(some.dtype(), shape, Tensor.newStorage(some.dtype(), count * lengths.size()), count);
        });
    }

    /** Puts what a run gave for tokens, {@code [R, N, ..]}. @param members the texts of the pack */
    public void putTokens(String name, Tensor tensor, List<Integer> members, Pack pack) {
        long[] shape = tensor.shape();
        int inner = tensor.size() / Math.max(1, pack.rows() * pack.width());
        shape[0] = lengths.size();
        shape[1] = longest;
        Rows all = rows(name, tensor, shape);
        for (int i = 0; i < members.size(); i++) {
            int count = pack.places().get(i).length() * inner;
            all.put(tensor.storage(), pack.start(i) * inner, members.get(i), count);
        }
    }

    /**
     * Puts what a run gave for texts of one length, {@code [texts, ..]}; an axis as long as they are behind that of texts is one of tokens
     * if {@code ofTokens}.
     */
    public void putRows(String name, Tensor tensor, List<Integer> texts, boolean ofTokens) {
        long[] shape = tensor.shape();
        int count = tensor.size() / Math.max(1, texts.size());
        shape[0] = lengths.size();
        if (ofTokens) {
            shape[1] = longest;
        }
        Rows all = rows(name, tensor, shape);
        for (int i = 0; i < texts.size(); i++) {
            all.put(tensor.storage(), i * count, texts.get(i), count);
        }
    }

    /** The outputs of some names. */
    public Map<String, Tensor> inOrder(List<String> names) {
        Map<String, Tensor> outputs = new LinkedHashMap<>();
        names.forEach(name -> {
            Rows r = rows.get(name);
            outputs.put(name, Tensor.wrap(r.type(), r.shape(), r.all()));
        });
        return outputs;
    }
}
