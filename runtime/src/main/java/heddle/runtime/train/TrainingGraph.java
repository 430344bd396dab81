package heddle.runtime.train;

import heddle.compiler.frontend.Gradients;
import heddle.compiler.frontend.Model;
import heddle.compiler.frontend.Model.Declaration;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Origin;
import heddle.compiler.ir.Rewriter;
import heddle.compiler.op.Input;
import heddle.compiler.op.Weight;
import heddle.compiler.pass.SeedDropouts;
import heddle.compiler.type.DType;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.diagnostic.DiagnosticRenderer;
import heddle.dsl.diagnostic.Suggest;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** The graphs of a model that training runs. Weights that are trained are inputs of them, since they change. */
final class TrainingGraph {
    /** Before the name of a weight, the name of its input; models have no inputs with a dot. */
    static final String WEIGHT = "weight.";

    /** Before the name of a weight, the name of the output that is the loss' gradient by it. */
    static final String GRADIENT = "grad.";

    private final Model model;
    private final String loss;
    private final List<String> trained;

    /** @param trained names of the weights that are trained */
    TrainingGraph(Model model, String loss, List<String> trained) {
        this.model = model;
        this.loss = loss;
        this.trained = List.copyOf(trained);
        requireLoss();
        requireElements();
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

    /** What flows through tensors without elements alone teaches nothing, and the mean of no elements is NaN. */
    private void requireElements() {
        Graph graph = model.graph();
        Node end = graph.outputs().get(loss).node();
        Set<Node> reached = new HashSet<>();
        Optional<Node> empty = Optional.empty();
        for (Node node : graph.nodes()) {
            boolean reads = node.op() instanceof Weight w && trained.contains(w.key())
                    || graph.operands(node).stream().anyMatch(v -> reached.contains(v.node()));
            boolean isEmpty =
                    node.results().stream().allMatch(type -> type.shape().size().is(0));
            if (reads && !isEmpty) {
                reached.add(node);
            } else if (reads && empty.isEmpty()) {
                empty = Optional.of(node);
            }
        }
        if (!reached.contains(end) && empty.isPresent() && graph.ancestors(end).contains(empty.get())) {
            throw new DiagnosticException(Diagnostic.atFirst(
                            empty.get().origin().spans(),
                            TrainCode.NOT_TRAINABLE,
                            "the loss depends on no element: this is "
                                    + empty.get().type())
                    .hint("a window of one token has no next one to compare with: take longer windows, such as"
                            + " -D N=128"));
        }
    }

    /** The loss alone, as at inference: nothing is dropped. */
    Graph loss() {
        return trainable(Rewriter.withOutputs(model.graph(), loss::equals));
    }

    /**
     * The loss and its gradients, outputs {@code grad.NAME}; dropouts read their seed.
     *
     * @param warnings told of weights that the loss does not depend on
     * @throws DiagnosticException when an operation between a weight and the loss has no gradient
     */
    Graph gradients(Consumer<String> warnings) {
        Model joint = Gradients.of(model, Optional.of(loss), trained);
        List<Diagnostic> news = joint.warnings()
                .subList(model.warnings().size(), joint.warnings().size());
        if (!news.isEmpty()) {
            warnings.accept(new DiagnosticRenderer(false).render(news).strip());
        }
        Set<String> wanted = trained.stream().map(n -> GRADIENT + n).collect(Collectors.toSet());
        wanted.add(loss);
        return trainable(Rewriter.withOutputs(new SeedDropouts().run(joint.graph()), wanted::contains));
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
