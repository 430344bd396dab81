package heddle.runtime.train;

import heddle.compiler.frontend.Model;
import heddle.compiler.frontend.Model.Declaration;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Origin;
import heddle.compiler.ir.Rewriter;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Input;
import heddle.compiler.op.Weight;
import heddle.compiler.pass.SeedDropouts;
import heddle.compiler.type.DType;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.diagnostic.Suggest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** The graphs of a model that training runs. Weights that are trained are inputs of them, since they change. */
final class TrainingGraph {
    /** Before the name of a weight, the name of its input; models have no inputs with a dot. */
    static final String WEIGHT = "weight.";

    private final Model model;
    private final String loss;
    private final List<String> trained;

    /** @param trained names of the weights that are trained */
    TrainingGraph(Model model, String loss, List<String> trained) {
        this.model = model;
        this.loss = loss;
        this.trained = List.copyOf(trained);
        requireLoss();
    }

    private void requireLoss() {
        List<String> outputs = model.outputs().stream().map(Declaration::name).toList();
        Declaration found = model.outputs().stream()
                .filter(o -> o.name().equals(loss))
                .findFirst()
                .orElseThrow(() -> {
                    Diagnostic d = Diagnostic.of(
                            TrainCode.NOT_TRAINABLE, "the model " + model.name() + " has no output \"" + loss + "\"");
                    return new DiagnosticException(Suggest.closest(loss, outputs)
                            .map(meant -> d.hint("did you mean \"" + meant + "\"?"))
                            .orElseGet(() -> d.note("its outputs are " + String.join(", ", outputs))
                                    .hint("declare what training makes small: `output " + loss + ": f32 = ...`")));
                });
        if (found.type().rank() != 0 || found.type().dtype() != DType.F32) {
            throw new DiagnosticException(Diagnostic.at(
                            found.span(),
                            TrainCode.NOT_TRAINABLE,
                            "the loss is one number of f32, and `" + loss + "` is " + found.type())
                    .hint("take the mean of it: `output " + loss + " = mean(...)`"));
        }
    }

    /** The loss alone, as at inference: nothing is dropped. */
    Graph loss() {
        return trainable(only(model.graph(), loss::equals));
    }

    /**
     * The loss and its gradients; dropouts read their seed.
     *
     * @throws DiagnosticException when a weight that is trained has none
     */
    Graph gradients(Gradients gradients) {
        Graph joint = gradients.joint(new SeedDropouts().run(model.graph()), loss, trained);
        Set<String> wanted = trained.stream().map(n -> Gradients.OUTPUT + n).collect(Collectors.toSet());
        List<Diagnostic> wrong = new ArrayList<>();
        Map<String, Value> outputs = joint.outputs();
        for (Declaration w : model.weights()) {
            Value gradient = outputs.get(Gradients.OUTPUT + w.name());
            boolean fits = gradient != null
                    && gradient.type().dtype() == DType.F32
                    && gradient.type().shape().equals(w.type().shape());
            if (trained.contains(w.name()) && !fits) {
                wrong.add(Diagnostic.at(
                                w.span(),
                                TrainCode.NOT_TRAINABLE,
                                "there is no gradient of `" + loss + "` by the weight \"" + w.name() + "\"")
                        .note(
                                gradient == null
                                        ? "nothing computes it"
                                        : "what computes it is " + gradient.type() + ", the weight " + w.type()));
            }
        }
        if (!wrong.isEmpty()) {
            throw new DiagnosticException(wrong);
        }
        wanted.add(loss);
        return trainable(only(joint, wanted::contains));
    }

    private static Graph only(Graph graph, Predicate<String> wanted) {
        Rewriter copy = new Rewriter(graph);
        graph.nodes().forEach(copy::copy);
        graph.outputs().forEach((name, value) -> {
            if (wanted.test(name)) {
                copy.out().output(name, copy.get(value));
            }
        });
        return copy.out().build();
    }

    /** The graph whose trained weights are inputs. */
    private Graph trainable(Graph graph) {
        Set<String> names = new HashSet<>(trained);
        return Rewriter.rewrite(
                graph,
                (node, operands, out) -> node.op() instanceof Weight w && names.contains(w.key())
                        ? Optional.of(List.of(out.value(new Input(WEIGHT + w.key(), w.type()), Origin.NONE)))
                        : Optional.empty());
    }
}
