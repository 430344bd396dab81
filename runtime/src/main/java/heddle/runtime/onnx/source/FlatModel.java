package heddle.runtime.onnx.source;

import heddle.compiler.type.TensorType;
import java.util.List;

/**
 * A model as a list of definitions, one for each node that computes something when the model runs, each above those that read
 * it. Functions, loops and names are not found yet.
 *
 * @param name    of the model, a name of the language
 * @param lengths that are known when the model runs, in the order of their declaration
 * @param inputs  by the names that a run gives
 * @param notes   what a reader should know, such as where the meaning of ONNX differs; a sentence each
 */
public record FlatModel(
        String name,
        List<String> lengths,
        List<Value> inputs,
        List<Definition> definitions,
        List<Result> outputs,
        List<String> notes) {
    public FlatModel {
        lengths = List.copyOf(lengths);
        inputs = List.copyOf(inputs);
        definitions = List.copyOf(definitions);
        outputs = List.copyOf(outputs);
        notes = List.copyOf(notes);
    }

    /** {@code output name : type = term}. @param name as the file has it */
    public record Result(String name, TensorType type, Term term) {}
}
