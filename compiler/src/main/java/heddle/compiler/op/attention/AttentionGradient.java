package heddle.compiler.op.attention;

import heddle.compiler.index.IndexSimplifier;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Origin;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Cast;
import heddle.compiler.op.Constant;
import heddle.compiler.op.Elementwise;
import heddle.compiler.op.Reduce;
import heddle.compiler.op.layout.Expand;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Derivatives;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.scalar.ScalarText;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Differentiates fused attention: adds {@link AttentionDelta}, {@link AttentionKeyValueGradient} and {@link AttentionQueryGradient} to a
 * graph. Probabilities are computed anew from what the forward pass kept of each row, so nothing is quadratic in the lengths but
 * gradients of tensors that are. The shift of a row that has a number beside its sum is taken as stopped.
 */
public final class AttentionGradient {
    /**
     * What an attention in the form of {@link #forward} gave.
     *
     * @param output of type {@link AttentionDefinition#compute}
     */
    public record Forward(Value output, Value rowMax, Value rowSum) {
        /** The results of a node in the form of {@link AttentionGradient#forward}. */
        public static Forward of(Node node) {
            FusedAttention op = (FusedAttention) node.op();
            return new Forward(
                    node.value(),
                    new Value(node, op.place(AttentionResult.Kind.ROW_MAX).orElseThrow()),
                    new Value(node, op.place(AttentionResult.Kind.ROW_SUM).orElseThrow()));
        }
    }

    /** Why there is no gradient. @param remedy what to write instead */
    public record Problem(String reason, String remedy) {}

    /** A result that is to be computed, and how it comes to the operand. */
    private record Part(GradientResult result, List<Axis> axes, ReadGradient read) {}

    /** The gradient by a table, and the slot that reads it: two tables may have equal gradients. */
    private record Table(GradientResult result, int slot) {}

    private final Graph.Builder out;
    private final FusedAttention op;
    private final AttentionDefinition a;
    private final List<Value> operands;
    private final Forward forward;
    private final Optional<Value> logSumExp;
    private final Set<Integer> needed;
    private final Origin origin;
    private final Value cotangent;
    private final SequencedMap<Integer, Value> gradients = new LinkedHashMap<>();

    private AttentionGradient(
            Graph.Builder out,
            FusedAttention op,
            List<Value> operands,
            Forward forward,
            Optional<Value> cotangent,
            Optional<Value> logSumExp,
            Set<Integer> needed,
            Origin origin) {
        this.out = out;
        this.op = op;
        this.a = op.definition();
        this.operands = List.copyOf(operands);
        this.forward = forward;
        this.logSumExp = logSumExp;
        this.needed = needed;
        this.origin = origin;
        if (forward.output.type().dtype() != a.compute()) {
            throw new IllegalArgumentException(
                    "the output is " + forward.output.type() + ", not of type " + a.compute());
        }
        this.cotangent = cotangent.orElseGet(() -> out.part(
                new Expand(forward.output.type().shape()),
                origin,
                out.part(Constant.scalar(a.compute(), 0.0), origin)));
    }

    /**
     * The attention as training computes it: its output is not rounded, and what the gradients need of each row are results. A cast
     * has to stand behind it where the output was of another type.
     */
    public static FusedAttention forward(FusedAttention op) {
        List<AttentionResult> results = new ArrayList<>(op.results());
        AttentionResult output = results.getFirst();
        results.set(
                0,
                new AttentionResult(
                        output.kind(),
                        new TensorType(op.definition().compute(), output.type().shape()),
                        output.index()));
        return new FusedAttention(op.operands(), op.definition(), results)
                .with(AttentionResult.Kind.ROW_MAX)
                .with(AttentionResult.Kind.ROW_SUM);
    }

