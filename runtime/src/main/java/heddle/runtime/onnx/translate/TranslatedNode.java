package heddle.runtime.onnx.translate;

import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.TensorType;
import heddle.runtime.onnx.OnnxAttribute;
import heddle.runtime.onnx.OnnxGraph;
import heddle.runtime.onnx.OnnxNode;
import heddle.runtime.onnx.OnnxTensor;
import heddle.runtime.onnx.source.Definition;
import heddle.runtime.onnx.source.Term;
import heddle.runtime.onnx.source.Value;
import heddle.runtime.onnx.translate.Known.Element;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** A node within a {@link Translation}. */
final class TranslatedNode implements NodeContext {
    private final Translation translation;
    private final OnnxNode node;
    private final int opset;
    private final Environment environment;

    TranslatedNode(Translation translation, OnnxNode node, int opset, Environment environment) {
        this.translation = translation;
        this.node = node;
        this.opset = opset;
        this.environment = environment;
    }

    /** What a {@code Constant} is. */
    Operand constant() {
        for (var attribute : node.attributes().entrySet()) {
            switch (attribute.getValue()) {
                case OnnxAttribute.TensorValue t -> {
                    environment.put(node.outputs().getFirst(), t.value());
                    String name = node.outputs().getFirst();
                    return translation.named(name, Constants.operand(name, t.value()));
                }
                case OnnxAttribute.Int i -> {
                    return KnownTerms.operand(whole(List.of(), List.of(i.value())));
                }
                case OnnxAttribute.Ints i -> {
                    return KnownTerms.operand(whole(List.of((long) i.values().size()), i.values()));
                }
                case OnnxAttribute.Number n -> {
                    return KnownTerms.operand(fraction(List.of(), List.of(n.value())));
                }
                case OnnxAttribute.Numbers n -> {
                    return KnownTerms.operand(fraction(List.of((long) n.values().size()), n.values()));
                }
                default -> throw new UnsupportedNode("a constant of kind " + attribute.getKey());
            }
        }
        throw new UnsupportedNode("a constant without a value");
    }

    private static Known whole(List<Long> shape, List<Long> values) {
        return new Known(
                DType.I64,
                shape,
                values.stream().<Element>map(v -> new Element.Whole(Dim.of(v))).toList());
    }

    private static Known fraction(List<Long> shape, List<Float> values) {
        return new Known(
                DType.F32,
                shape,
                values.stream().<Element>map(v -> new Element.Fraction(v)).toList());
    }

    /** What the node computes, where all that it reads is known; the shape of anything. */
    Optional<Known> folded() {
        if (node.operator().equals("Shape") && node.domain().isEmpty()) {
            return Optional.of(shape());
        }
        List<Known> operands = new ArrayList<>();
        for (int i = 0; i < node.inputs().size(); i++) {
            if (has(i) && environment.sequence(node.inputs().get(i)).isPresent()) {
                return Optional.empty();
            }
            if (has(i)) {
                Optional<Known> known = operand(i).known();
                if (known.isEmpty()) {
                    return Optional.empty();
                }
                operands.add(known.get());
            } else if (i < node.inputs().size() - 1) {
                return Optional.empty();
            }
        }
        return ConstantFolding.fold(node, opset, operands);
    }

    private Known shape() {
        List<Dim> dims = operand(0).dims();
        int from = bound(attribute("start", 0), dims.size());
        int to = bound(attribute("end", dims.size()), dims.size());
        return KnownShapes.vector(dims.subList(from, Math.max(from, to)));
    }

    private static int bound(long given, int rank) {
        return (int) Math.clamp(given < 0 ? given + rank : given, 0, rank);
    }

    @Override
    public OnnxNode node() {
        return node;
    }

    @Override
    public int opset() {
        return opset;
    }

    @Override
    public boolean has(int index) {
        return index < node.inputs().size() && !node.inputs().get(index).isEmpty();
    }

    @Override
    public Operand operand(int index) {
        if (!has(index)) {
            throw new UnsupportedNode("operand " + index + " is not given");
        }
        Operand operand = environment.find(node.inputs().get(index)).orElseThrow(Translation.AbsentOperand::new);
        return new Operand(operand.term(), translation.symbols().resolved(operand.type()), operand.known());
    }

    @Override
    public Optional<OnnxTensor> tensor(int index) {
        return has(index) ? environment.tensor(node.inputs().get(index)) : Optional.empty();
    }

    @Override
    public Known known(int index, String what) {
        return operand(index)
                .known()
                .orElseThrow(() -> new UnsupportedNode(what + " is only known when the model runs"));
    }

    @Override
    public List<Dim> lengths(int index, String what) {
        return known(index, what).elements().stream()
                .map(e -> e instanceof Element.Whole w ? translation.symbols().resolved(w.value()) : notWhole(what))
                .toList();
    }

