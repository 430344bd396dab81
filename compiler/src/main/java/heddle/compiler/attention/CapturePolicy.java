package heddle.compiler.attention;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Cast;
import heddle.compiler.op.Concat;
import heddle.compiler.op.Constant;
import heddle.compiler.op.Elementwise;
import heddle.compiler.op.Inliner;
import heddle.compiler.op.Pad;
import heddle.compiler.op.Pointwise;
import heddle.compiler.rule.ElementReference;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.scalar.Scale;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Precision;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Decides which values that flow into a fused node are computed in place, and which are read as operands. It always
 * looks through views, so no layout is copied.
 */
final class CapturePolicy {
    private final Graph graph;
    private final Captures captures = new Captures();
    private final Map<Node, Boolean> bufferless = new HashMap<>();

    CapturePolicy(Graph graph) {
        this.graph = graph;
    }

    Captures captures() {
        return captures;
    }

    /**
     * An operand of a product: an element of a stored value, found through views, times what does not run along {@code
     * over}. Numbers are taken off it as factors on the product; other factors may be anything, and keep a product from
     * overflowing only where they were written.
     */
    ScaledTerm multiplicand(Value value, List<ScalarExpr> index, Axis over) {
        ScalarExpr scaled = reached(value, index, this::isScaled);
        boolean isScaledElement = isElement(
                ScaledTerm.of(scaled, f -> !ScalarExprs.reads(f, over)).core());
        return isScaledElement
                ? ScaledTerm.of(scaled, Scale::isModerate)
                : new ScaledTerm(unscaled(value, index), x -> x);
    }

    /** An operand of a matmul, with its factors kept. A computed value is stored as it was before views. */
    ScalarExpr unscaled(Value value, List<ScalarExpr> index) {
        ScalarExpr element = reached(value, index, v -> false);
        return isElement(element) ? element : captures.element(value, index);
    }

    /** Whether a program only reads an element and widens it. */
    private static boolean isElement(ScalarExpr e) {
        return e instanceof ScalarExpr.Apply a && a.fn() == ScalarFn.CAST
                ? a.args().getFirst() instanceof ScalarExpr.Read
                : e instanceof ScalarExpr.Read;
    }

    private ScalarExpr reached(Value value, List<ScalarExpr> index, Predicate<Value> passed) {
        Inliner inliner = new Inliner(
                graph,
                (v, at) -> isView(v) || isWidened(v) || passed.test(v) || readsNoBuffer(v)
                        ? Optional.empty()
                        : Optional.of(captures.element(v, at)));
        return inliner.at(value, index);
    }

    /** A value that may say where scores or probabilities are read: part of an address, so never a stand-in. */
    Optional<ScalarExpr> position(Value value, List<ScalarExpr> index) {
        return isView(value) || readsNoBuffer(value) ? Optional.empty() : Optional.of(captures.element(value, index));
    }

    /**
     * A value beside the scores: empty when it is computed for each score, as are views and numbers, index arithmetic,
     * what depends on {@code i} and {@code j} at once, and masks, by which blocks are skipped. The rest is smaller than the
     * scores and better computed once.
     */
    Optional<ScalarExpr> beside(Value value, List<ScalarExpr> index, Axis i, Axis j) {
        boolean joint = index.stream().anyMatch(x -> ScalarExprs.reads(x, i))
                && index.stream().anyMatch(x -> ScalarExprs.reads(x, j));
        boolean inPlace = isView(value) || readsNoBuffer(value) || (joint && isComputed(value)) || isMask(value);
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
        while (isView(at) || at.node().op() instanceof Cast) {
            at = graph.operand(at.node(), 0);
        }
        return at;
    }

    private static boolean isView(Value v) {
        return v.node().op() instanceof Pointwise op && op.isView();
    }

    private static boolean isComputed(Value v) {
        return v.node().op() instanceof Pointwise op && !(op instanceof Constant);
    }

    /** Whether a value is another one as it is in a wider type: sixteen bits are read as the f32 they are held as. */
    private boolean isWidened(Value v) {
        DType from = v.node().op() instanceof Cast
                ? graph.operand(v.node(), 0).type().dtype()
                : v.type().dtype();
        return from != v.type().dtype() && Precision.computed(from) == v.type().dtype();
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
        Dim size = v.type().shape().size();
        List<Value> operands = graph.operands(v.node());
        boolean first = operands.getFirst().type().shape().size().equals(size);
        boolean last = operands.getLast().type().shape().size().equals(size);
        return first != last && (first || e.fn() == ScalarFn.MUL);
    }

    /** The type that holds the values of both, which are {@link Precision#computed}. */
    static DType widest(DType a, DType b) {
        return a == DType.F64 ? a : b;
    }

    /** Whether a value is made of numbers and indexes alone. */
    private boolean readsNoBuffer(Value value) {
        Boolean known = bufferless.get(value.node());
        return known != null ? known : remember(value.node());
    }

    private boolean remember(Node node) {
        boolean bufferless = node.op() instanceof Pointwise
                && !(node.op() instanceof Constant c && !c.isSplat())
                && graph.operands(node).stream().allMatch(this::readsNoBuffer);
        this.bufferless.put(node, bufferless);
        return bufferless;
    }
}
