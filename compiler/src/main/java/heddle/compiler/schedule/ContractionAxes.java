package heddle.compiler.schedule;

import heddle.compiler.index.IndexSimplifier;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Equation;
import heddle.compiler.op.Inliner;
import heddle.compiler.op.Pointwise;
import heddle.compiler.op.SumOfProducts;
import heddle.compiler.op.layout.Gather;
import heddle.compiler.op.layout.View;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.schedule.partition.Partition;
import heddle.compiler.type.TensorType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** One axis for each letter of a contraction's equation, named {@code xb} for {@code b}. */
public record ContractionAxes(Equation equation, Map<Character, Axis> axes) {
    public static ContractionAxes of(Graph graph, Node contract) {
        Equation equation = ((SumOfProducts) contract.op()).parsed();
        Map<Character, Axis> axes = new LinkedHashMap<>();
        bind(axes, equation.left(), graph.operand(contract, 0).type());
        bind(axes, equation.right(), graph.operand(contract, 1).type());
        return new ContractionAxes(equation, axes);
    }

    private static void bind(Map<Character, Axis> axes, String letters, TensorType type) {
        for (int i = 0; i < letters.length(); i++) {
            axes.putIfAbsent(letters.charAt(i), new Axis("x" + letters.charAt(i), type.dim(i)));
        }
    }

    /** The axes of some letters. */
    public List<Axis> of(String letters) {
        return letters.chars().mapToObj(c -> axes.get((char) c)).toList();
    }

    /** The canonical index with these letters. */
    List<ScalarExpr> index(String letters) {
        return of(letters).stream()
                .map(ScalarExpr::of)
                .map(IndexSimplifier::simplify)
                .toList();
    }

    public List<ScalarExpr> resultIndex() {
        return index(equation.result());
    }

    /**
     * The node that must be stored so that an operand can be read as a strided view: what the operand is a view of, or
     * the operand itself when that view has no strides. Elements that are gathered at lines, as the windows of a convolution are, are such a
     * view, too. A view of a dequantised weight needs nothing where weights stay packed.
     */
    public Optional<Node> storedOperand(Graph graph, Node contract, int slot, boolean keepsPacked) {
        Value operand = graph.operand(contract, slot);
        Value gathered = behindGathers(graph, operand);
        boolean isAtLines = !gathered.equals(View.behind(graph, operand))
                && read(graph, operand, slot, v -> v.equals(gathered) || isInMemory(v.node()))
                        .filter(ContractionAxes::hasStrides)
                        .isPresent();
        if (isAtLines) {
            return Optional.of(gathered.node());
        }
        Value base = View.behind(graph, operand);
        boolean isComputed = keepsPacked && Dequantised.is(graph, base.node());
        if (!isComputed && base.equals(operand) || Partition.isNumber(base.node())) {
            return Optional.of(operand.node());
        }
        Optional<ScalarExpr.Element> read =
                read(graph, operand, slot, v -> isComputed ? Partition.isGiven(v.node()) : v.equals(base));
        return read.filter(ContractionAxes::hasStrides).isPresent()
                ? Optional.of(base.node()).filter(node -> !isComputed)
                : Optional.of(operand.node());
    }

    private static Value behindGathers(Graph graph, Value value) {
        Value base = value;
        while (base.node().op() instanceof View || base.node().op() instanceof Gather) {
            base = graph.operand(base.node(), 0);
        }
        return base;
    }

    /** What indexes read where they do not follow from positions alone. */
    private static boolean isInMemory(Node node) {
        return Partition.isGiven(node) || !(node.op() instanceof Pointwise);
    }

    private static boolean hasStrides(ScalarExpr.Element e) {
        return IndexSimplifier.form(e.address()).isAffine();
    }

    /** What an operand reads when some values are stored, if that is an element of one of them. */
    private Optional<ScalarExpr.Element> read(Graph graph, Value operand, int slot, Predicate<Value> isStored) {
        Inliner inliner = new Inliner(
                graph,
                (v, index) -> isStored.test(v)
                        ? Optional.of(new ScalarExpr.Element(
                                new Buffer("base", v.type()),
                                IndexSimplifier.address(v.type().shape(), index)))
                        : Optional.empty());
        ScalarExpr element = inliner.at(operand, index(slot == 0 ? equation.left() : equation.right()));
        return element instanceof ScalarExpr.Element e ? Optional.of(e) : Dequantised.held(element);
    }
}
