package heddle.compiler.join;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Origin;
import heddle.compiler.ir.Rewriter;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Cast;
import heddle.compiler.op.Constant;
import heddle.compiler.op.Contract;
import heddle.compiler.op.Elementwise;
import heddle.compiler.op.Equation;
import heddle.compiler.op.SumOfProducts;
import heddle.compiler.op.layout.Concat;
import heddle.compiler.op.layout.Expand;
import heddle.compiler.op.layout.Permute;
import heddle.compiler.op.layout.Reshape;
import heddle.compiler.rule.ElementReference;
import heddle.compiler.rule.ProductSearch;
import heddle.compiler.scalar.Annihilating;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.scalar.Scale;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Precision;
import heddle.compiler.type.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * A sum of two matmuls, each summed over one axis of its own, turned into one matmul over both axes joined.
 *
 * @param sum   the sum or difference
 * @param first its first product, and the factor of it that takes the side of the rows
 * @param last  its other product; the factor on the side of the rows is scaled as the product was
 * @param added what is added to the first product, or masks it, before the other one is added; innermost first
 */
record ProductSum(Node sum, Term first, Term last, List<Step> added) {
    private static final String LETTERS = "abcdefghijklmnopqrstuvw";
    private static final char SUMMED = 'x';

    /** The value assumed for unknown lengths: more than the number of features. */
    private static final long UNKNOWN = 4096;

    /**
     * One factor of a product.
     *
     * @param value  the tensor
     * @param axes   for each of its axes the axis of the sum that it runs along, -1 for the one that is summed over
     */
    private record Side(Value value, List<Integer> axes) {
        /** How many products are summed. */
        Dim summed() {
            return value.type().dim(axes.indexOf(-1));
        }

        boolean runsAlong(int axis) {
            return axes.contains(axis);
        }
    }

    /**
     * A product and what it is scaled with.
     *
     * @param scales functions of the product and a number, the outermost first
     */
    private record Term(Side rows, Side columns, List<Scaling> scales) {
        /** Whether this is a multiple of another one, so that their sum is one too. */
        boolean readsAs(Term other) {
            return rows.equals(other.rows) && columns.equals(other.columns);
        }
    }

    /** A node that adds something to its operand in {@code slot}, or masks it. */
    private record Step(Node node, int slot) {}

    private record Scaling(ScalarFn fn, Optional<Double> number, boolean numberFirst) {}

    /** The sum that a node is, when both of its products run along the axes of the sum as they are. */
    static Optional<ProductSum> at(Graph graph, Node sum) {
        if (sum.type().rank() > LETTERS.length() || !sum.type().dtype().isFloat()) {
            return Optional.empty();
        }
        return ElementReference.is(sum, ScalarFn.SUB)
                ? at(graph, sum, 0, List.of(new Scaling(ScalarFn.NEG, Optional.empty(), false)))
                : smaller(at(graph, sum, 0, List.of()), () -> at(graph, sum, 1, List.of()));
    }

    /** The first that is small, or any. */
    private static Optional<ProductSum> smaller(Optional<ProductSum> first, Supplier<Optional<ProductSum>> last) {
        return first.filter(ProductSum::isSmall).or(() -> {
            Optional<ProductSum> other = last.get();
            return other.filter(ProductSum::isSmall).or(() -> first).or(() -> other);
        });
    }

    /** With the first product in operand {@code slot}. */
    private static Optional<ProductSum> at(Graph graph, Node sum, int slot, List<Scaling> outer) {
        ElementReference whole = ElementReference.in(sum.value());
        Optional<Term> other = term(graph, whole, whole.operand(graph, 1 - slot), outer);
        if (other.isEmpty()) {
            return Optional.empty();
        }
        List<Step> added = new ArrayList<>();
        ElementReference at = whole.operand(graph, slot);
        for (Optional<Step> step = step(graph, at); step.isPresent(); step = step(graph, at)) {
            added.addFirst(step.get());
            at = at.operand(graph, step.get().slot);
        }
        return term(graph, whole, at, List.of())
                .flatMap(first -> other.filter(last -> !last.readsAs(first))
                        .flatMap(last -> beside(first, last))
                        .map(last -> new ProductSum(sum, first, last, added)));
    }

