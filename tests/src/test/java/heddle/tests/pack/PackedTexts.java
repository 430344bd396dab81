package heddle.tests.pack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.Compiler.Fusion;
import heddle.compiler.ir.NdArray;
import heddle.runtime.CompileOptions;
import heddle.runtime.HeddleModel;
import heddle.runtime.PackedModel;
import heddle.runtime.tensor.Tensor;
import heddle.runtime.text.Pack;
import heddle.runtime.text.Tokens;
import heddle.runtime.verify.Reference;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SequencedMap;

/** Random texts end to end in some rows, and what a model gives for them and for each of them alone. */
public final class PackedTexts {
    private final HeddleModel model;
    private final HeddleModel packed;
    private final Map<String, Tensor> weights;
    private final int vocabulary;

    /**
     * @param model      has outputs for tokens alone
     * @param vocabulary token numbers are below it
     * @throws AssertionError when it cannot be packed
     */
    public PackedTexts(HeddleModel model, Map<String, Tensor> weights, int vocabulary) {
        PackedModel result = PackedModel.of(model);
        assertTrue(result.model().isPresent(), () -> result.declined().orElseThrow());
        this.model = model;
        this.packed = result.model().get();
        this.weights = weights;
        this.vocabulary = vocabulary;
    }

    HeddleModel packed() {
        return packed;
    }

    /**
     * The packed model's meaning on texts end to end is the model's on each, but for rounding of doubles; what is compiled of it
     * differs by rounding of its own types.
     *
     * @param lengths of the texts in each row; rows are padded to the same width
     */
    public void assertAlike(long seed, List<List<Integer>> lengths) {
        Random random = new Random(seed);
        int width = 1
                + lengths.stream()
                        .mapToInt(row -> row.stream().mapToInt(n -> n).sum())
                        .max()
                        .orElseThrow();
        List<Tokens> texts = new ArrayList<>();
        List<Pack.Place> places = new ArrayList<>();
        for (int row = 0; row < lengths.size(); row++) {
            int from = 0;
            for (int length : lengths.get(row)) {
                texts.add(new Tokens(
                        random.ints(length, 2, vocabulary).asLongStream().toArray(), 0, 0));
                places.add(new Pack.Place(row, from, length));
                from += length;
            }
        }
        Pack pack = new Pack(lengths.size(), width, texts, places);
        SequencedMap<String, Tensor> inputs = packed.inputs(pack);
        Map<String, NdArray> together = Reference.run(packed, weights, inputs);
        Map<String, Tensor> compiled = packed.compile(
                        weights, CompileOptions.defaults().withThreads(1))
                .run(inputs);
        for (int i = 0; i < texts.size(); i++) {
            SequencedMap<String, Tensor> own = model.inputs(Pack.padded(List.of(texts.get(i))));
            for (Map.Entry<String, NdArray> alone :
                    Reference.run(model, weights, own).entrySet()) {
                double[] expected = alone.getValue().data();
                double[] found = together.get(alone.getKey()).data();
                Tensor rounded = compiled.get(alone.getKey());
                int from = pack.start(i) * (expected.length / texts.get(i).count());
                for (int e = 0; e < expected.length; e++) {
                    String at = "text " + i + " of " + lengths + ", element " + e;
                    double size = Math.max(1, Math.abs(expected[e]));
                    assertEquals(expected[e], found[from + e], 1e-9 * size, at);
                    assertEquals(expected[e], rounded.element(from + e), 1e-4 * size, at + ", compiled");
                }
            }
        }
    }

    /**
     * A text whose tokens' vectors hold NaN or infinity changes nothing of those beside it, in the reference and in code with fusion and
     * without.
     *
     * @param bad a token whose row of weights is not finite
     */
    public void assertApart(long bad, int... lengths) {
        Random random = new Random(bad);
        List<Tokens> texts = new ArrayList<>();
        for (int i = 0; i < lengths.length; i++) {
            long[] ids =
                    random.ints(lengths[i], 2, vocabulary - 2).asLongStream().toArray();
            if (i % 2 == 1) {
                ids[random.nextInt(ids.length)] = bad;
            }
            texts.add(new Tokens(ids, 0, 0));
        }
        Pack pack = Pack.endToEnd(texts);
        SequencedMap<String, Tensor> inputs = packed.inputs(pack);
        Map<String, NdArray> reference = Reference.run(packed, weights, inputs);
        for (Fusion fusion : Fusion.values()) {
            Map<String, Tensor> compiled = packed.compile(
                            weights, CompileOptions.defaults().withThreads(1).withFusion(fusion))
                    .run(inputs);
            for (int i = 0; i < texts.size(); i += 2) {
                SequencedMap<String, Tensor> own = model.inputs(Pack.padded(List.of(texts.get(i))));
                for (Map.Entry<String, NdArray> alone :
                        Reference.run(model, weights, own).entrySet()) {
                    double[] expected = alone.getValue().data();
                    int from = pack.start(i) * (expected.length / texts.get(i).count());
                    for (int e = 0; e < expected.length; e++) {
                        String at = "text " + i + " beside token " + bad + ", element " + e;
                        assertTrue(Double.isFinite(expected[e]), at);
                        double size = Math.max(1, Math.abs(expected[e]));
                        assertEquals(expected[e], reference.get(alone.getKey()).data()[from + e], 1e-9 * size, at);
                        assertEquals(
                                expected[e],
                                compiled.get(alone.getKey()).element(from + e),
                                1e-4 * size,
                                at + ", compiled, " + fusion);
                    }
                }
            }
        }
    }

    /** Lengths at and beside the borders of blocks, one token among them, in two rows. */
    public void assertAlike(long seed) {
        assertAlike(seed, List.of(List.of(1, 31, 1, 33, 2), List.of(16, 17, 3, 15)));
    }
}
