package heddle.compiler.frontend;

import heddle.compiler.frontend.Model.Declaration;
import heddle.compiler.gradient.Differentiate;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Origin;
import heddle.compiler.ir.Rewriter;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Given;
import heddle.compiler.op.Weight;
import heddle.compiler.op.gradient.Gradient;
import heddle.compiler.op.gradient.GradientCode;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.diagnostic.Suggest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Asks for gradients of a model that does not ask for them itself: outputs {@code grad.NAME}. */
public final class Gradients {
    private static final String PREFIX = "grad.";

    private Gradients() {}

    /**
     * The model with a gradient for each of some weights and inputs, an output {@code grad.NAME} of its shape.
     *
     * @param loss the output that is differentiated; absent for the only one that is a float without axes
     * @param by   names of weights and inputs; none for all weights of floats
     * @throws DiagnosticException when there is no such loss, weight or input, or no gradient by one
     */
    public static Model of(Model model, Optional<String> loss, List<String> by) {
        Declaration of = loss(model, loss);
        if (model.outputs().stream().anyMatch(o -> o.name().startsWith(PREFIX))) {
            throw mistake("the model has gradients already", "ask once, for all weights and inputs");
        }
        List<Declaration> wanted = by.isEmpty()
                ? model.weights().stream().filter(Gradients::isFloat).toList()
                : by.stream().distinct().map(name -> declared(model, name)).toList();
        if (wanted.isEmpty()) {
            throw mistake("the model has no weights of floats to differentiate by", "name inputs: --wrt x");
        }
        Graph graph = graph(model.graph(), of.name(), wanted);
        List<Declaration> outputs = new ArrayList<>(model.outputs());
        wanted.forEach(w -> outputs.add(new Declaration(PREFIX + w.name(), Gradient.typeBy(w.type()), w.span())));
        List<Diagnostic> warnings = new ArrayList<>(model.warnings());
        Graph meaning = Differentiate.meaning(graph, warnings::add);
        return new Model(
                model.name(),
                graph,
                meaning,
                model.inputs(),
                model.weights(),
                outputs,
                model.lengths(),
                model.files(),
                warnings);
    }

    private static boolean isFloat(Declaration d) {
        return d.type().dtype().isFloat() && !d.held().stored().isQuantised();
    }

    private static Declaration loss(Model model, Optional<String> name) {
        List<Declaration> fit = model.outputs().stream()
                .filter(o -> o.type().rank() == 0 && o.type().dtype().isFloat())
                .filter(o -> name.isEmpty() || o.name().equals(name.get()))
                .toList();
        Optional<Declaration> meant = model.outputs().stream()
                .filter(o -> name.isPresent() && o.name().equals(name.get()))
                .findFirst();
        if (fit.isEmpty() && meant.isPresent()) {
            throw notOneFloat(meant.get());
        }
        if (fit.size() != 1) {
            String outputs = model.outputs().stream()
                    .map(o -> o.name() + " : " + o.type())
                    .collect(Collectors.joining(", "));
            throw mistake(
                    name.map(n -> "the model has no output " + n + " that is a float without axes")
                                    .orElse("the model has " + (fit.isEmpty() ? "no output" : "several outputs")
                                            + " that may be the loss: one float without axes")
                            + "; its outputs are " + outputs,
                    fit.isEmpty()
                            ? missing(model, name)
                            : "name it: --grad " + fit.getFirst().name());
        }
        return fit.getFirst();
    }

    private static DiagnosticException notOneFloat(Declaration output) {
        return new DiagnosticException(Diagnostic.at(
                        output.span(),
                        GradientCode.NOT_WANTED,
                        "the loss is one float without axes, and `" + output.name() + "` is " + output.type())
                .hint(
                        output.type().dtype().isFloat()
                                ? "take the mean of it: `output loss = mean(...)`"
                                : "only floats have gradients"));
    }

    private static String missing(Model model, Optional<String> name) {
        List<String> outputs = model.outputs().stream()
                .filter(o -> o.type().rank() == 0 && o.type().dtype().isFloat())
                .map(Declaration::name)
                .toList();
        return name.flatMap(n -> Suggest.closest(n, outputs))
                .map(meant -> "did you mean " + meant + "?")
                .orElse("write one: `output loss = mean(...)`");
    }

    private static Declaration declared(Model model, String name) {
        Declaration found = Stream.concat(model.weights().stream(), model.inputs().stream())
                .filter(d -> d.name().equals(name))
                .findFirst()
                .orElseThrow(() -> unknown(model, name));
        if (!isFloat(found)) {
            throw new DiagnosticException(Diagnostic.at(
                            found.span(),
                            GradientCode.NOT_WANTED,
                            "there is no gradient by " + name + ", which is held as "
                                    + found.held().text())
                    .hint("only floats have gradients"));
        }
        return found;
    }

    private static DiagnosticException unknown(Model model, String name) {
        List<String> known = Stream.concat(model.weights().stream(), model.inputs().stream())
                .map(Declaration::name)
                .toList();
        String remedy = Suggest.closest(name, known)
                .map(meant -> "did you mean " + meant + "?")
                .orElseGet(() -> "there are " + String.join(", ", known));
        return mistake("the model has no weight or input " + name, remedy);
    }

    private static DiagnosticException mistake(String message, String remedy) {
        return new DiagnosticException(
                Diagnostic.of(GradientCode.NOT_WANTED, message).hint(remedy));
    }

    private static Graph graph(Graph graph, String loss, List<Declaration> wanted) {
        Rewriter rewriter = new Rewriter(graph);
        graph.nodes().forEach(rewriter::copy);
        Graph.Builder out = rewriter.out();
        Value of = rewriter.get(graph.outputs().get(loss));
        List<Value> operands = new ArrayList<>(List.of(of));
        wanted.forEach(w -> operands.add(leaf(out, w)));
        Node gradient = out.add(new Gradient(), operands, of.node().origin().part("gradient"));
        graph.outputs().forEach((name, value) -> out.output(name, rewriter.get(value)));
        for (int n = 0; n < wanted.size(); n++) {
            out.output(PREFIX + wanted.get(n).name(), new Value(gradient, n));
        }
        return out.build();
    }

    /** The weight or input in the graph; a new node when nothing reads it. */
    private static Value leaf(Graph.Builder out, Declaration wanted) {
        return out.nodes().stream()
                .filter(n -> n.op() instanceof Given g && g.key().equals(wanted.name()))
                .findFirst()
                .map(Node::value)
                .orElseGet(() -> out.value(new Weight(wanted.name(), wanted.type()), Origin.NONE));
    }
}
