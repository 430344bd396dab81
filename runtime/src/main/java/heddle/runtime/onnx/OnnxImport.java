package heddle.runtime.onnx;

import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.onnx.idiom.Idioms;
import heddle.runtime.onnx.operator.CoreOperators;
import heddle.runtime.onnx.operator.fused.FusedOperators;
import heddle.runtime.onnx.operator.quantised.QuantisedOperators;
import heddle.runtime.onnx.source.FlatModel;
import heddle.runtime.onnx.source.text.SourceText;
import heddle.runtime.onnx.translate.OperatorTable;
import heddle.runtime.onnx.translate.Translation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** An ONNX file as a model in the language, whose weights are those of the file. */
public final class OnnxImport {
    private static final OperatorTable OPERATORS = operators();

    private final SourceText text;
    private final List<String> notes;

    private OnnxImport(SourceText text, List<String> notes) {
        this.text = text;
        this.notes = List.copyOf(notes);
    }

    /**
     * Writes a file as a model.
     *
     * @param name of the model, a name of the language
     * @throws DiagnosticException that lists the operators without a translation, and their nodes
     */
    public static OnnxImport of(OnnxModel model, String name) {
        OnnxGraph graph = Idioms.recognise(model.graph());
        FlatModel flat = Translation.of(graph, model.opsets(), OPERATORS, name);
        return new OnnxImport(SourceText.of(flat, new SourceText.Header(List.of(origin(model)))), flat.notes());
    }

    private static String origin(OnnxModel model) {
        String producer = model.producer().isEmpty() ? "" : ", written by " + model.producer();
        String opset = Optional.ofNullable(model.opsets().get(""))
                .map(o -> " with opset " + o)
                .orElse("");
        return "From " + model.path().getFileName() + producer + opset + ". Weights have the file's names.";
    }

    private static OperatorTable operators() {
        OperatorTable table = new OperatorTable();
        CoreOperators.addTo(table);
        QuantisedOperators.addTo(table);
        FusedOperators.addTo(table);
        return table;
    }

    /** All operators that have a translation. */
    public static OperatorTable known() {
        return OPERATORS;
    }

    /** The text of the model. */
    public String source() {
        return text.text();
    }

    /** The nodes of the file that a line of the text says what they compute. @param line from 1 */
    public List<String> nodes(int line) {
        return text.nodes().getOrDefault(line, List.of());
    }

    /** The names that the file has for the inputs, by those of the text. */
    public Map<String, String> inputs() {
        return text.inputs();
    }

    /** The names that the file has for the outputs, by those of the text. */
    public Map<String, String> outputs() {
        return text.outputs();
    }

    /** Inputs and outputs whose names are none of the language, or are taken there, a sentence each. */
    public List<String> renamed() {
        List<String> sentences = new ArrayList<>();
        renamed("input", text.inputs(), sentences);
        renamed("output", text.outputs(), sentences);
        return sentences;
    }

    private static void renamed(String what, Map<String, String> names, List<String> sentences) {
        new TreeMap<>(names).forEach((name, file) -> {
            if (!name.equals(file)) {
                sentences.add(
                        "the " + what + " " + OnnxName.quoted(file) + " of the file is " + name + " in the source");
            }
        });
    }

    /** What a reader should know of the model beside its text, a sentence each. */
    public List<String> notes() {
        return notes;
    }
}