    /**
     * Adds the operations that compute gradients.
     *
     * @param op        the attention, its results as {@code forward} has them
     * @param operands  what it reads, by slot
     * @param forward   what it gave
     * @param cotangent of the output, of the output's type and shape; empty where that is not read
     * @param logSumExp the cotangent of the log-sum-exp, if that is a result that is read
     * @param needed    the slots whose gradients are wanted; those of floats
     * @param origin    of the operations
     * @return the gradient by each needed operand that has one, in the type in which the attention is computed and the shape of the
     *     operand
     * @throws IllegalArgumentException when there is a {@link #problem}
     */
    public static Map<Integer, Value> of(
            Graph.Builder out,
            FusedAttention op,
            List<Value> operands,
            Forward forward,
            Optional<Value> cotangent,
            Optional<Value> logSumExp,
            Set<Integer> needed,
            Origin origin) {
        return new AttentionGradient(out, op, operands, forward, cotangent, logSumExp, needed, origin).add();
    }

    private Map<Integer, Value> add() {
        List<Part> sinks = a.sink().stream()
                .flatMap(s -> parts(GradientResult.Kind.SINK, s, a.rows()))
                .toList();
        List<Part> queries = parts(GradientResult.Kind.QUERY, a.q(), over(a.q(), a.i(), a.d()))
                .toList();
        List<Part> keys =
                parts(GradientResult.Kind.KEY, a.k(), over(a.k(), a.j(), a.d())).toList();
        List<Part> values = parts(GradientResult.Kind.VALUE, a.v(), over(a.v(), a.j(), a.e()))
                .toList();
        List<Part> captured = Stream.concat(
                        captured(GradientResult.Kind.SCORE, a.score()),
                        a.weight().stream().flatMap(w -> captured(GradientResult.Kind.WEIGHT, w)))
                .toList();
        List<Part> ofKeys =
                captured.stream().filter(p -> !p.axes.contains(a.i())).toList();
        List<Part> ofQueries =
                captured.stream().filter(p -> p.axes.contains(a.i())).toList();
        List<Table> tables = tables();
        if (tables.isEmpty()
                && Stream.of(sinks, queries, keys, values, captured).allMatch(List::isEmpty)) {
            return gradients;
        }
        Value delta = delta(sinks);
        inNests(Stream.of(keys, values, ofKeys), parts -> add(AttentionKeyValueGradient::new, parts, delta));
        inNests(Stream.of(queries, ofQueries), parts -> add(AttentionQueryGradient::new, parts, delta));
        tables(tables, delta);
        return gradients;
    }

    /** One kernel for all that one nest of loops sums: of any two, one has each batch axis that the other has. */
    private void inNests(Stream<List<Part>> parts, Consumer<List<Part>> kernel) {
        List<List<Part>> nests = new ArrayList<>();
        parts.flatMap(List::stream)
                .forEach(part -> nests.stream()
                        .filter(nest -> nest.stream().allMatch(other -> areNested(part, other)))
                        .findFirst()
                        .ifPresentOrElse(nest -> nest.add(part), () -> nests.add(new ArrayList<>(List.of(part)))));
        nests.forEach(kernel);
    }

    private boolean areNested(Part x, Part y) {
        return a.batch().stream().allMatch(axis -> x.axes.contains(axis) || !y.axes.contains(axis))
                || a.batch().stream().allMatch(axis -> y.axes.contains(axis) || !x.axes.contains(axis));
    }

    /** The batch axes that a program reads, then {@code more}. */
    private List<Axis> over(ScalarExpr program, Axis... more) {
        List<Axis> axes = new ArrayList<>(a.batch());
        axes.removeIf(axis -> !ScalarExprs.reads(program, axis));
        axes.addAll(List.of(more));
        return axes;
    }

    /** What is to be computed for a program over {@code axes}: a gradient by each needed tensor that it reads. */
    private Stream<Part> parts(GradientResult.Kind kind, ScalarExpr program, List<Axis> axes) {
        return reads(program).stream()
                .flatMap(read -> Derivatives.of(program, read).stream()
                        .map(factor -> new Part(result(kind, factor, axes), axes, plain(read))));
    }

    /** The same for a program over pairs: over queries, keys or both, whichever the read is. */
    private Stream<Part> captured(GradientResult.Kind kind, ScalarExpr program) {
        return reads(program).stream()
                .flatMap(read -> ReadGradient.of(read).stream()
                        .flatMap(plain -> Derivatives.of(program, read).stream().map(factor -> {
                            List<Axis> axes = axes(plain);
                            return new Part(result(kind, factor, axes), axes, plain);
                        })));
    }

