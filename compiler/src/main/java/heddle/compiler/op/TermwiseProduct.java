package heddle.compiler.op;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Op;
import heddle.compiler.ir.Rewriter;
import heddle.compiler.ir.Value;
import heddle.compiler.op.layout.Expand;
import heddle.compiler.type.DType;
import heddle.compiler.type.Precision;
import heddle.compiler.type.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;

/**
 * The matmul of a sum as the sum of the matmuls of its terms; in f32 where sixteen bits would round each before they are
 * summed.
 *
 * <pre>
 * (a - c * b) @ v  →  a @ v - (c * b) @ v
 * </pre>
 *
 * @param terms   what is a sum
 * @param product the matmul
 * @param slot    which of its operands is the sum
 * @param each    the matmul of one term
 */
public record TermwiseProduct(Graph graph, Terms terms, Rewriter rewriter, Node product, int slot, Op each) {
    /** Tells what factors are made of. */
    public interface Terms {
        /** Whether a node is a sum or difference that is taken apart. */
        boolean isSum(Node node);

        /** The operand that has such a sum in it, of a node that is no sum and does the same to each term. */
        OptionalInt scaledSum(Node node);
    }

    /** The sum, in the type of the matmul. */
    public Value value() {
        Value sum = sum(graph.operand(product, slot), term -> term);
        return cast(sum, product.type().dtype());
    }

    /** @param scale what is done to each term */
    private Value sum(Value factor, UnaryOperator<Value> scale) {
        Node node = factor.node();
        if (terms.isSum(node)) {
            Value first = term(node, 0, scale);
            Value last = term(node, 1, scale);
            return rewriter.out().value(node.op(), node.origin(), first, last);
        }
        OptionalInt scaled = terms.scaledSum(node);
        if (scaled.isEmpty()) {
            return product(scale.apply(rewriter.get(factor)));
        }
        int at = scaled.getAsInt();
        return sum(graph.operand(node, at), term -> {
            List<Value> operands = new ArrayList<>(rewriter.operands(node));
            operands.set(at, term);
            return scale.apply(
                    rewriter.out().add(node.op(), operands, node.origin()).value());
        });
    }

    /** A term of a sum, repeated along the axes of the sum that it lacks. */
    private Value term(Node sum, int at, UnaryOperator<Value> scale) {
        Value term = graph.operand(sum, at);
        Shape shape = sum.type().shape();
        return term.type().shape().equals(shape)
                ? sum(term, scale)
                : sum(term, t -> scale.apply(rewriter.out().part(new Expand(shape), sum.origin(), t)));
    }

    private Value product(Value term) {
        DType type = Precision.computed(product.type().dtype());
        Value own = cast(term, type);
        Value other = cast(rewriter.operands(product).get(1 - slot), type);
        return slot == 0
                ? rewriter.out().value(each, product.origin(), own, other)
                : rewriter.out().value(each, product.origin(), other, own);
    }

    private Value cast(Value value, DType type) {
        return value.type().dtype() == type ? value : rewriter.out().part(new Cast(type), product.origin(), value);
    }
}
