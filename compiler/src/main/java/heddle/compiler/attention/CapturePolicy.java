package heddle.compiler.attention;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Value;
import heddle.compiler.layout.CapturedValues;
import heddle.compiler.layout.StoredElements;
import heddle.compiler.op.Cast;
import heddle.compiler.op.Constant;
import heddle.compiler.op.Elementwise;
import heddle.compiler.op.Pointwise;
import heddle.compiler.op.layout.Concat;
import heddle.compiler.op.layout.Expand;
import heddle.compiler.op.layout.Pad;
import heddle.compiler.rule.ElementReference;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.scalar.Scale;
import heddle.compiler.type.DType;
import heddle.compiler.type.Precision;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Decides which values that flow into a fused node are computed in place, and which are read as operands. Beside the
 * products it looks through views. What the products read stays as it is, but for factors and repeats: {@link
 * heddle.compiler.layout.FoldLayout} looks through its views later.
 */
final class CapturePolicy {
    private final Graph graph;
    private final CapturedValues captures = new CapturedValues();
    private final StoredElements elements;

    CapturePolicy(Graph graph) {
        this.graph = graph;
        this.elements = new StoredElements(graph, captures);
    }

    CapturedValues captures() {
        return captures;
    }

    /**
     * An operand of a product: an element times what does not run along {@code over}. Numbers are taken off it as factors on
     * the product; other factors may be anything, and keep a product from overflowing only where they were written.
     */
    ScaledTerm multiplicand(Value value, List<ScalarExpr> index, Axis over) {
        ScalarExpr scaled = elements.through(value, index, this::isScaled, v -> false);
        boolean isScaledElement = StoredElements.isElement(
                ScaledTerm.of(scaled, f -> !ScalarExprs.reads(f, over)).core());
        return isScaledElement
                ? ScaledTerm.of(read(value, index, this::isScaled), Scale::isModerate)
                : new ScaledTerm(unscaled(value, index), x -> x);
    }

    /** An operand of a matmul, with its factors kept. A computed value is stored as it was before views. */
    ScalarExpr unscaled(Value value, List<ScalarExpr> index) {
        ScalarExpr element = elements.through(value, index, v -> false, v -> false);
        return StoredElements.isElement(element) ? read(value, index, v -> false) : captures.element(value, index);
    }

    /**
     * An element of an operand of a product, which is one of something stored behind views: read from the value itself, or from
     * the one below the last factor or repeat on the way to what is stored.
     *
     * @param isFactor whether a value is another one times a factor
     */
    private ScalarExpr read(Value value, List<ScalarExpr> index, Predicate<Value> isFactor) {
        Value read = value;
        Value at = value;
        while (isFactor.test(at) || StoredElements.isView(at) || elements.isWidened(at)) {
            boolean isBelow = isFactor.test(at) || at.node().op() instanceof Expand;
            at = graph.operand(at.node(), isFactor.test(at) ? scaledSlot(at) : 0);
            read = isBelow ? at : read;
        }
        return elements.through(value, index, isFactor, Predicate.isEqual(read));
    }

    /** A value that may say where scores or probabilities are read: part of an address, so never a stand-in. */
    Optional<ScalarExpr> position(Value value, List<ScalarExpr> index) {
        return StoredElements.isView(value) || elements.readsNoBuffer(value)
                ? Optional.empty()
                : Optional.of(captures.element(value, index));
    }

    /**
     * A value beside the scores: empty when it is computed for each score, as are views and numbers, index arithmetic,
     * what depends on {@code i} and {@code j} at once, and masks, by which blocks are skipped. The rest is smaller than the
     * scores and better computed once.
     */
    Optional<ScalarExpr> beside(Value value, List<ScalarExpr> index, Axis i, Axis j) {
        boolean joint = index.stream().anyMatch(x -> ScalarExprs.reads(x, i))
                && index.stream().anyMatch(x -> ScalarExprs.reads(x, j));
        boolean inPlace = StoredElements.isView(value)
                || elements.readsNoBuffer(value)
                || (joint && isComputed(value))
                || isMask(value);
        return inPlace ? Optional.empty() : Optional.of(captures.element(value, index));
    }

    /** Whether a value is minus infinity somewhere, as a mask that is added to scores is, looked at through views and casts. */
    private boolean isMask(Value value) {
        Node node = behindViews(value).node();
        return node.op() instanceof Pad pad
                ? pad.value() == Double.NEGATIVE_INFINITY
                : (ElementReference.is(node, ScalarFn.SELECT) || node.op() instanceof Concat)
                        && graph.operands(node).stream()
                                .anyMatch(v -> ElementReference.is(behindViews(v), Double.NEGATIVE_INFINITY));
    }

    private Value behindViews(Value value) {
        Value at = value;
        while (StoredElements.isView(at) || at.node().op() instanceof Cast) {
            at = graph.operand(at.node(), 0);
        }
        return at;
    }

    private static boolean isComputed(Value v) {
        return v.node().op() instanceof Pointwise op && !(op instanceof Constant);
    }

    /** Whether a value is another one times something smaller. */
    private boolean isScaled(Value v) {
        if (!(v.node().op() instanceof Elementwise e) || (e.fn() != ScalarFn.MUL && e.fn() != ScalarFn.DIV)) {
            return false;
        }
        DType type = v.type().dtype();
        if (Precision.computed(type) != type) {
            return false; // Sixteen-bit products round, which moving the factor would undo.
        }
        boolean first = hasAll(v, 0);
        return first != hasAll(v, 1) && (first || e.fn() == ScalarFn.MUL);
    }

    /** Whether an operand has as many elements as the result. */
    private boolean hasAll(Value result, int slot) {
        Value operand = graph.operand(result.node(), slot);
        return operand.type().shape().size().equals(result.type().shape().size());
    }

    /** The operand of a scaled value that is scaled. */
    private int scaledSlot(Value v) {
        return hasAll(v, 0) ? 0 : 1;
    }

    /** The type that holds the values of both, which are {@link Precision#computed}. */
    static DType widest(DType a, DType b) {
        return a == DType.F64 ? a : b;
    }
}