    /** The gradients by tables that a program over pairs reads, by the slots of these. */
    private void tables(GradientResult.Kind kind, ScalarExpr program, List<Table> tables) {
        for (ScalarExpr.Read read : reads(program)) {
            Optional<ScalarExpr> factor =
                    ReadGradient.of(read).isPresent() ? Optional.empty() : Derivatives.of(program, read);
            factor.ifPresent(
                    f -> tables.add(new Table(GradientResult.table(kind, computed(f), read, a.i()), read.slot())));
        }
    }

    private List<Table> tables() {
        List<Table> tables = new ArrayList<>();
        tables(GradientResult.Kind.SCORE_TABLE, a.score(), tables);
        a.weight().ifPresent(w -> tables(GradientResult.Kind.WEIGHT_TABLE, w, tables));
        return tables;
    }

    private void tables(List<Table> tables, Value delta) {
        if (tables.isEmpty()) {
            return;
        }
        List<Value> all = new ArrayList<>(operands);
        AttentionBackward backward = backward(all, delta);
        List<GradientResult> results = tables.stream().map(Table::result).toList();
        Node node = node(new AttentionQueryGradient(types(all), backward, results), all);
        for (int n = 0; n < results.size(); n++) {
            Value sum = out.part(new Reduce(Reduction.SUM, List.of(0), false), origin, new Value(node, n));
            give(tables.get(n).slot, out.part(new Cast(a.compute()), origin, sum));
        }
    }

    /** All rows or keys, whose sums are added outside; of a dense tensor its own elements alone. */
    private List<Axis> axes(ReadGradient read) {
        boolean hasKeys = read.reads(a.j());
        boolean hasQueries = read.reads(a.i());
        List<Axis> axes = new ArrayList<>(a.batch());
        if (hasKeys && hasQueries) {
            axes.removeIf(axis -> !read.reads(axis));
        }
        if (hasQueries || !hasKeys) {
            axes.add(a.i());
        }
        if (hasKeys) {
            axes.add(a.j());
        }
        return axes;
    }

    private SequencedSet<ScalarExpr.Read> reads(ScalarExpr program) {
        return reads(program, needed);
    }

    private static SequencedSet<ScalarExpr.Read> reads(ScalarExpr program, Set<Integer> needed) {
        SequencedSet<ScalarExpr.Read> reads = new LinkedHashSet<>();
        ScalarExprs.visit(program, x -> {
            if (x instanceof ScalarExpr.Read r
                    && needed.contains(r.slot())
                    && r.type().isFloat()) {
                reads.add(r);
            }
        });
        return reads;
    }

    /**
     * Why fused kernels cannot compute the gradient of an attention, if they cannot.
     *
     * @param needed the slots whose gradients are wanted
     */
    public static Optional<Problem> problem(FusedAttention op, Set<Integer> needed) {
        AttentionDefinition a = op.definition();
        if (a.term() != 0) {
            return Optional.of(new Problem(
                    "the gradient of this attention flows through the shift of a sum that has a number beside it",
                    "give the number a score of its own: a sink, as in softmax(concat([scores, sink], axis = -1))"));
        }
        return Stream.concat(Stream.of(a.q(), a.k(), a.v()), a.sink().stream())
                .flatMap(program -> reads(program, needed).stream()
                        .filter(read -> Derivatives.of(program, read).isPresent()))
                .filter(read -> ReadGradient.of(read).isEmpty())
                .findFirst()
                .map(read -> new Problem(
                        "queries, keys, values or a sink of attention read " + read.tensor()
                                + " at places that are looked up or overlap: "
                                + read.index().stream().map(ScalarText::of).collect(Collectors.joining(", ", "[", "]")),
                        "slice or look up queries, keys and values before their product, or use stop_gradient if that is not"
                                + " trained"));
    }

