package heddle.tests.onnx;

import heddle.compiler.frontend.Model;
import heddle.compiler.report.FusionReport;
import heddle.compiler.type.TensorType;
import heddle.runtime.CompileOptions;
import heddle.runtime.CompiledModel;
import heddle.runtime.Heddle;
import heddle.runtime.HeddleModel;
import heddle.runtime.onnx.OnnxGraph;
import heddle.runtime.onnx.OnnxModel;
import heddle.runtime.tensor.Tensor;
import heddle.runtime.verify.Reference;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/** An ONNX file that Heddle imported and compiled. Inputs and outputs are called as in the file. */
final class ImportedModel {
    private final OnnxGraph graph;
    private final HeddleModel model;
    private final SequencedMap<String, Tensor> weights;
    private final CompiledModel compiled;

    private ImportedModel(Path file, CompileOptions options) {
        this.graph = OnnxModel.read(file).graph();
        this.model = Heddle.model(file);
        this.weights = model.weights(options);
        this.compiled = model.compile(weights, options);
    }

    static ImportedModel of(Path file) {
        return new ImportedModel(file, CompileOptions.defaults().withThreads(1));
    }

    FusionReport report() {
        return compiled.compilation().report();
    }

    SequencedMap<String, Tensor> run(Map<String, Tensor> given) {
        return named(compiled.run(inputs(given)));
    }

    /** What the reference interpreter computes, in f64. */
    SequencedMap<String, Tensor> exact(Map<String, Tensor> given) {
        Map<String, Tensor> results = new LinkedHashMap<>();
        Reference.run(model, weights, inputs(given))
                .forEach((name, array) -> results.put(name, Tensor.of(array.data(), array.shape())));
        return named(results);
    }

    private Map<String, Tensor> inputs(Map<String, Tensor> given) {
        Map<String, Tensor> inputs = new LinkedHashMap<>();
        Iterator<OnnxGraph.Declared> declared = graph.inputs().iterator();
        for (Map.Entry<String, TensorType> input : model.inputs().entrySet()) {
            Tensor tensor = given.get(declared.next().name());
            inputs.put(input.getKey(), tensor.cast(input.getValue().dtype()));
        }
        return inputs;
    }

    private SequencedMap<String, Tensor> named(Map<String, Tensor> results) {
        SequencedMap<String, Tensor> outputs = new LinkedHashMap<>();
        List<Model.Declaration> declared = model.declaration().outputs();
        for (int i = 0; i < declared.size(); i++) {
            outputs.put(
                    graph.outputs().get(i).name(), results.get(declared.get(i).name()));
        }
        return outputs;
    }
}