    private static Dim notWhole(String what) {
        throw new UnsupportedNode(what + " is not a whole number");
    }

    @Override
    public long attribute(String name, long otherwise) {
        return node.attribute(name).map(a -> ((OnnxAttribute.Int) a).value()).orElse(otherwise);
    }

    @Override
    public double attribute(String name, double otherwise) {
        return node.attribute(name)
                .map(a -> (double) ((OnnxAttribute.Number) a).value())
                .orElse(otherwise);
    }

    @Override
    public String attribute(String name, String otherwise) {
        return node.attribute(name).map(a -> ((OnnxAttribute.Text) a).value()).orElse(otherwise);
    }

    @Override
    public Optional<List<Long>> attributeInts(String name) {
        return node.attribute(name).map(a -> ((OnnxAttribute.Ints) a).values());
    }

    @Override
    public boolean isRead(int output) {
        return output < node.outputs().size()
                && !node.outputs().get(output).isEmpty()
                && translation.isRead(node.outputs().get(output));
    }

    @Override
    public void define(int output, Term term, TensorType type) {
        if (output >= node.outputs().size() || node.outputs().get(output).isEmpty()) {
            return;
        }
        String name = node.outputs().get(output);
        environment.put(name, isName(term) ? new Operand(term, type, Optional.empty()) : defined(name, term, type));
    }

    private static boolean isName(Term term) {
        return switch (term) {
            case Term.Ref r -> true;
            case Term.Name n -> true;
            case Term.Weight w -> true;
            case Term.Literal l -> true;
            case Term.Length l -> true;
            default -> false;
        };
    }

    private Operand defined(String name, Term term, TensorType type) {
        Value value = new Value(name, type);
        translation.add(new Definition(List.of(value), term, names()));
        return new Operand(new Term.Ref(value), type, Optional.empty());
    }

    private List<String> names() {
        List<String> names =
                node.names().stream().filter(n -> !n.isEmpty()).distinct().toList();
        return names.isEmpty() ? List.of(node.label()) : names;
    }

    @Override
    public void defineAll(Term term, List<TensorType> types) {
        List<Value> values = IntStream.range(0, types.size())
                .mapToObj(i -> new Value(
                        i < node.outputs().size() && !node.outputs().get(i).isEmpty()
                                ? node.outputs().get(i)
                                : node.label() + "_" + i,
                        types.get(i)))
                .toList();
        translation.add(new Definition(values, term, names()));
        for (int i = 0; i < Math.min(values.size(), node.outputs().size()); i++) {
            Value value = values.get(i);
            environment.put(node.outputs().get(i), new Operand(new Term.Ref(value), value.type(), Optional.empty()));
        }
    }

    @Override
    public void define(int output, Known known) {
        environment.put(node.outputs().get(output), KnownTerms.operand(known));
    }

    @Override
    public void define(int output, Operand same) {
        if (output < node.outputs().size()) {
            environment.put(node.outputs().get(output), same);
        }
    }

    @Override
    public Operand step(String name, Term term, TensorType type) {
        return isName(term)
                ? new Operand(term, type, Optional.empty())
                : defined(node.label() + "_" + name, term, type);
    }

    @Override
    public List<Operand> inline(OnnxGraph graph, List<Operand> inputs) {
        Environment inner = new Environment(Optional.of(environment));
        for (int i = 0; i < graph.inputs().size(); i++) {
            inner.put(graph.inputs().get(i).name(), inputs.get(i));
        }
        translation.translate(graph, inner);
        return graph.outputs().stream()
                .map(o -> inner.find(o.name()).orElseThrow(Translation.AbsentOperand::new))
                .toList();
    }

    @Override
    public Optional<Term> meaning(Value value) {
        return translation.meaning(value);
    }

    @Override
    public boolean isInput(Value value) {
        return translation.isInput(value);
    }

    @Override
    public List<Operand> sequence(int index) {
        if (!has(index)) {
            throw new UnsupportedNode("operand " + index + " is not given");
        }
        return environment
                .sequence(node.inputs().get(index))
                .orElseThrow(
                        () -> new UnsupportedNode("the tensors of its sequence are only known when the model runs"));
    }

    @Override
    public void defineSequence(int output, List<Operand> tensors) {
        environment.put(node.outputs().get(output), tensors);
    }

    @Override
    public Dim unify(Dim a, Dim b) {
        if (!translation.symbols().equate(a, b)) {
            throw new UnsupportedNode("lengths " + a + " and " + b + ", which must be the same");
        }
        return translation.symbols().resolved(a);
    }

    @Override
    public void note(String sentence) {
        translation.note(sentence);
    }
}
