package heddle.tests.onnx.file;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.FunctionProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SequencedSet;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Writes an ONNX graph node by node. A value is called by its name; what computes one gives the name back. Weights come from
 * a seed.
 */
public class GraphWriter {
    public static final int FLOAT = TensorProto.DataType.FLOAT_VALUE;
    static final int FLOAT16 = TensorProto.DataType.FLOAT16_VALUE;
    public static final int UINT8 = TensorProto.DataType.UINT8_VALUE;
    public static final int INT8 = TensorProto.DataType.INT8_VALUE;
    static final int INT32 = TensorProto.DataType.INT32_VALUE;
    public static final int INT64 = TensorProto.DataType.INT64_VALUE;
    public static final int BOOL = TensorProto.DataType.BOOL_VALUE;

    /** An input, its lengths numbers or names, and what it is filled with. */
    record Input(String name, List<Object> shape, Fill fill) {}

    final Exporter exporter;
    final int opset;
    private final Random random;
    private final List<String> scope = new ArrayList<>();
    private final Map<String, Integer> repeats = new HashMap<>();
    private final List<NodeProto> nodes = new ArrayList<>();
    private final List<TensorProto> initialisers = new ArrayList<>();
    private final List<ValueInfoProto> declared = new ArrayList<>();
    private final List<ValueInfoProto> outputs = new ArrayList<>();
    private final List<Input> inputs = new ArrayList<>();
    private final List<FunctionProto> functions = new ArrayList<>();
    private final Map<String, String> renamed = new HashMap<>();
    private final SequencedSet<String> domains = new TreeSet<>();
    private int number;

    GraphWriter(Exporter exporter, int opset, long seed) {
        this.exporter = exporter;
        this.opset = opset;
        this.random = new Random(seed);
    }

    List<Input> inputs() {
        return inputs;
    }

    String input(String name, int type, Fill fill, Object... shape) {
        declared.add(declare(name, type, shape));
        inputs.add(new Input(name, List.of(shape), fill));
        return name;
    }

    /** Makes {@code value} an output that is called {@code name}. */
    void output(String value, String name, int type, Object... shape) {
        renamed.put(value, name);
        outputs.add(declare(name, type, shape));
    }

