package heddle.compiler.join;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Op;
import heddle.compiler.ir.Origin;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Constant;
import heddle.compiler.op.Contract;
import heddle.compiler.op.Elementwise;
import heddle.compiler.op.Reduce;
import heddle.compiler.op.layout.Expand;
import heddle.compiler.op.layout.Reshape;
import heddle.compiler.rule.ElementReference;
import heddle.compiler.rule.RuleContext;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.scalar.Scale;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * A sum over products of elements in which one factor is repeated along an axis that the other one has: a matmul, written as
 * multiply and sum.
 *
 * <pre>
 * sum(q[:, :, new] * k[:, new], axis = -1)
 * sum(q[:, new] * k, axis = -1) / 8
 * </pre>
 *
 * @param sum    the reduction
 * @param type   of the products that are summed
 * @param left   the first factor, before it is repeated
 * @param right  the other one
 * @param scales functions of the product and a number that are computed before the sum, the outermost first
 */
record BroadcastProduct(Node sum, TensorType type, Side left, Side right, List<Scaling> scales) {
    private static final String LETTERS = "abcdefghijklmnopqrstuvwxyz";

    /**
     * A factor.
     *
     * @param axes of the product along which it has elements of its own
     */
    record Side(Value value, List<Integer> axes) {
        /** @param read what a product of some type reads; axes are aligned at the last */
        static Side of(Graph graph, Value read, TensorType type, Reduce sum) {
            Value value = read;
            while (value.node().op() instanceof Expand) {
                value = graph.operand(value.node(), 0);
            }
            int missing = type.rank() - value.type().rank();
            List<Integer> axes = new ArrayList<>();
            for (int axis = missing; axis < type.rank(); axis++) {
                boolean isUnit = type.dim(axis).is(1);
                boolean isRepeated = !isUnit && value.type().dim(axis - missing).is(1);
                if (!isRepeated && !(isUnit && sum.axes().contains(axis))) {
                    axes.add(axis);
                }
            }
            return new Side(value, axes);
        }

        boolean has(int axis) {
            return axes.contains(axis);
        }

        /** The factor without the axes along which it is repeated. */
        Value squeezed(Graph graph, RuleContext context, BroadcastProduct product) {
            Shape shape = product.shape(axes);
            Value base = value;
            while (!base.type().shape().equals(shape) && base.node().op() instanceof Reshape) {
                base = graph.operand(base.node(), 0);
            }
            return base.type().shape().equals(shape)
                    ? context.get(base)
                    : context.out().part(new Reshape(shape), product.sum.origin(), context.get(value));
        }
    }

    /** A function of a product and a number. */
    private record Scaling(ScalarFn fn, double number) {}

    /** The product that a sum is, if it is one. */
    static Optional<BroadcastProduct> at(Graph graph, Node sum) {
        boolean isSum = Reduce.is(sum, Reduction.SUM);
        if (!isSum || !sum.type().dtype().isFloat()) {
            return Optional.empty();
        }
        Node product = graph.operand(sum, 0).node();
        List<Scaling> scales = new ArrayList<>();
        OptionalInt scaled = scaledSlot(graph, product);
        while (scaled.isPresent() && graph.useCount(product) == 1) {
            scales.add(scaling(graph, product, scaled.getAsInt()));
            product = graph.operand(product, scaled.getAsInt()).node();
            scaled = scaledSlot(graph, product);
        }
        boolean isProduct = ElementReference.is(product, ScalarFn.MUL)
                && product.type().rank() <= LETTERS.length()
                && graph.useCount(product) == 1;
        return isProduct
                ? Optional.of(of(graph, sum, product, scales)).filter(BroadcastProduct::isProduct)
                : Optional.empty();
    }

    private static BroadcastProduct of(Graph graph, Node sum, Node product, List<Scaling> scales) {
        Reduce reduce = (Reduce) sum.op();
        return new BroadcastProduct(
                sum,
                product.type(),
                Side.of(graph, graph.operand(product, 0), product.type(), reduce),
                Side.of(graph, graph.operand(product, 1), product.type(), reduce),
                scales);
    }