    /** A sum or mask that nothing else reads, towards the operand of its own shape. */
    private static Optional<Step> step(Graph graph, ElementReference at) {
        if (graph.useCount(at.node()) > 1) {
            return Optional.empty();
        }
        int slots = at.is(ScalarFn.ADD) ? 2 : at.is(ScalarFn.SUB) ? 1 : 0;
        int masked = at.hiddenSlot(graph);
        return masked > 0
                ? Optional.of(new Step(at.node(), 3 - masked)).filter(s -> isWhole(graph, s))
                : IntStream.range(0, slots)
                        .mapToObj(slot -> new Step(at.node(), slot))
                        .filter(s -> isWhole(graph, s)
                                && ProductSearch.isAny(graph, graph.operand(at.node(), s.slot), p -> true))
                        .findFirst();
    }

    private static boolean isWhole(Graph graph, Step step) {
        return graph.operand(step.node, step.slot).type().equals(step.node.type());
    }

    private static Optional<Term> term(
            Graph graph, ElementReference whole, ElementReference read, List<Scaling> outer) {
        ElementReference at = read.behindViews(graph);
        if (at.node().op() instanceof SumOfProducts c) {
            if (c.zeros() != Annihilating.NEITHER) {
                return Optional.empty(); // The zeros of one product say nothing about the other.
            }
            if (isJoined(graph, at.node()) && graph.useCount(at.node()) > 1) {
                return Optional.empty(); // Sums of it with itself would double it each time.
            }
            return term(graph, whole, at, c.parsed(), outer);
        }
        for (int slot = 0; slot < graph.operands(at.node()).size(); slot++) {
            Optional<Scaling> scale = scale(graph, at, slot);
            if (scale.isPresent()) {
                List<Scaling> scales = new ArrayList<>(outer);
                scales.add(scale.get());
                return term(graph, whole, at.operand(graph, slot), scales);
            }
        }
        return Optional.empty();
    }

    private static boolean isJoined(Graph graph, Node product) {
        return graph.operand(product, 0).node().op() instanceof Concat;
    }

    /** What an elementwise node does to its operand in {@code slot}, when it multiplies it with a number. */
    private static Optional<Scaling> scale(Graph graph, ElementReference at, int slot) {
        if (at.is(ScalarFn.NEG)) {
            return Optional.of(new Scaling(ScalarFn.NEG, Optional.empty(), false));
        }
        if (at.is(ScalarFn.MUL) || at.is(ScalarFn.DIV) && slot == 0) {
            return at.operand(graph, 1 - slot)
                    .behindViews(graph)
                    .number()
                    .filter(Scale::isModerate)
                    .map(n -> new Scaling(((Elementwise) at.node().op()).fn(), Optional.of(n), slot == 1));
        }
        return Optional.empty();
    }

    private static Optional<Term> term(
            Graph graph, ElementReference whole, ElementReference at, Equation e, List<Scaling> scales) {
        List<Integer> axes = new ArrayList<>();
        for (int n = 0; n < e.result().length(); n++) {
            ScalarExpr index = at.index().get(n);
            int axis = at.value().type().dim(n).is(1)
                    ? unitAxis(whole, axes)
                    : whole.index().indexOf(index);
            if (axis < 0
                    || !at.value().type().dim(n).equals(whole.value().type().dim(axis))) {
                return Optional.empty(); // A part of a longer product starts where it does.
            }
            axes.add(axis);
        }
        boolean covers = IntStream.range(0, whole.index().size())
                .allMatch(a -> whole.value().type().dim(a).is(1) || axes.contains(a));
        Optional<Side> left = side(graph.operand(at.node(), 0), e.left(), e, axes);
        Optional<Side> right = side(graph.operand(at.node(), 1), e.right(), e, axes);
        return covers && e.summed().length() == 1 && left.isPresent() && right.isPresent()
                ? Optional.of(new Term(left.get(), right.get(), scales))
                : Optional.empty();
    }

