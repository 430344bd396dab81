package heddle.compiler.rewrite;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Constant;
import heddle.compiler.op.Contract;
import heddle.compiler.op.Elementwise;
import heddle.compiler.op.Equation;
import heddle.compiler.op.Inliner;
import heddle.compiler.op.Pointwise;
import heddle.compiler.op.Softmax;
import heddle.compiler.tile.Axis;
import heddle.compiler.tile.IndexSimplifier;
import heddle.compiler.tile.ScalarExpr;
import heddle.compiler.tile.ScalarExprs;
import heddle.compiler.tile.ScalarFn;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Grows attention from a softmax: down to the product with the values, up to the product of queries and keys, and writes
 * everything between as scalar programs over the axes of the result and the softmax axis.
 *
 * <p>Layout needs no patterns: the elements of q, k, v, biases and masks are looked up through whatever permutes,
 * reshapes, slices and expands there are, at the index the result is computed for. What remains is to see which axis
 * plays which part.
 */
final class GrowAttention {
    private final Graph graph;
    private final Node softmax;
    private final Probabilities probabilities;
    private final Scores scores;
    private final Captures captures = new Captures();
    private final Map<Character, Axis> axes = new HashMap<>();
    private final List<Axis> resultAxes = new ArrayList<>();
    private final ScalarExpr.Variable p;
    private final ScalarExpr.Variable raw;
    private final Map<Node, Boolean> bufferless = new HashMap<>();
    private Axis j;
    private Axis d;
    private List<ScalarExpr> softmaxIndex;

    GrowAttention(Graph graph, Node softmax, Probabilities probabilities, Scores scores) {
        this.graph = graph;
        this.softmax = softmax;
        this.probabilities = probabilities;
        this.scores = scores;
        this.p = new ScalarExpr.Variable("p", softmax.type().dtype());
        this.raw = new ScalarExpr.Variable("score", wide(scores.product().type().dtype()));
    }

    private static DType wide(DType type) {
        return type == DType.F16 || type == DType.BF16 ? DType.F32 : type;
    }

    /** @throws DeclinedException when this is attention that cannot be fused */
    AttentionParts parts() {
        nameAxes();
        ScalarExpr weights = new Inliner(graph, this::probabilityLeaf).at(probabilities.weights(graph), weightIndex());
        requireWholeRows();
        ScalarExpr one = new ScalarExpr.Literal(wide(p.type()), 1);
        ScalarExpr weight = Factor.proportional(weights, p, one)
                .orElseThrow(() -> new DeclinedException(
                        probabilities.product(),
                        "the probabilities are changed by more than a factor before they meet the values"));
        QueryKey operands = queryAndKey();
        ScalarExpr v = values();
        Roles roles = Roles.of(probabilities.product(), resultAxes, j, operands.q, operands.k, v, softmaxIndex);
        ScalarExpr score = score(operands, roles);
        return new AttentionParts(
                resultAxes,
                roles,
                j,
                d,
                operands.q,
                operands.k,
                v,
                raw,
                SplitMask.of(score),
                Optional.of(weight).filter(w -> !w.equals(one)),
                captures);
    }

    /** One axis for each letter of the product with the values; the one summed over is {@code j}. */
    private void nameAxes() {
        Equation e = ((Contract) probabilities.product().op()).parsed();
        Value left = graph.operand(probabilities.product(), 0);
        Value right = graph.operand(probabilities.product(), 1);
        for (int n = 0; n < e.left().length(); n++) {
            axes.put(
                    e.left().charAt(n),
                    new Axis("r" + e.left().charAt(n), left.type().dim(n)));
        }
        for (int n = 0; n < e.right().length(); n++) {
            axes.put(
                    e.right().charAt(n),
                    new Axis("r" + e.right().charAt(n), right.type().dim(n)));
        }
        e.result().chars().forEach(c -> resultAxes.add(axes.get((char) c)));
        List<Axis> summed =
                axes.values().stream().filter(a -> !resultAxes.contains(a)).toList();
        if (summed.size() != 1 || e.summed().length() != 1) {
            throw new DeclinedException(
                    probabilities.product(),
                    "the product with the values sums over " + summed.size()
                            + " axes; it must be the softmax axis alone");
        }
        j = summed.getFirst();
    }