    private static Scaling scaling(Graph graph, Node node, int slot) {
        return new Scaling(
                ((Elementwise) node.op()).fn(), number(graph, node, 1 - slot).orElseThrow());
    }

    private static Optional<Double> number(Graph graph, Node node, int slot) {
        return ElementReference.in(graph.operand(node, slot)).behindViews(graph).number();
    }

    /** Which operand of a product or quotient is scaled by a number. */
    private static OptionalInt scaledSlot(Graph graph, Node node) {
        int slots = ElementReference.is(node, ScalarFn.MUL) ? 2 : ElementReference.is(node, ScalarFn.DIV) ? 1 : 0;
        return IntStream.range(0, slots)
                .filter(slot -> graph.operand(node, slot).type().equals(node.type())
                        && number(graph, node, 1 - slot)
                                .filter(Scale::isModerate)
                                .isPresent())
                .findFirst();
    }

    private boolean isSummed(int axis) {
        return ((Reduce) sum.op()).axes().contains(axis);
    }

    private boolean isUnit(int axis) {
        return type.dim(axis).is(1);
    }

    /** Whether both factors run along what is summed, and one of them alone along something else. */
    private boolean isProduct() {
        List<Integer> axes = axes(axis -> !isUnit(axis));
        return axes.stream().allMatch(axis -> left.has(axis) || right.has(axis))
                && axes.stream().filter(this::isSummed).allMatch(axis -> left.has(axis) && right.has(axis))
                && axes.stream().anyMatch(this::isSummed)
                && axes.stream().anyMatch(axis -> left.has(axis) != right.has(axis));
    }

    /** Whether a factor has one column: it runs along what is summed alone. */
    boolean isColumn(Side side) {
        return side.axes.stream().allMatch(axis -> isSummed(axis) || isUnit(axis));
    }

    /** The number of terms of each sum, of rows and of columns: axes of the left factor alone, and of the right one. */
    List<Dim> sizes() {
        return List.of(
                shape(axes(this::isSummed)).size(),
                shape(axes(axis -> left.has(axis) && !right.has(axis))).size(),
                shape(axes(axis -> right.has(axis) && !left.has(axis))).size());
    }

    /** Adds the matmul to the new graph. */
    Value addTo(Graph graph, RuleContext context) {
        List<Integer> kept = axes(axis -> !isSummed(axis) && (left.has(axis) || right.has(axis)));
        Contract contract = new Contract(letters(left.axes) + "," + letters(right.axes) + "->" + letters(kept));
        boolean isWhole = shape(kept).equals(sum.type().shape());
        int last = scales.size() + (isWhole ? 0 : 1);
        Value a = left.squeezed(graph, context, this);
        Value b = right.squeezed(graph, context, this);
        Value value = context.out().value(contract, origin(contract, last == 0), a, b);
        for (int n = scales.size() - 1; n >= 0; n--) {
            value = scaled(context, value, scales.get(n), n == 0 && isWhole);
        }
        return isWhole ? value : context.out().value(new Reshape(sum.type().shape()), sum.origin(), value);
    }

    private Value scaled(RuleContext context, Value value, Scaling scale, boolean isLast) {
        Constant constant = Constant.scalar(value.type().dtype(), scale.number);
        Value number = context.out().part(constant, sum.origin());
        Elementwise fn = new Elementwise(scale.fn);
        return context.out().value(fn, origin(fn, isLast), value, number);
    }

    /** Of a node that stands for the sum, or for a part of what does. */
    private Origin origin(Op op, boolean isLast) {
        return isLast ? sum.origin() : sum.origin().part(op.name());
    }

    private List<Integer> axes(IntPredicate test) {
        return IntStream.range(0, type.rank()).filter(test).boxed().toList();
    }

    private Shape shape(List<Integer> axes) {
        return new Shape(axes.stream().map(type::dim).toList());
    }

    private static String letters(List<Integer> axes) {
        StringBuilder letters = new StringBuilder();
        axes.forEach(axis -> letters.append(LETTERS.charAt(axis)));
        return letters.toString();
    }
}