    private static ReadGradient plain(ScalarExpr.Read read) {
        return ReadGradient.of(read).orElseThrow(() -> new IllegalArgumentException("no gradient by " + read));
    }

    private GradientResult result(GradientResult.Kind kind, ScalarExpr factor, List<Axis> axes) {
        return new GradientResult(kind, computed(factor), type(axes), AttentionResult.at(axes));
    }

    private ScalarExpr computed(ScalarExpr factor) {
        return IndexSimplifier.simplify(ScalarExpr.cast(a.compute(), factor));
    }

    private TensorType type(List<Axis> axes) {
        return new TensorType(
                a.compute(), new Shape(axes.stream().map(Axis::extent).toList()));
    }

    /** An element of one more operand, read where the attention has a result. */
    private static ScalarExpr read(List<Value> all, Value value, List<ScalarExpr> index) {
        all.add(value);
        return new ScalarExpr.Read(all.size() - 1, value.type(), index);
    }

    /** Where a number for each row lies: as the model has it, where it has it. */
    private List<ScalarExpr> rows(AttentionResult.Kind kind) {
        return op.result(kind).map(AttentionResult::index).orElseGet(() -> AttentionResult.at(a.rows()));
    }

    private Value delta(List<Part> sinks) {
        List<Value> all = new ArrayList<>(operands);
        List<ScalarExpr> at = op.results().getFirst().index();
        List<GradientResult> results = new ArrayList<>();
        results.add(result(GradientResult.Kind.DELTA, new ScalarExpr.Literal(a.compute(), 1), a.rows()));
        sinks.forEach(s -> results.add(s.result));
        ScalarExpr back = read(all, cotangent, at);
        ScalarExpr output = read(all, forward.output, at);
        ScalarExpr rowMax = read(all, forward.rowMax, rows(AttentionResult.Kind.ROW_MAX));
        ScalarExpr rowSum = read(all, forward.rowSum, rows(AttentionResult.Kind.ROW_SUM));
        Optional<ScalarExpr> ofLog = logSumExp.map(x -> read(
                all,
                x,
                op.result(AttentionResult.Kind.LOG_SUM_EXP).orElseThrow().index()));
        Node node = node(new AttentionDelta(types(all), a, back, output, rowMax, rowSum, ofLog, results), all);
        give(node, 1, sinks);
        return node.value();
    }

    private static List<TensorType> types(List<Value> values) {
        return values.stream().map(Value::type).toList();
    }

    private Node node(GradientOp gradient, List<Value> read) {
        return out.add(gradient, read, origin.part(gradient.name()));
    }

    private AttentionBackward backward(List<Value> all, Value delta) {
        return AttentionBackward.of(
                a,
                read(all, cotangent, op.results().getFirst().index()),
                read(all, forward.rowMax, rows(AttentionResult.Kind.ROW_MAX)),
                read(all, forward.rowSum, rows(AttentionResult.Kind.ROW_SUM)),
                read(all, delta, AttentionResult.at(a.rows())));
    }

    /** Makes one of the operations that sum over a nest of loops. */
    @FunctionalInterface
    private interface Summing {
        GradientOp of(List<TensorType> operands, AttentionBackward backward, List<GradientResult> results);
    }

    private void add(Summing summing, List<Part> parts, Value delta) {
        List<Value> all = new ArrayList<>(operands);
        AttentionBackward backward = backward(all, delta);
        give(node(summing.of(types(all), backward, results(parts)), all), 0, parts);
    }

    private static List<GradientResult> results(List<Part> parts) {
        return parts.stream().map(Part::result).toList();
    }

    /** Adds what a node computed to the gradients of operands. */
    private void give(Node node, int first, List<Part> parts) {
        for (int n = 0; n < parts.size(); n++) {
            Part part = parts.get(n);
            Value gradient = part.read.add(out, new Value(node, first + n), part.axes, origin);
            give(part.read.read().slot(), gradient);
        }
    }

    private void give(int slot, Value gradient) {
        gradients.merge(slot, gradient, (x, y) -> out.part(new Elementwise(ScalarFn.ADD), origin, x, y));
    }
}
