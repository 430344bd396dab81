package heddle.cli.report;

import heddle.compiler.report.FusionReport;
import java.util.Arrays;
import java.util.Optional;

/** What an exporter of ONNX files can do about an attention that is not fused, by the words of the compiler's reason. */
enum ExporterRemedy {
    PROBABILITIES_ARE_OUTPUTS(
            "are an output of the model",
            "export without them: config.output_attentions = False (transformers), or leave them out of output_names of"
                    + " torch.onnx.export"),
    PROBABILITIES_ARE_READ(
            "are also read by",
            "export with attn_implementation=\"sdpa\" (transformers), which keeps no weights of attention, or with"
                    + " config.output_attentions = False"),
    ONE_KEY(
            "one key",
            "the file fixes the number of keys: name the axis of the sequence in dynamic_axes (dynamic_shapes with"
                    + " dynamo=True), and trace with an example of more than one token"),
    PROBABILITIES_ARE_CHANGED(
            "are changed by more than a factor",
            "call model.eval() before the export, so that dropout is left out, and export with"
                    + " attn_implementation=\"eager\" where a guard against NaN stands behind the softmax"),
    PRODUCT_OF_INTEGERS(
            "are a product of integers",
            "quantise the weights alone: quantize_dynamic(..., extra_options={\"MatMulConstBOnly\": True}); optimum:"
                    + " a configuration for weights, not avx512_vnni's static one"),
    ANOTHER_AXIS(
            "the product with the values sums over axis",
            "export with opset 13 or later, opset_version=17 for example: before, Softmax took all axes from its own on as one"),
    PARTS_OF_KEYS(
            "reads a part of the keys",
            "export without a fixed cache: use_cache=False, or optimum's task without -with-past");

    private final String words;
    private final String remedy;

    ExporterRemedy(String words, String remedy) {
        this.words = words;
        this.remedy = remedy;
    }

    /** What is known for one reason. */
    static Optional<String> of(FusionReport.Declined declined) {
        return Arrays.stream(values())
                .filter(r -> declined.reason().contains(r.words))
                .map(ExporterRemedy::text)
                .findFirst();
    }

    /** The remedy as it is printed. */
    String text() {
        return remedy;
    }
}
