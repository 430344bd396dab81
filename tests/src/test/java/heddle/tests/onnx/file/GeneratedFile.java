package heddle.tests.onnx.file;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnxruntime.OrtException;
import heddle.runtime.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * An ONNX file that was written here, and what should become of it.
 *
 * @param fused     attentions that Heddle fuses
 * @param declined  attentions that it does not
 * @param tolerance between Heddle and ONNX Runtime, of the largest element
 * @param asWritten whether ONNX Runtime computes it without its optimiser
 */
public record GeneratedFile(
        String name,
        ModelProto model,
        List<GraphWriter.Input> inputs,
        int fused,
        int declined,
        double tolerance,
        boolean asWritten) {
    /** Of results in f32. */
    static final double CLOSE = 1e-5;

    static GeneratedFile of(String name, GraphWriter writer, int fused) {
        return new GeneratedFile(name, writer.model(), List.copyOf(writer.inputs()), fused, 0, CLOSE, false);
    }

    GeneratedFile declining(int attentions) {
        return new GeneratedFile(name, model, inputs, fused, attentions, tolerance, asWritten);
    }

    /** Whose numbers are rounded to whole ones: ONNX Runtime computes it node by node. */
    GeneratedFile rounded(double bound) {
        return new GeneratedFile(name, model, inputs, fused, declined, bound, true);
    }

    /**
     * Whether it has products of bytes with a matrix of signed ones. Without instructions for them (VNNI), ONNX Runtime adds two
     * such products in sixteen bits, which are too few for some.
     */
    public boolean multipliesSignedBytes() {
        Set<String> signed = model.getGraph().getInitializerList().stream()
                .filter(t -> t.getDataType() == GraphWriter.INT8 && t.getDimsCount() == 2)
                .map(TensorProto::getName)
                .collect(Collectors.toSet());
        return model.getGraph().getNodeList().stream()
                .filter(node -> !node.getOpType().equals("DequantizeLinear"))
                .anyMatch(node -> node.getInputList().stream().anyMatch(signed::contains));
    }

    /** This file in ONNX Runtime. */
    public OnnxRuntimeSession session(Path file) throws OrtException {
        return asWritten ? OnnxRuntimeSession.asWritten(file) : OnnxRuntimeSession.optimised(file);
    }

    /** Lengths that every file is run with: one of each, few, and more than one block. */
    public static List<Map<String, Integer>> sizes() {
        List<Map<String, Integer>> sizes = new ArrayList<>();
        for (int batch : new int[] {1, 3}) {
            for (int length : new int[] {1, 7, 33}) {
                sizes.add(Map.of(
                        "batch_size", batch,
                        "sequence_length", length,
                        "past_sequence_length", 5,
                        "image_batch_size", 2,
                        "encoder_sequence_length", 11));
            }
        }
        return sizes;
    }

    /** @param lengths of the named axes; {@code a + b} is the sum of two, {@code a + 1} one more */
    public SequencedMap<String, Tensor> draw(Map<String, Integer> lengths, long seed) {
        Random random = new Random(seed);
        SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
        for (GraphWriter.Input input : inputs) {
            long[] shape =
                    input.shape().stream().mapToLong(d -> length(d, lengths)).toArray();
            tensors.put(input.name(), input.fill().draw(random, shape));
        }
        return tensors;
    }

    private static long length(Object length, Map<String, Integer> lengths) {
        if (length instanceof Integer n) {
            return n;
        }
        long sum = 0;
        for (String name : ((String) length).split(" \\+ ")) {
            sum += name.equals("1") ? 1 : lengths.get(name);
        }
        return sum;
    }

    @Override
    public String toString() {
        return name;
    }
}