    private static ValueInfoProto declare(String name, int type, Object... lengths) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (Object length : lengths) {
            if (length instanceof Integer n) {
                shape.addDimBuilder().setDimValue(n);
            } else {
                shape.addDimBuilder().setDimParam((String) length);
            }
        }
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(
                                TypeProto.Tensor.newBuilder().setElemType(type).setShape(shape)))
                .build();
    }

    /** What {@code body} writes belongs to the modules of {@code path}, with points between them or slashes. */
    <T> T in(String path, Supplier<T> body) {
        List<String> steps = List.of(path.split("/"));
        scope.addAll(steps);
        T result = body.get();
        scope.subList(scope.size() - steps.size(), scope.size()).clear();
        return result;
    }

    /** @param operator with its domain before it unless it is ONNX's own @param operands values, and attributes */
    String op(String operator, Object... operands) {
        return ops(1, operator, operands).getFirst();
    }

    /** The same for an operator with several results. */
    List<String> ops(int results, String operator, Object... operands) {
        int point = operator.lastIndexOf('.');
        String type = operator.substring(point + 1);
        NodeProto.Builder node = NodeProto.newBuilder().setOpType(type);
        if (point > 0) {
            node.setDomain(operator.substring(0, point));
            domains.add(node.getDomain());
        }
        for (Object operand : operands) {
            if (operand instanceof AttributeProto attribute) {
                node.addAttribute(attribute);
            } else {
                node.addInput((String) operand);
            }
        }
        int repeat = repeats.merge(scope + type, 1, Integer::sum) - 1;
        node.setName(exporter.node(scope, type, ++number, repeat));
        for (int i = 0; i < results; i++) {
            node.addOutput(exporter.value(node.getName(), type, number, i));
        }
        nodes.add(node.build());
        return node.getOutputList();
    }

    /** An attribute: of a whole number, a float, a text, a tensor, a graph, or several whole numbers. */
    public static AttributeProto attr(String name, Object value) {
        AttributeProto.Builder attribute = AttributeProto.newBuilder().setName(name);
        switch (value) {
            case Integer i ->
                attribute.setType(AttributeProto.AttributeType.INT).setI(i);
            case Float f ->
                attribute.setType(AttributeProto.AttributeType.FLOAT).setF(f);
            case String s ->
                attribute.setType(AttributeProto.AttributeType.STRING).setS(ByteString.copyFromUtf8(s));
            case TensorProto t ->
                attribute.setType(AttributeProto.AttributeType.TENSOR).setT(t);
            case GraphProto g ->
                attribute.setType(AttributeProto.AttributeType.GRAPH).setG(g);
            case long[] l -> {
                attribute.setType(AttributeProto.AttributeType.INTS);
                Arrays.stream(l).forEach(attribute::addInts);
            }
            default -> throw new IllegalArgumentException(name + ": " + value.getClass());
        }
        return attribute.build();
    }

    public static long[] ints(long... values) {
        return values;
    }

    public static TensorProto tensor(float[] values, long... shape) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return tensor(FLOAT, bytes, shape);
    }

    public static TensorProto tensor(long[] values, long... shape) {
        ByteBuffer bytes = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(values);
        return tensor(INT64, bytes, shape);
    }

    /** Numbers of the type {@code type} that take one, two or four bytes. */
    public static TensorProto tensor(int type, int[] values, long... shape) {
        int width = type == INT32 ? 4 : type == FLOAT16 ? 2 : 1;
        ByteBuffer bytes = ByteBuffer.allocate(width * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (int value : values) {
            switch (width) {
                case 4 -> bytes.putInt(value);
                case 2 -> bytes.putShort((short) value);
                default -> bytes.put((byte) value);
            }
        }
        return tensor(type, bytes.flip(), shape);
    }

    private static TensorProto tensor(int type, ByteBuffer bytes, long... shape) {
        TensorProto.Builder tensor = TensorProto.newBuilder().setDataType(type);
        Arrays.stream(shape).forEach(tensor::addDims);
        return tensor.setRawData(ByteString.copyFrom(bytes)).build();
    }

    /** A constant, as the exporter writes one. */
    String constant(TensorProto value) {
        return exporter.constantNodes()
                ? op("Constant", attr("value", value))
                : initialiser(exporter.constant(++number), value);
    }

    String constant(float value) {
        return constant(tensor(new float[] {value}));
    }

    /** A whole number that is a tensor without axes. */
    String scalar(long value) {
        return constant(tensor(new long[] {value}));
    }

    /** Whole numbers along one axis. */
    String list(long... values) {
        return constant(tensor(values, values.length));
    }

    String initialiser(String name, TensorProto value) {
        initialisers.add(value.toBuilder().setName(name).build());
        return name;
    }

    /** A parameter of the module that is being written, its values around {@code mean}. */
    String parameter(String leaf, float mean, float deviation, long... shape) {
        return initialiser(exporter.parameter(scope, leaf), tensor(drawn(mean, deviation, shape), shape));
    }

    /** A parameter of the module that is being written, as it is given. */
    String buffer(String leaf, TensorProto value) {
        return initialiser(exporter.parameter(scope, leaf), value);
    }

    /** The matrix of a linear layer from {@code in} to {@code out}. */
    String matrix(int in, int out) {
        return initialiser(
                exporter.matrix(scope, ++number), tensor(drawn(0, (float) (1 / Math.sqrt(in)), in, out), in, out));
    }

    float[] drawn(float mean, float deviation, long... shape) {
        float[] values = new float[(int) Arrays.stream(shape).reduce(1, Math::multiplyExact)];
        for (int i = 0; i < values.length; i++) {
            values[i] = mean + deviation * (float) random.nextGaussian();
        }
        return values;
    }

    /** Adds a local function, unless it is there. @param body writes its nodes and gives its result */
    void function(String domain, String name, List<String> parameters, Function<GraphWriter, String> body) {
        if (functions.stream().anyMatch(f -> f.getName().equals(name))) {
            return;
        }
        GraphWriter inner = new GraphWriter(Exporter.TORCH_NUMBERED, opset, 0);
        String result = body.apply(inner);
        inner.renamed.put(result, "return_val");
        FunctionProto.Builder function = FunctionProto.newBuilder()
                .setDomain(domain)
                .setName(name)
                .addAllInput(parameters)
                .addOutput("return_val")
                .addAllNode(inner.nodes.stream().map(inner::rename).toList())
                .addOpsetImport(version("", opset));
        inner.domains.forEach(d -> function.addOpsetImport(version(d, 1)));
        functions.add(function.build());
    }

    /** A graph in an attribute, its result {@code body}'s. */
    GraphProto branch(String name, Function<GraphWriter, String> body) {
        GraphWriter inner = new GraphWriter(exporter, opset, 0);
        inner.scope.add(name);
        String result = body.apply(inner);
        return GraphProto.newBuilder()
                .setName(name)
                .addAllNode(inner.nodes)
                .addOutput(ValueInfoProto.newBuilder()
                        .setName(result)
                        .setType(TypeProto.newBuilder()
                                .setTensorType(TypeProto.Tensor.newBuilder().setElemType(FLOAT))))
                .build();
    }

    ModelProto model() {
        GraphProto graph = GraphProto.newBuilder()
                .setName(exporter == Exporter.TORCH_DYNAMO ? "main_graph" : "torch_jit")
                .addAllInput(declared)
                .addAllOutput(outputs)
                .addAllInitializer(initialisers)
                .addAllNode(nodes.stream().map(this::rename).toList())
                .build();
        int ir = opset < 15 ? 7 : opset < 20 ? 8 : opset < 23 ? 10 : 11;
        ModelProto.Builder model = ModelProto.newBuilder()
                .setIrVersion(functions.isEmpty() ? ir : Math.max(ir, 8))
                .setProducerName(exporter.producer())
                .setProducerVersion(exporter.version())
                .setGraph(graph)
                .addAllFunctions(functions)
                .addOpsetImport(version("", opset));
        domains.forEach(d -> model.addOpsetImport(version(d, 1)));
        return model.build();
    }

    private static OperatorSetIdProto version(String domain, int version) {
        return OperatorSetIdProto.newBuilder()
                .setDomain(domain)
                .setVersion(version)
                .build();
    }

    private NodeProto rename(NodeProto node) {
        Function<String, String> rename = value -> renamed.getOrDefault(value, value);
        return node.toBuilder()
                .clearInput()
                .addAllInput(node.getInputList().stream().map(rename).toList())
                .clearOutput()
                .addAllOutput(node.getOutputList().stream().map(rename).toList())
                .build();
    }
}