    /** The first axis of length one that is not among {@code taken}, or -1: it does not matter which one stands for which. */
    private static int unitAxis(ElementReference whole, List<Integer> taken) {
        return IntStream.range(0, whole.index().size())
                .filter(a -> whole.value().type().dim(a).is(1) && !taken.contains(a))
                .findFirst()
                .orElse(-1);
    }

    /** A factor of a product of which the result's letters run along {@code axes}. */
    private static Optional<Side> side(Value value, String letters, Equation e, List<Integer> axes) {
        List<Integer> along = new ArrayList<>();
        for (int n = 0; n < letters.length(); n++) {
            int inResult = e.result().indexOf(letters.charAt(n));
            boolean isSummed = e.summed().indexOf(letters.charAt(n)) >= 0;
            if (inResult < 0 && !isSummed) {
                return Optional.empty();
            }
            along.add(isSummed ? -1 : axes.get(inResult));
        }
        return Optional.of(new Side(value, along));
    }

    /** The last term with the factor first that shares rows with the first term's. */
    private static Optional<Term> beside(Term first, Term last) {
        if (shareOwn(first, last.rows, last.columns)) {
            return Optional.of(last);
        }
        return shareOwn(first, last.columns, last.rows)
                ? Optional.of(new Term(last.columns, last.rows, last.scales))
                : Optional.empty();
    }

    /** Whether rows go with rows and columns with columns: each pair has an axis that only this side has. */
    private static boolean shareOwn(Term first, Side rows, Side columns) {
        return anyOwn(first.rows, first.columns, a -> rows.runsAlong(a) && !columns.runsAlong(a))
                && anyOwn(first.columns, first.rows, a -> columns.runsAlong(a) && !rows.runsAlong(a));
    }

    private static boolean anyOwn(Side factor, Side other, Predicate<Integer> test) {
        return factor.axes.stream().anyMatch(a -> a >= 0 && !other.runsAlong(a) && test.test(a));
    }

    /**
     * Whether no factor is copied along positions that it lacks, so that there would be more elements of it than scores. Heads,
     * whose number is known, are few.
     */
    boolean isSmall() {
        return isSmall(first.rows, last.rows) && isSmall(first.columns, last.columns);
    }

    private boolean isSmall(Side a, Side b) {
        SortedSet<Integer> axes = union(a, b);
        if (axes.stream().allMatch(n -> sum.type().dim(n).isKnown() || a.runsAlong(n) && b.runsAlong(n))) {
            return true;
        }
        Dim copied = axes.stream().map(sum.type()::dim).reduce(a.summed().plus(b.summed()), Dim::times);
        Dim scores = sum.type().shape().size();
        Map<String, Long> lengths = new HashMap<>();
        scores.symbols().forEach(s -> lengths.put(s, UNKNOWN));
        copied.symbols().forEach(s -> lengths.put(s, UNKNOWN));
        return copied.evaluate(lengths) <= scores.evaluate(lengths);
    }

    /** Adds the joined product to the new graph. */
    Value addTo(Rewriter rewriter) {
        Graph.Builder out = rewriter.out();
        Origin origin = sum.origin();
        SortedSet<Integer> rowAxes = union(first.rows, last.rows);
        SortedSet<Integer> columnAxes = union(first.columns, last.columns);
        Value rows = joined(
                out,
                rowAxes,
                scaled(out, given(rewriter, first.rows), first.scales),
                first.rows,
                scaled(out, given(rewriter, last.rows), last.scales),
                last.rows);
        Value columns = joined(
                out,
                columnAxes,
                given(rewriter, first.columns),
                first.columns,
                given(rewriter, last.columns),
                last.columns);
        SortedSet<Integer> all = new TreeSet<>(rowAxes);
        all.addAll(columnAxes);
        Contract product =
                new Contract(letters(rowAxes) + SUMMED + "," + letters(columnAxes) + SUMMED + "->" + letters(all));
        Value result =
                cast(out, out.value(product, origin, rows, columns), sum.type().dtype());
        Shape shape = sum.type().shape();
        result = result.type().shape().equals(shape) ? result : out.part(new Reshape(shape), origin, result);
        for (Step step : added) {
            List<Value> operands = new ArrayList<>(rewriter.operands(step.node));
            operands.set(step.slot, result);
            result = out.add(step.node.op(), operands, step.node.origin()).value();
        }
        return result;
    }

