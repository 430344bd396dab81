package heddle.compiler.schedule;

import heddle.compiler.index.IndexSimplifier;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Equation;
import heddle.compiler.op.Inliner;
import heddle.compiler.op.SumOfProducts;
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
     * the operand itself when that view has no strides. A view of a dequantised weight needs nothing where weights stay
     * packed.
     */
    public Optional<Node> storedOperand(Graph graph, Node contract, int slot, boolean keepsPacked) {
        Value operand = graph.operand(contract, slot);
        Value base = View.behind(graph, operand);
        boolean isComputed = keepsPacked && Dequantised.is(graph, base.node());
        if (!isComputed && base.equals(operand) || Partition.isNumber(base.node())) {
            return Optional.of(operand.node());
        }
        Inliner inliner = new Inliner(
                graph,
                (v, index) -> (isComputed ? Partition.isGiven(v.node()) : v.equals(base))
                        ? Optional.of(new ScalarExpr.Element(
                                new Buffer("base", v.type()),
                                IndexSimplifier.address(v.type().shape(), index)))
                        : Optional.empty());
        ScalarExpr element = inliner.at(operand, index(slot == 0 ? equation.left() : equation.right()));
        Optional<ScalarExpr.Element> read = isComputed
                ? Dequantised.held(element)
                : Optional.of(element)
                        .filter(ScalarExpr.Element.class::isInstance)
                        .map(ScalarExpr.Element.class::cast);
        boolean hasStrides =
                read.filter(e -> IndexSimplifier.form(e.address()).isAffine()).isPresent();
        return hasStrides ? Optional.of(base.node()).filter(node -> !isComputed) : Optional.of(operand.node());
    }
}
