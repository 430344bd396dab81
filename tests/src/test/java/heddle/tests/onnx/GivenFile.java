package heddle.tests.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import ai.onnxruntime.OrtException;
import heddle.compiler.type.DType;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.tensor.Tensor;
import heddle.tests.onnx.file.OnnxRuntimeSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * An ONNX file that somebody gave, what it is run with, and what it should compute: the data beside it
 * ({@code test_data_set_0/input_0.pb}), or else what ONNX Runtime says for random inputs.
 */
final class GivenFile {
    /** How far Heddle came with a file. */
    enum Reached {
        /** It computes what is expected. */
        AGREES,
        /** It does when inputs that an operator takes lengths or axes from, whole numbers and scales, are made constants. */
        AGREES_WITH_CONSTANTS,
        /** The two are less than a hundredth apart, and exact arithmetic lies nearer to Heddle than to ONNX Runtime. */
        NEARER_TO_EXACT,
        /** An operator or a form of one has no translation. */
        MISSING,
        /** It is refused, or breaks, for another reason. */
        FAILS,
        /** Other numbers. */
        DIFFERS,
        /** Nothing says what is right: ONNX Runtime does not run it, or values are no tensors of numbers. */
        NOT_COMPARED
    }

    /** @param why by operator where one is missing, else a line */
    record Outcome(Reached reached, List<String> why) {}

    private static final double TOLERANCE = 1e-5;
    private static final double SIXTEEN_BITS = 2e-2;
    private static final Set<Integer> WHOLE = Set.of(2, 3, 4, 5, 6, 7, 9, 12);

    private final Path path;
    private final ModelProto model;
    private SequencedMap<String, Tensor> inputs;
    private SequencedMap<String, Tensor> expected;

    GivenFile(Path path) throws IOException {
        this.path = path;
        this.model = ModelProto.parseFrom(Files.readAllBytes(path));
    }

    Outcome outcome(Path folder) {
        try {
            Path data = path.resolveSibling("test_data_set_0");
            boolean known = Files.isDirectory(data) && isAlone() ? read(data) : compute();
            if (!known) {
                return new Outcome(Reached.NOT_COMPARED, List.of("values that are no tensors of numbers"));
            }
        } catch (OrtException | IOException | IllegalArgumentException e) {
            return new Outcome(Reached.NOT_COMPARED, List.of(line(e)));
        }
        Outcome given = compare(path, Reached.AGREES);
        if (given.reached() != Reached.MISSING || lengths().isEmpty()) {
            return given;
        }
        try {
            Path constant = Files.write(
                    folder.resolve("constants.onnx"), withConstants().toByteArray());
            Outcome second = compare(constant, Reached.AGREES_WITH_CONSTANTS);
            return second.reached() == Reached.MISSING ? given : second;
        } catch (IOException e) {
            return new Outcome(Reached.FAILS, List.of(line(e)));
        }
    }

    private Outcome compare(Path file, Reached success) {
        try {
            ImportedModel imported = ImportedModel.of(file);
            SequencedMap<String, Tensor> results = imported.run(inputs);
            List<String> wrong = new ArrayList<>();
            boolean rounding = true;
            for (Map.Entry<String, Tensor> output : expected.entrySet()) {
                Tensor got = results.get(output.getKey());
                double apart = Difference.relative(got, output.getValue());
                boolean sixteen = output.getValue().dtype() == DType.F16 || got.dtype() == DType.F16;
                if (apart > (sixteen ? SIXTEEN_BITS : TOLERANCE)) {
                    wrong.add(output.getKey() + " differs by " + apart);
                    rounding &= apart < 1e-2
                            && isNearer(imported.exact(inputs).get(output.getKey()), got, output.getValue());
                }
            }
            Reached reached = wrong.isEmpty() ? success : rounding ? Reached.NEARER_TO_EXACT : Reached.DIFFERS;
            return new Outcome(reached, wrong);
        } catch (DiagnosticException e) {
            List<String> missing = e.diagnostics().stream()
                    .filter(d -> d.code().toString().contains("OPERATOR"))
                    .map(Diagnostic::message)
                    .map(GivenFile::operator)
                    .distinct()
                    .toList();
            return missing.isEmpty()
                    ? new Outcome(Reached.FAILS, List.of(line(e)))
                    : new Outcome(Reached.MISSING, missing);
        } catch (RuntimeException | StackOverflowError | AssertionError e) {
            return new Outcome(Reached.FAILS, List.of(line(e)));
        }
    }

    private static boolean isNearer(Tensor exact, Tensor got, Tensor expected) {
        return Difference.relative(got, exact) < Difference.relative(expected, exact);
    }

    /** The message without the nodes: {@code Conv: it has 3 axes of positions}. */
    private static String operator(String message) {
        return message.replaceFirst(": (node |\\d+ nodes).*", "").replaceAll("\\[[^]]*\\]", "[…]");
    }

    private static String line(Throwable e) {
        String text =
                e instanceof DiagnosticException d ? d.diagnostics().getFirst().message() : e.toString();
        return text.lines().findFirst().orElse("");
    }

    /** Inputs that a run gives; a graph of an old version names initialisers among them. */
    private List<ValueInfoProto> given() {
        GraphProto graph = model.getGraph();
        Set<String> constant =
                graph.getInitializerList().stream().map(TensorProto::getName).collect(Collectors.toSet());
        return graph.getInputList().stream()
                .filter(i -> !constant.contains(i.getName()))
                .toList();
    }

    /** Data lies beside a model that has a folder of its own. */
    private boolean isAlone() throws IOException {
        try (Stream<Path> beside = Files.list(path.getParent())) {
            return beside.filter(p -> p.toString().endsWith(".onnx")).count() == 1;
        }
    }

    private boolean read(Path data) throws IOException {
        inputs = new LinkedHashMap<>();
        expected = new LinkedHashMap<>();
        boolean numbers = true;
        int i = 0;
        for (ValueInfoProto input : given()) {
            numbers &= put(inputs, input, data.resolve("input_" + i++ + ".pb"));
        }
        i = 0;
        for (ValueInfoProto output : model.getGraph().getOutputList()) {
            numbers &= put(expected, output, data.resolve("output_" + i++ + ".pb"));
        }
        return numbers;
    }

    private static boolean put(Map<String, Tensor> to, ValueInfoProto value, Path file) throws IOException {
        Optional<Tensor> tensor =
                value.getType().hasTensorType() && Files.exists(file) ? TensorFile.read(file) : Optional.empty();
        tensor.ifPresent(t -> to.put(value.getName(), t));
        return tensor.isPresent();
    }

    private boolean compute() throws OrtException {
        try (OnnxRuntimeSession session = OnnxRuntimeSession.asWritten(path)) {
            inputs = session.draw(17);
            expected = session.run(inputs);
            return true;
        }
    }

    private List<String> lengths() {
        return given().stream()
                .filter(i -> i.getName().equals("scales")
                        || WHOLE.contains(i.getType().getTensorType().getElemType()))
                .map(ValueInfoProto::getName)
                .toList();
    }

    private ModelProto withConstants() {
        List<String> names = lengths();
        GraphProto.Builder graph = model.getGraph().toBuilder().clearInput();
        for (ValueInfoProto input : model.getGraph().getInputList()) {
            if (names.contains(input.getName())) {
                int type = input.getType().getTensorType().getElemType();
                graph.addInitializer(TensorFile.write(input.getName(), type, inputs.get(input.getName())));
            } else {
                graph.addInput(input);
            }
        }
        return model.toBuilder().setGraph(graph).build();
    }
}
