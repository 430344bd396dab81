package heddle.runtime.input;

import heddle.compiler.frontend.Model;
import heddle.compiler.frontend.Model.Declaration;
import heddle.compiler.ir.LengthCondition;
import heddle.compiler.ir.Rewriter;
import heddle.compiler.ir.TypeMismatch;
import heddle.compiler.op.Length;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.dsl.diagnostic.Suggest;
import heddle.runtime.RuntimeCode;
import heddle.runtime.tensor.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.Collectors;

/** Checks the inputs of a model before it runs, so that no kernel ever sees a tensor that does not fit. */
public final class ModelInputs {
    private final Model model;
    private final Map<String, Long> fixed;
    private final IndexRange indexes;
    private final List<LengthCondition> conditions;
    private final List<Shape> shapes;
    private final List<Dim> numbers;
    private final PerLengths<Boolean> fitting = new PerLengths<>();

    /** @param fixed lengths that were known when the model was read */
    public ModelInputs(Model model, Map<String, Long> fixed) {
        this.model = model;
        this.fixed = Map.copyOf(fixed);
        this.indexes = new IndexRange(model.graph());
        this.conditions = List.copyOf(LengthCondition.of(model.graph()).keySet());
        this.shapes = model.graph().nodes().stream()
                .flatMap(n -> n.results().stream())
                .map(TensorType::shape)
                .filter(shape -> !shape.isKnown())
                .distinct()
                .toList();
        this.numbers = model.graph().nodes().stream()
                .filter(n -> n.op() instanceof Length)
                .map(n -> ((Length) n.op()).dim())
                .distinct()
                .toList();
    }

    /**
     * The length of every symbol.
     *
     * @throws DiagnosticException when an input is missing, unknown or does not fit
     */
    public SortedMap<String, Long> check(Map<String, Tensor> inputs) {
        requireKnown(inputs);
        LengthBinding binding = new LengthBinding(fixed);
        for (Declaration d : model.inputs()) {
            binding.bind("the input " + d.name(), d.type(), inputs.get(d.name()));
        }
        binding.requireAll(model.lengths().stream().map(Model.NamedLength::name).toList());
        SortedMap<String, Long> lengths = binding.lengths();
        fitting.get(lengths, this::fit);
        inputs.forEach((name, tensor) -> indexes.check(name, tensor, lengths));
        return lengths;
    }

    private void requireKnown(Map<String, Tensor> inputs) {
        List<String> names = model.inputs().stream().map(Declaration::name).toList();
        for (String name : inputs.keySet()) {
            if (!names.contains(name)) {
                throw unknown(name, names);
            }
        }
        List<Declaration> missing = model.inputs().stream()
                .filter(d -> !inputs.containsKey(d.name()))
                .toList();
        if (!missing.isEmpty()) {
            throw missing(missing);
        }
    }

    private static DiagnosticException missing(List<Declaration> inputs) {
        Declaration first = inputs.getFirst();
        String all = inputs.stream().map(d -> d.name() + ": " + d.type()).collect(Collectors.joining(", "));
        Diagnostic d = inputs.size() == 1
                ? Diagnostic.of(RuntimeCode.INPUT_MISSING, "the input " + all + " was not given")
                : Diagnostic.of(RuntimeCode.INPUT_MISSING, "the inputs " + all + " were not given");
        String one = "--input " + first.name() + "=FILE.npy or " + first.name() + "=random";
        return new DiagnosticException(d.hint(
                inputs.size() == 1
                        ? "give it: " + one + " on the command line, a tensor of that name in Java"
                        : "give each: " + one + " and so on on the command line, tensors of these names in Java"));
    }

    /** What to throw for an input that the model does not have. */
    public static DiagnosticException unknown(String name, List<String> known) {
        Diagnostic d = Diagnostic.of(RuntimeCode.INPUT_UNKNOWN, "the model has no input \"" + name + "\"");
        return new DiagnosticException(Suggest.closest(name, known)
                .map(meant -> d.hint("did you mean \"" + meant + "\"?"))
                .orElseGet(() -> d.note("its inputs are " + String.join(", ", known))));
    }

    /** Whether the conditions of all operations are; not where a length passes 64 bits, or is divided by zero. */
    private boolean areMet(Map<String, Long> lengths) {
        try {
            numbers.forEach(d -> d.evaluate(lengths));
            return conditions.stream().allMatch(c -> c.holds(lengths))
                    && shapes.stream().allMatch(s -> s.isCountable(lengths));
        } catch (ArithmeticException e) {
            return false;
        }
    }

    /**
     * Whether all operations take these lengths. Where conditions are met, they do; otherwise every type is inferred again with the lengths in
     * place, to say what is wrong, if something is: a slice may reach past the end of these and not of others.
     */
    private boolean fit(Map<String, Long> lengths) {
        if (areMet(lengths)) {
            return true;
        }
        Map<String, Dim> bindings = new HashMap<>();
        lengths.forEach((name, length) -> bindings.put(name, Dim.of(length)));
        Rewriter.rewrite(model.graph(), (node, operands, out) -> {
            try {
                return Optional.of(Rewriter.results(out.add(node.op().bind(bindings), operands, node.origin())));
            } catch (TypeMismatch | ArithmeticException e) {
                String message = "the model cannot run with " + LengthBinding.text(lengths);
                Diagnostic d = Diagnostic.atFirst(node.origin().spans(), RuntimeCode.LENGTHS, message);
                throw new DiagnosticException(d.note(e.getMessage()));
            }
        });
        return true;
    }
}
