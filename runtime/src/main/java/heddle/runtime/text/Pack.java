package heddle.runtime.text;

import heddle.compiler.type.TensorType;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.RuntimeCode;
import heddle.runtime.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.IntStream;

/**
 * Texts as they lie in the inputs of one run: end to end in one row, or one in each row, which are padded then.
 *
 * @param rows   R, the number of rows
 * @param width  N, the tokens of a row
 * @param texts  the tokens of each
 * @param places where each lies, in the same order
 */
public record Pack(int rows, int width, List<Tokens> texts, List<Place> places) {
    /**
     * Where a text lies.
     *
     * @param from   its first token in the row
     * @param length how many tokens it has
     */
    public record Place(int row, int from, int length) {}

    public Pack {
        requireElements((long) rows * width);
        texts = List.copyOf(texts);
        places = List.copyOf(places);
    }

    /** All in one row, one behind the other. */
    public static Pack endToEnd(List<Tokens> texts) {
        List<Place> places = new ArrayList<>();
        int at = 0;
        for (Tokens t : texts) {
            requireElements((long) at + t.count());
            places.add(new Place(0, at, t.count()));
            at += t.count();
        }
        return new Pack(1, at, texts, places);
    }

    /** Each in a row of its own, as long as the longest. */
    public static Pack padded(List<Tokens> texts) {
        List<Place> places = new ArrayList<>();
        int width = 0;
        for (Tokens t : texts) {
            places.add(new Place(places.size(), 0, t.count()));
            width = Math.max(width, t.count());
        }
        return new Pack(texts.size(), width, texts, places);
    }

    /** @throws DiagnosticException when a tensor of so many is too large */
    static void requireElements(long count) {
        if (count > Integer.MAX_VALUE) {
            throw new DiagnosticException(
                    Diagnostic.of(RuntimeCode.TENSOR_TOO_LARGE, "the texts make a tensor of " + count + " elements")
                            .note("a tensor has 2147483647 at most, and each text takes as many as the longest")
                            .hint("run fewer texts at a time"));
        }
    }

    /** How many tokens are padding. */
    public int padding() {
        return rows * width - texts.stream().mapToInt(Tokens::count).sum();
    }

    /** {@code i64[R, N]}: indexes into the vocabulary; 0 for padding. */
    public Tensor ids() {
        long[] all = new long[rows * width];
        for (int i = 0; i < places.size(); i++) {
            System.arraycopy(texts.get(i).ids(), 0, all, start(i), places.get(i).length());
        }
        return Tensor.of(all, rows, width);
    }

    /** {@code i64[R, N]}: the number of the text in the pack, from 1, so that numbers rise along a row; 0 for padding. */
    public Tensor segments() {
        long[] all = new long[rows * width];
        for (int i = 0; i < places.size(); i++) {
            Arrays.fill(all, start(i), start(i) + places.get(i).length(), i + 1L);
        }
        return Tensor.of(all, rows, width);
    }

    /** {@code i64[R, N]}: the place of each token in its text, from 0; 0 for padding. */
    public Tensor positions() {
        long[] all = new long[rows * width];
        for (int i = 0; i < places.size(); i++) {
            for (int j = 0; j < places.get(i).length(); j++) {
                all[start(i) + j] = j;
            }
        }
        return Tensor.of(all, rows, width);
    }

    /** {@code i64[R, N]}: 1 for a token and 0 for padding. */
    Tensor mask() {
        long[] all = segments().longs();
        for (int i = 0; i < all.length; i++) {
            all[i] = Math.min(all[i], 1);
        }
        return Tensor.of(all, rows, width);
    }

    /** Index of a text's first token among those of all rows. */
    public int start(int text) {
        return places.get(text).row() * width + places.get(text).from();
    }

    /**
     * What a run gave for the tokens of some texts that are as long as each other, in rows: {@code [R, N, ..]} becomes {@code [some, n, ..]}.
     *
     * @param some texts of the pack, by index
     */
    public SequencedMap<String, Tensor> rows(Map<String, Tensor> given, Collection<String> names, List<Integer> some) {
        int length = places.get(some.getFirst()).length();
        SequencedMap<String, Tensor> all = new LinkedHashMap<>();
        names.forEach(name -> {
            Tensor tokens = given.get(name);
            long[] shape = tokens.shape();
            int inner = tokens.size() / Math.max(1, this.rows * width);
            Object storage = Tensor.newStorage(tokens.dtype(), some.size() * length * inner);
            for (int i = 0; i < some.size(); i++) {
                System.arraycopy(
                        tokens.storage(), start(some.get(i)) * inner, storage, i * length * inner, length * inner);
            }
            shape[0] = some.size();
            shape[1] = length;
            all.put(name, Tensor.wrap(tokens.dtype(), shape, storage));
        });
        return all;
    }

    /**
     * What a run gives for tokens, text by text: {@code [R, N, ..]} becomes {@code [texts, longest, ..]}, with zeros behind the
     * shorter ones.
     */
    Tensor unpacked(Tensor tokens) {
        TextOutputs all = new TextOutputs(places.stream().map(Place::length).toList());
        all.putTokens("", tokens, IntStream.range(0, places.size()).boxed().toList(), this);
        return all.inOrder(List.of("")).get("");
    }

    /** The outputs of a run with those for tokens text by text. @param types of the outputs, and {@code ids} of the tokens' input */
    public Map<String, Tensor> unpacked(Map<String, Tensor> outputs, Map<String, TensorType> types, TensorType ids) {
        Map<String, Tensor> all = new LinkedHashMap<>();
        outputs.forEach((name, tensor) ->
                all.put(name, TextInputs.isOfTokens(types.get(name), ids) ? unpacked(tensor) : tensor));
        return all;
    }
}
