package heddle.compiler.layout;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Cast;
import heddle.compiler.op.Constant;
import heddle.compiler.op.Inliner;
import heddle.compiler.op.Pointwise;
import heddle.compiler.op.layout.View;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.DType;
import heddle.compiler.type.Precision;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** Finds elements of values where they are stored: behind the views that say where they are read. */
public final class StoredElements {
    private final Graph graph;
    private final CapturedValues captures;
    private final Map<Node, Boolean> bufferless = new HashMap<>();

    /** @param captures get what is read */
    public StoredElements(Graph graph, CapturedValues captures) {
        this.graph = graph;
        this.captures = captures;
    }

    /** The element of {@code value}, read from what the value is a view of; from the value itself when that is computed. */
    public ScalarExpr of(Value value, List<ScalarExpr> index) {
        return of(value, index, v -> false);
    }

    /** The same, found through no value that is {@code stored}. */
    ScalarExpr of(Value value, List<ScalarExpr> index, Predicate<Value> stored) {
        ScalarExpr element = through(value, index, v -> false, stored);
        return isElement(element) ? element : captures.element(value, index);
    }

    /**
     * The program of an element through views, values that are widened and numbers.
     *
     * @param passed what else it goes through
     * @param ends   where it ends, views or not
     */
    public ScalarExpr through(Value value, List<ScalarExpr> index, Predicate<Value> passed, Predicate<Value> ends) {
        Inliner inliner = new Inliner(
                graph,
                (v, at) -> !ends.test(v) && (isView(v) || isWidened(v) || passed.test(v) || readsNoBuffer(v))
                        ? Optional.empty()
                        : Optional.of(captures.element(v, at)));
        return inliner.at(value, index);
    }

    /** Whether a program only reads an element and widens it. */
    public static boolean isElement(ScalarExpr e) {
        return e instanceof ScalarExpr.Apply a && a.fn() == ScalarFn.CAST
                ? a.args().getFirst() instanceof ScalarExpr.Read
                : e instanceof ScalarExpr.Read;
    }

    /** Whether a value has the elements of another one, arranged otherwise. */
    public static boolean isView(Value v) {
        return v.node().op() instanceof View;
    }

    /** Whether a value is another one as it is in a wider type: sixteen bits are read as the f32 they are held as. */
    public boolean isWidened(Value v) {
        DType from = v.node().op() instanceof Cast
                ? graph.operand(v.node(), 0).type().dtype()
                : v.type().dtype();
        return from != v.type().dtype() && Precision.computed(from) == v.type().dtype();
    }

    /** Whether a value is made of numbers and indexes alone. */
    public boolean readsNoBuffer(Value value) {
        Boolean known = bufferless.get(value.node());
        return known != null ? known : remember(value.node());
    }

    private boolean remember(Node node) {
        boolean found = node.op() instanceof Pointwise
                && !(node.op() instanceof Constant c && !c.isSplat())
                && graph.operands(node).stream().allMatch(this::readsNoBuffer);
        bufferless.put(node, found);
        return found;
    }
}