    private List<ScalarExpr> index(String letters) {
        return letters.chars()
                .mapToObj(c -> IndexSimplifier.simplify(ScalarExpr.of(axes.get((char) c))))
                .toList();
    }

    private List<ScalarExpr> weightIndex() {
        Equation e = ((Contract) probabilities.product().op()).parsed();
        return index(probabilities.slot() == 0 ? e.left() : e.right());
    }

    private List<ScalarExpr> valueIndex() {
        Equation e = ((Contract) probabilities.product().op()).parsed();
        return index(probabilities.slot() == 0 ? e.right() : e.left());
    }

    private Optional<ScalarExpr> probabilityLeaf(Value value, List<ScalarExpr> index) {
        if (value.node() == softmax) {
            softmaxIndex = index;
            return Optional.of(p);
        }
        boolean inPlace = probabilities.path().contains(value.node()) || isComputedInPlace(value, index, null);
        return inPlace ? Optional.empty() : Optional.of(captures.element(value, index));
    }

    /** The product with the values must sum over the softmax axis, all of it, and over nothing else. */
    private void requireWholeRows() {
        int axis = ((Softmax) softmax.op()).axis();
        ScalarExpr along = IndexSimplifier.simplify(ScalarExpr.of(j));
        for (int n = 0; n < softmaxIndex.size(); n++) {
            ScalarExpr at = softmaxIndex.get(n);
            boolean right = n == axis
                    ? at.equals(along) && softmax.type().dim(axis).equals(j.extent())
                    : !ScalarExprs.reads(at, j);
            if (!right) {
                throw new DeclinedException(
                        probabilities.product(),
                        "the product with the values does not sum over the softmax axis " + axis + " as it is");
            }
        }
    }

    /** Queries and keys at the index of the result, and the factors that were taken off them. */
    private record QueryKey(ScalarExpr q, ScalarExpr k, ScalarExpr product) {}

    private QueryKey queryAndKey() {
        List<ScalarExpr> at = productIndex();
        Node product = scores.product();
        Equation e = ((Contract) product.op()).parsed();
        Map<Character, ScalarExpr> letters = new HashMap<>();
        for (int n = 0; n < e.result().length(); n++) {
            letters.put(e.result().charAt(n), at.get(n));
        }
        String summed = e.summed();
        Shape inner = new Shape(summed.chars()
                .mapToObj(c -> graph.operand(product, 0).type().dim(e.left().indexOf(c)))
                .toList());
        d = new Axis("d", inner.size());
        List<ScalarExpr> along = IndexSimplifier.index(inner, ScalarExpr.of(d));
        for (int n = 0; n < summed.length(); n++) {
            letters.put(summed.charAt(n), along.get(n));
        }
        Factor a = multiplicand(0, e.left(), letters);
        Factor b = multiplicand(1, e.right(), letters);
        ScalarExpr scaled =
                b.apply().apply(a.apply().apply(ScalarExpr.cast(a.core().type(), raw)));
        boolean rightIsKey = ScalarExprs.reads(b.core(), j);
        if (rightIsKey == ScalarExprs.reads(a.core(), j)) {
            throw new DeclinedException(
                    product,
                    rightIsKey
                            ? "both factors of the scores run along the softmax axis"
                            : "the product of the scores does not run along the softmax axis");
        }
        return rightIsKey ? new QueryKey(a.core(), b.core(), scaled) : new QueryKey(b.core(), a.core(), scaled);
    }

    private Factor multiplicand(int slot, String letters, Map<Character, ScalarExpr> at) {
        if (!letters.chars().allMatch(c -> at.containsKey((char) c))) {
            throw new DeclinedException(scores.product(), "the product of the scores sums one factor alone");
        }
        List<ScalarExpr> index = letters.chars().mapToObj(c -> at.get((char) c)).toList();
        return operand(graph.operand(scores.product(), slot), index, d);
    }