    /** A factor, in f32 where sixteen bits might overflow or lose digits when it is scaled instead of its product. */
    private Value given(Rewriter rewriter, Side side) {
        Value value = rewriter.get(side.value);
        boolean isScaled = !first.scales.isEmpty() || !last.scales.isEmpty();
        return isScaled
                ? cast(rewriter.out(), value, Precision.computed(value.type().dtype()))
                : value;
    }

    private Value cast(Graph.Builder out, Value value, DType type) {
        return value.type().dtype() == type ? value : out.part(new Cast(type), sum.origin(), value);
    }

    private static SortedSet<Integer> union(Side a, Side b) {
        SortedSet<Integer> axes = new TreeSet<>();
        a.axes.stream().filter(n -> n >= 0).forEach(axes::add);
        b.axes.stream().filter(n -> n >= 0).forEach(axes::add);
        return axes;
    }

    private static String letters(SortedSet<Integer> axes) {
        StringBuilder letters = new StringBuilder();
        axes.forEach(a -> letters.append(LETTERS.charAt(a)));
        return letters.toString();
    }

    private Value scaled(Graph.Builder out, Value factor, List<Scaling> scales) {
        Value value = factor;
        for (Scaling scale : scales.reversed()) {
            Elementwise fn = new Elementwise(scale.fn);
            if (scale.number.isEmpty()) {
                value = out.part(fn, sum.origin(), value);
            } else {
                Constant constant = Constant.scalar(factor.type().dtype(), scale.number.get());
                Value number = out.part(constant, sum.origin());
                value = scale.numberFirst
                        ? out.part(fn, sum.origin(), number, value)
                        : out.part(fn, sum.origin(), value, number);
            }
        }
        return value;
    }

    private Value joined(
            Graph.Builder out, SortedSet<Integer> axes, Value first, Side firstAxes, Value last, Side lastAxes) {
        return out.part(
                new Concat(axes.size()),
                sum.origin(),
                arranged(out, axes, first, firstAxes),
                arranged(out, axes, last, lastAxes));
    }

    /** A factor with {@code axes} of the sum in order and the summed axis last. */
    private Value arranged(Graph.Builder out, SortedSet<Integer> axes, Value value, Side factor) {
        List<Integer> wanted = new ArrayList<>(axes);
        wanted.add(-1);
        List<Integer> order = wanted.stream()
                .filter(factor.axes::contains)
                .map(factor.axes::indexOf)
                .toList();
        List<Integer> own = IntStream.range(0, order.size()).boxed().toList();
        Value permuted = order.equals(own) ? value : out.part(new Permute(order), sum.origin(), value);
        List<Dim> ones = new ArrayList<>();
        List<Dim> full = new ArrayList<>();
        int next = 0;
        for (int axis : wanted) {
            boolean has = factor.axes.contains(axis);
            Dim length = has ? permuted.type().dim(next++) : Dim.ONE;
            ones.add(length);
            full.add(has ? length : sum.type().dim(axis));
        }
        Value ranked = permuted.type().rank() == ones.size()
                ? permuted
                : out.part(new Reshape(new Shape(ones)), sum.origin(), permuted);
        return ones.equals(full) ? ranked : out.part(new Expand(new Shape(full)), sum.origin(), ranked);
    }
}
