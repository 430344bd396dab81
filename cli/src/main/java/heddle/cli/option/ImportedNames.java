package heddle.cli.option;

import heddle.runtime.HeddleModel;
import heddle.runtime.onnx.OnnxImport;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/** The names that an ONNX file has for what the source has to call otherwise; options take both. */
final class ImportedNames {
    private final Map<String, String> names;

    private ImportedNames(Map<String, String> names) {
        this.names = names;
    }

    static ImportedNames ofInputs(HeddleModel model) {
        return of(model, OnnxImport::inputs);
    }

    static ImportedNames ofOutputs(HeddleModel model) {
        return of(model, OnnxImport::outputs);
    }

    private static ImportedNames of(HeddleModel model, Function<OnnxImport, Map<String, String>> which) {
        Map<String, String> inFile = model.source().onnx().map(which).orElse(Map.of());
        Map<String, String> names = new HashMap<>();
        inFile.forEach((name, file) -> {
            if (!inFile.containsKey(file)) {
                names.put(file, name);
            }
        });
        return new ImportedNames(names);
    }

    /** The model's name for what an option names; a name of both is the model's. */
    String known(String name) {
        return names.getOrDefault(name, name);
    }
}
