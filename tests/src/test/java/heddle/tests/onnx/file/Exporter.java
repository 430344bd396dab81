package heddle.tests.onnx.file;

import java.util.List;
import java.util.Locale;

/** Whose files are written: how an exporter calls nodes, values and weights, and where it puts constants. */
enum Exporter {
    /** PyTorch up to 1.12: {@code MatMul_17}, values by numbers. */
    TORCH_NUMBERED("pytorch", "1.7"),
    /** PyTorch from 1.13, the exporter by tracing: {@code /encoder/layer.0/attention/self/MatMul}. */
    TORCH_SCOPED("pytorch", "2.1.2"),
    /** PyTorch's exporter by {@code torch.export}: {@code node_MatMul_17}, whole paths in metadata alone. */
    TORCH_DYNAMO("pytorch", "2.6.0"),
    /** tf2onnx: {@code model/bert/encoder/layer_._0/attention/self/MatMul}, values with {@code :0}. */
    TF2ONNX("tf2onnx", "1.16.1"),
    /** What ONNX Runtime's tools write after they changed a model of PyTorch's. */
    ONNX_RUNTIME("onnxruntime.transformers", "1.20.0");

    private final String producer;
    private final String version;

    Exporter(String producer, String version) {
        this.producer = producer;
        this.version = version;
    }

    String producer() {
        return producer;
    }

    String version() {
        return version;
    }

    /** Whether constants are nodes; else they are initialisers. */
    boolean constantNodes() {
        return this == TORCH_NUMBERED || this == TORCH_SCOPED;
    }

    /**
     * @param number counts all nodes
     * @param repeat counts those of this operator in this scope, from zero
     */
    String node(List<String> scope, String operator, int number, int repeat) {
        String local = repeat == 0 ? operator : operator + "_" + repeat;
        return switch (this) {
            case TORCH_NUMBERED, ONNX_RUNTIME -> operator + "_" + number;
            case TORCH_DYNAMO -> "node_" + operator + "_" + number;
            case TORCH_SCOPED -> "/" + path(scope, "/") + local;
            case TF2ONNX -> "model/" + path(scope, "/").replace("layer.", "layer_._") + local;
        };
    }

    /** The value that a node computes. */
    String value(String node, String operator, int number, int index) {
        return switch (this) {
            case TORCH_NUMBERED, ONNX_RUNTIME -> Integer.toString(1000 + 4 * number + index);
            case TORCH_DYNAMO -> operator.toLowerCase(Locale.ROOT) + "_" + number + (index == 0 ? "" : "_" + index);
            case TORCH_SCOPED -> node + "_output_" + index;
            case TF2ONNX -> node + ":" + index;
        };
    }

    /** A constant that is an initialiser. */
    String constant(int number) {
        return switch (this) {
            case TF2ONNX -> "const_fold_opt__" + number;
            case TORCH_DYNAMO -> "val_" + number;
            default -> "constant_" + number;
        };
    }

    /** A parameter of a module. */
    String parameter(List<String> scope, String leaf) {
        return this == TF2ONNX
                ? "model/" + path(scope, "/").replace("layer.", "layer_._") + leaf + "/ReadVariableOp:0"
                : path(scope, ".") + leaf;
    }

    /** The matrix of a linear layer, which exporters of PyTorch write transposed, under a name of its own. */
    String matrix(List<String> scope, int number) {
        return switch (this) {
            case TORCH_NUMBERED -> Integer.toString(9000 + number);
            case TORCH_SCOPED, ONNX_RUNTIME -> "onnx::MatMul_" + (9000 + number);
            case TORCH_DYNAMO -> "val_" + number;
            case TF2ONNX -> parameter(scope, "Tensordot");
        };
    }

    private static String path(List<String> scope, String separator) {
        return scope.isEmpty() ? "" : String.join(separator, scope) + separator;
    }
}
