package heddle.compiler.op.attention;

import heddle.compiler.ir.NdArray;
import heddle.compiler.op.Require;
import heddle.compiler.op.gradient.Differentiable;
import heddle.compiler.op.gradient.Gradient;
import heddle.compiler.op.gradient.GradientContext;
import heddle.compiler.scalar.Annihilating;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarEvaluator;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.scalar.ScalarText;
import heddle.compiler.type.DType;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Softmax attention as one operation that never stores the score matrix.
 *
 * <p>Every part of its {@link AttentionDefinition} is a scalar program that reads the operands at indexes, so head splits,
 * transposes, grouped heads and captured biases need no operations of their own. Programs call the operands {@code x0},
 * {@code x1}, …
 *
 * @param operands   the type of each operand
 * @param definition what is computed
 * @param results    what is stored, and where: the output first
 */
public record FusedAttention(List<TensorType> operands, AttentionDefinition definition, List<AttentionResult> results)
        implements Differentiable {
    public FusedAttention {
        operands = List.copyOf(operands);
        results = List.copyOf(results);
        if (results.isEmpty() || results.getFirst().kind() != AttentionResult.Kind.OUTPUT) {
            throw new IllegalArgumentException("the first result of attention is its output");
        }
    }

    /** This attention with its log-sum-exp as one more result, {@code [batch.., queries]}. */
    public FusedAttention withLogSumExp() {
        return with(AttentionResult.Kind.LOG_SUM_EXP);
    }

    /** This attention with one more result for each row, {@code [batch.., queries]}; itself when it has that. */
    public FusedAttention with(AttentionResult.Kind kind) {
        if (place(kind).isPresent()) {
            return this;
        }
        List<Axis> rows = definition.rows();
        Shape shape = new Shape(rows.stream().map(Axis::extent).toList());
        List<ScalarExpr> index = AttentionResult.at(rows);
        List<AttentionResult> more = new ArrayList<>(results);
        more.add(new AttentionResult(kind, new TensorType(definition.compute(), shape), index));
        return new FusedAttention(operands, definition, more);
    }

    /** Which of the results is of a kind. */
    public OptionalInt place(AttentionResult.Kind kind) {
        return IntStream.range(0, results.size())
                .filter(n -> results.get(n).kind() == kind)
                .findFirst();
    }

    /** The result of a kind. */
    public Optional<AttentionResult> result(AttentionResult.Kind kind) {
        return results.stream().filter(r -> r.kind() == kind).findFirst();
    }

    @Override
    public String name() {
        return "attention";
    }

    @Override
    public Map<String, Object> attributes() {
        Map<String, Object> shown = attributes(definition);
        results.forEach(r -> shown.put(
                r.kind().text(), r.index().stream().map(ScalarText::of).toList()));
        return shown;
    }

    /** The attributes that state a definition. */
    static Map<String, Object> attributes(AttentionDefinition a) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("batch", a.batch().stream().map(Axis::name).toList());
        if (a.compute() != DType.F32) {
            shown.put("compute", a.compute());
        }
        shown.put("lengths", a.axes().stream().map(Axis::extent).toList());
        shown.put("q", ScalarText.of(a.q()));
        shown.put("k", ScalarText.of(a.k()));
        shown.put("v", ScalarText.of(a.v()));
        if (a.zeros() != Annihilating.NEITHER) {
            shown.put("annihilating", a.zeros().text());
        }
        shown.put("score", ScalarText.of(a.score()));
        a.mask().ifPresent(m -> shown.put("mask", ScalarText.of(m)));
        a.weight().ifPresent(w -> shown.put("weight", ScalarText.of(w)));
        a.sink().ifPresent(s -> shown.put("sink", ScalarText.of(s)));
        if (a.term() != 0) {
            shown.put("term", a.term());
        }
        if (a.guarded()) {
            shown.put("guarded", true);
        }
        return shown;
    }

    @Override
    public List<TensorType> infer(List<TensorType> given) {
        Require.count(name(), given, operands.size());
        for (int slot = 0; slot < operands.size(); slot++) {
            if (!given.get(slot).equals(operands.get(slot))) {
                throw Require.mismatch(
                        "operand " + slot + " of attention is " + given.get(slot) + ", not " + operands.get(slot),
                        "",
                        slot);
            }
        }
        return results.stream().map(AttentionResult::type).toList();
    }

    @Override
    public List<NdArray> evaluate(List<NdArray> arrays, Map<String, Long> lengths) {
        List<NdArray> stored = new ArrayList<>();
        List<AttentionInterpreter.Target> targets = new ArrayList<>();
        for (AttentionResult r : results) {
            NdArray array = NdArray.zeros(r.type().dtype(), r.type().shape().evaluate(lengths));
            stored.add(array);
            targets.add(new AttentionInterpreter.Target(r.kind(), r.type().dtype(), array.data(), r.address()));
        }
        ScalarEvaluator evaluator =
                new ScalarEvaluator(arrays.stream().map(NdArray::data).toList(), lengths);
        new AttentionInterpreter(definition, targets, evaluator).run();
        return stored;
    }

    /** The operands that hold queries, without their scales; each slot once. */
    public SortedSet<Integer> queries() {
        return slots(definition.q(), definition.d());
    }

    /** The operands that hold keys, without their scales; each slot once. */
    public SortedSet<Integer> keys() {
        return slots(definition.k(), definition.d());
    }

    /** The operands that queries, keys and values are read from, each slot once. */
    public SortedSet<Integer> products() {
        SortedSet<Integer> slots = slots(definition.v());
        slots.addAll(queries());
        slots.addAll(keys());
        return slots;
    }

    /** The operands that a program reads along an axis; all that it reads when the axis is too short to tell. */
    private static SortedSet<Integer> slots(ScalarExpr program, Axis along) {
        List<ScalarExpr> reads = new ArrayList<>();
        ScalarExprs.visit(program, x -> {
            if (x instanceof ScalarExpr.Read && ScalarExprs.reads(x, along)) {
                reads.add(x);
            }
        });
        return reads.isEmpty() ? slots(program) : slots(reads.toArray(ScalarExpr[]::new));
    }

    /** The operands that some programs of the definition read, each slot once. */
    public static SortedSet<Integer> slots(ScalarExpr... programs) {
        SortedSet<Integer> slots = new TreeSet<>();
        for (ScalarExpr program : programs) {
            ScalarExprs.visit(program, x -> {
                if (x instanceof ScalarExpr.Read r) {
                    slots.add(r.slot());
                }
            });
        }
        return slots;
    }

    /** By the kernels of {@link AttentionGradient}, once the attention is in the form that training computes. */
    @Override
    public void gradient(GradientContext c) {
        Set<Integer> needed = new TreeSet<>();
        for (int slot = 0; slot < operands.size(); slot++) {
            if (c.needs(slot)) {
                needed.add(slot);
            }
        }
        AttentionGradient.problem(this, needed).ifPresent(problem -> {
            throw c.noGradient(problem.reason(), problem.remedy());
        });
        AttentionGradient.of(
                        c.out(),
                        this,
                        c.operands(),
                        AttentionGradient.Forward.of(c.node()),
                        c.cotangent(0),
                        place(AttentionResult.Kind.LOG_SUM_EXP).stream()
                                .mapToObj(c::cotangent)
                                .findFirst()
                                .flatMap(g -> g),
                        needed,
                        c.origin())
                .forEach((slot, g) -> c.give(
                        slot, c.cast(g, Gradient.typeBy(operands.get(slot)).dtype())));
    }
}
