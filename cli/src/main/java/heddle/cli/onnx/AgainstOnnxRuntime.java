package heddle.cli.onnx;

import heddle.compiler.ir.NdArray;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.HeddleModel;
import heddle.runtime.RuntimeCode;
import heddle.runtime.onnx.OnnxGraph;
import heddle.runtime.onnx.OnnxModel;
import heddle.runtime.tensor.Tensor;
import heddle.runtime.verify.Comparison;
import heddle.runtime.verify.Tolerance;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Function;

/** Compares the results of an imported model with those that ONNX Runtime has for the file. */
public final class AgainstOnnxRuntime {
    private static final String LIBRARY = "ai.onnxruntime.OrtEnvironment";

    private final HeddleModel model;
    private final OnnxGraph graph;
    private final SequencedMap<String, NdArray> wanted;

    /**
     * Runs a file.
     *
     * @param model  what the file was imported as
     * @param inputs by the model's names
     * @throws DiagnosticException when ONNX Runtime is not on the class path, or refuses the file
     */
    public AgainstOnnxRuntime(Path file, HeddleModel model, Map<String, Tensor> inputs) {
        requireLibrary();
        this.model = model;
        this.graph = OnnxModel.read(file).graph();
        List<String> names = List.copyOf(model.inputs().keySet());
        List<String> inFile = graph.inputs().stream().map(i -> i.name()).toList();
        SequencedMap<String, Tensor> given = new LinkedHashMap<>();
        inFile.forEach(name -> given.put(name, inputs.get(paired(name, inFile, names))));
        try (OnnxRuntime runtime = new OnnxRuntime(file)) {
            this.wanted = runtime.run(given);
        }
    }

    private static void requireLibrary() {
        try {
            Class.forName(LIBRARY, true, AgainstOnnxRuntime.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new DiagnosticException(Diagnostic.of(
                            RuntimeCode.ONNX_RUNTIME, "ONNX Runtime is not on the class path")
                    .note("it is a library of its own, com.microsoft.onnxruntime:onnxruntime")
                    .hint("fetch it with mvn dependency:get -Dartifact=com.microsoft.onnxruntime:onnxruntime:VERSION,"
                            + " and name the jar in HEDDLE_CLASSPATH"));
        } catch (LinkageError e) {
            throw new DiagnosticException(
                    Diagnostic.of(RuntimeCode.ONNX_RUNTIME, "ONNX Runtime does not start on this machine")
                            .note(String.valueOf(e.getMessage())));
        }
    }

    /**
     * The name in the model for one in the file, by its place: names that are none of the language were written in another way, and
     * may have become that of another one.
     */
    private static String paired(String name, List<String> inFile, List<String> inModel) {
        if (inFile.size() == inModel.size()) {
            return inModel.get(inFile.indexOf(name));
        }
        if (inModel.contains(name)) {
            return name;
        }
        throw new DiagnosticException(
                Diagnostic.of(RuntimeCode.ONNX_RUNTIME, "\"" + name + "\" of the file is not in the model")
                        .note("the model has " + String.join(", ", inModel)));
    }

    /**
     * Prints the differences.
     *
     * @param results    of the model
     * @param tolerances by the model's names of outputs
     * @return whether all are within their tolerance
     */
    public boolean print(Map<String, Tensor> results, Function<String, Tolerance> tolerances, PrintWriter out) {
        List<String> names =
                model.declaration().outputs().stream().map(o -> o.name()).toList();
        List<String> inFile = graph.outputs().stream().map(o -> o.name()).toList();
        boolean within = true;
        String column = "%-" + names.stream().mapToInt(String::length).reduce(16, Math::max) + "s  ";
        out.printf(column + "%10s  %10s  worst element%n", "output", "max abs", "max rel");
        for (Map.Entry<String, NdArray> other : wanted.entrySet()) {
            String name = paired(other.getKey(), inFile, names);
            Tensor result = results.get(name);
            if (!Arrays.equals(result.shape(), other.getValue().shape())) {
                within = false;
                out.printf(
                        column + "is %s, ONNX Runtime has %s%n",
                        name,
                        Arrays.toString(result.shape()),
                        Arrays.toString(other.getValue().shape()));
            } else if (result.size() == 0) {
                out.printf(column + "no elements%n", name);
            } else {
                Comparison c = Comparison.of(result, other.getValue(), tolerances.apply(name));
                within &= c.within();
                out.printf(Locale.ROOT, column + "%10.2e  %10.2e  %s%n", name, c.absolute(), c.relative(), worst(c));
            }
        }
        return within;
    }

    private static String worst(Comparison c) {
        return c.absolute() == 0
                ? "nothing differs"
                : String.format(
                        Locale.ROOT,
                        "%s is %.9g, ONNX Runtime has %.9g%s",
                        Arrays.toString(c.worst()),
                        c.got(),
                        c.want(),
                        c.within() ? "" : "; BEYOND TOLERANCE");
    }
}