    /** Where the softmax at its index reads the product. */
    private List<ScalarExpr> productIndex() {
        List<List<ScalarExpr>> found = new ArrayList<>();
        new Inliner(graph, (value, index) -> {
                    if (value.node() == scores.product()) {
                        found.add(index);
                    }
                    return scores.cone().contains(value.node()) && value.node() != scores.product()
                            ? Optional.empty()
                            : Optional.of(new ScalarExpr.Variable(
                                    value.toString(), value.type().dtype()));
                })
                .at(graph.operand(softmax, 0), softmaxIndex);
        if (found.size() != 1) {
            throw new DeclinedException(
                    scores.product(), "the scores of several positions are mixed before the softmax");
        }
        return found.getFirst();
    }

    /**
     * An operand of a product: an element of a stored value, found through views, and the factors on it that do not run
     * along {@code over}. The operand itself is stored when it is anything else.
     */
    private Factor operand(Value value, List<ScalarExpr> index, Axis over) {
        Inliner inliner = new Inliner(
                graph,
                (v, at) -> isView(v) || isScaled(v) || readsNoBuffer(v)
                        ? Optional.empty()
                        : Optional.of(captures.element(v, at)));
        Factor factor = Factor.of(inliner.at(value, index), f -> !ScalarExprs.reads(f, over));
        return factor.core() instanceof ScalarExpr.Element
                ? factor
                : new Factor(captures.element(value, index), x -> x);
    }

    /** The values as they are stored; factors on them are not taken off. */
    private ScalarExpr values() {
        Factor v = operand(probabilities.values(graph), valueIndex(), j);
        ScalarExpr one = new ScalarExpr.Literal(v.core().type(), 1);
        return v.apply().apply(one).equals(one)
                ? v.core()
                : captures.element(probabilities.values(graph), valueIndex());
    }

    private static boolean isView(Value v) {
        return v.node().op() instanceof Pointwise op && op.isView();
    }

    /** Whether a value is another one times something smaller. */
    private boolean isScaled(Value v) {
        if (!(v.node().op() instanceof Elementwise e) || (e.fn() != ScalarFn.MUL && e.fn() != ScalarFn.DIV)) {
            return false;
        }
        if (wide(v.type().dtype()) != v.type().dtype()) {
            return false; // Sixteen-bit products round, which moving the factor would undo.
        }
        Dim size = v.type().shape().size();
        List<Value> operands = graph.operands(v.node());
        boolean first = operands.getFirst().type().shape().size().equals(size);
        boolean last = operands.getLast().type().shape().size().equals(size);
        return first != last && (first || e.fn() == ScalarFn.MUL);
    }

    private ScalarExpr score(QueryKey operands, Roles roles) {
        Inliner inliner = new Inliner(graph, (value, index) -> {
            if (value.node() == scores.product()) {
                return Optional.of(operands.product);
            }
            boolean inPlace = scores.cone().contains(value.node()) || isComputedInPlace(value, index, roles.i());
            return inPlace ? Optional.empty() : Optional.of(captures.element(value, index));
        });
        return inliner.at(graph.operand(softmax, 0), softmaxIndex);
    }

    /**
     * Whether a value beside the scores is computed for each score: views and numbers, index arithmetic, and what
     * depends on query and key at once. The rest is smaller than the scores and better computed once.
     */
    private boolean isComputedInPlace(Value value, List<ScalarExpr> index, Axis i) {
        if (!(value.node().op() instanceof Pointwise op)) {
            return false;
        }
        if (op.isView() || graph.operands(value.node()).isEmpty()) {
            return !(op instanceof Constant c) || c.isSplat();
        }
        boolean joint = i != null
                && index.stream().anyMatch(x -> ScalarExprs.reads(x, i))
                && index.stream().anyMatch(x -> ScalarExprs.reads(x, j));
        return joint || readsNoBuffer(value);
    }

    private boolean readsNoBuffer(Value value) {
        return bufferless.containsKey(value.node()) ? bufferless.get(value.node()) : remember(value.node());
    }

    private boolean remember(Node node) {
        boolean stored = !(node.op() instanceof Pointwise) || (node.op() instanceof Constant c && !c.isSplat());
        for (Value operand : graph.operands(node)) {
            stored |= !readsNoBuffer(operand);
        }
        bufferless.put(node, !stored);
        return !stored;
    }
}
