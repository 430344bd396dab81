package heddle.runtime.onnx.source.text;

import heddle.compiler.frontend.Frontend;
import heddle.compiler.ir.Graph;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.format.Formatter;
import heddle.dsl.parse.Parser;
import heddle.dsl.source.SourceFile;
import heddle.runtime.SourceReader;
import heddle.runtime.onnx.source.FlatModel;
import heddle.runtime.onnx.source.structure.Inlining;
import heddle.runtime.onnx.source.structure.Outline;
import heddle.runtime.onnx.source.structure.Placement;
import heddle.runtime.onnx.source.structure.Preparation;
import heddle.runtime.onnx.source.structure.Routines;
import heddle.runtime.onnx.source.structure.scope.ScopeBlocks;
import heddle.runtime.onnx.source.structure.scope.SmallScopes;
import heddle.runtime.onnx.source.structure.step.Step;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A model as a file of the language.
 *
 * @param text    formatted
 * @param nodes   the names of the nodes that each line stands for; lines count from 1
 * @param inputs  the names that the file of the model has for the inputs, by the names that the text has
 * @param outputs the same for outputs
 */
public record SourceText(
        String text, SortedMap<Integer, List<String>> nodes, Map<String, String> inputs, Map<String, String> outputs) {
    /** What the first lines say. @param sentences where the model comes from */
    public record Header(List<String> sentences) {
        public Header {
            sentences = List.copyOf(sentences);
        }
    }

    public SourceText {
        nodes = new TreeMap<>(nodes);
        inputs = Map.copyOf(inputs);
        outputs = Map.copyOf(outputs);
    }

    /**
     * The model as a person would write it, with functions and loops. It is compared with the plain list of the definitions;
     * should it not compute the same, that list is the text.
     *
     * @throws DiagnosticException if the definitions themselves have mistakes
     */
    public static SourceText of(FlatModel model, Header header) {
        SourceText flat = flat(model, header);
        Graph meant = graph(model, flat);
        try {
            SourceText text = structured(model, header);
            return SameGraph.of(graph(model, text), meant) ? text : flat;
        } catch (DiagnosticException | IllegalStateException mistake) {
            return flat;
        }
    }

    private static Graph graph(FlatModel model, SourceText text) {
        return Frontend.elaborate(Parser.parse(file(model, text.text())).orThrow(), SourceReader::imported)
                .graph();
    }

    /** The model with functions and loops; whether the language accepts it is not checked. */
    public static SourceText structured(FlatModel model, Header header) {
        Preparation.Prepared prepared = Preparation.of(model);
        List<Step.Compute> steps = SmallScopes.in(prepared.steps(), prepared.outputs());
        Outline outline = Routines.of(ScopeBlocks.of(steps), prepared.outputs());
        outline = Inlining.of(Placement.of(outline));
        return written(model, outline, header);
    }

    /** The model with a line for each definition. */
    public static SourceText flat(FlatModel model, Header header) {
        Preparation.Prepared prepared = Preparation.of(model);
        List<Step> steps = List.copyOf(prepared.steps());
        List<Outline.Output> outputs = prepared.outputs().stream()
                .map(o -> new Outline.Output(o, List.of()))
                .toList();
        return written(model, new Outline(List.of(), steps, outputs), header);
    }

    private static SourceText written(FlatModel model, Outline outline, Header header) {
        SourceWriter writer = new SourceWriter(model, outline);
        String raw = writer.write(header);
        String text = Formatter.format(file(model, raw));
        SortedMap<Integer, List<String>> nodes = LineNodes.of(file(model, text), writer.nodes());
        return new SourceText(text, nodes, writer.inputs(), writer.outputs());
    }

    private static SourceFile file(FlatModel model, String text) {
        return new SourceFile(model.name() + ".heddle", text);
    }
}
