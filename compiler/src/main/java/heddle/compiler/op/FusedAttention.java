package heddle.compiler.op;

import heddle.compiler.index.IndexSimplifier;
import heddle.compiler.ir.NdArray;
import heddle.compiler.ir.Op;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.scalar.ScalarExprs;
import heddle.compiler.scalar.ScalarText;
import heddle.compiler.tile.family.Attention;
import heddle.compiler.tile.family.FamilyInterpreter;
import heddle.compiler.type.DType;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Softmax attention as one operation that never stores the score matrix:
 *
 * <pre>
 * s = score(sum over d of q · k), -inf where not mask
 * o = sum over j of softmax_j(s) · weight · v
 * </pre>
 *
 * A sink is one more score in the softmax, without a value.
 *
 * Every part is a scalar program over the axes that reads the operands at addresses, so head splits, transposes,
 * grouped heads and captured biases need no operations of their own. In the programs the operands are the buffers
 * {@code x0}, {@code x1}, … and the result is {@code o}. If the body stores the log-sum-exp of the scores, that is a
 * second result.
 *
 * @param operands the type of each operand
 * @param body     the computation
 */
public record FusedAttention(List<TensorType> operands, Attention body) implements Op {
    public FusedAttention {
        operands = List.copyOf(operands);
    }

    /** The buffer that stands for an operand in the body. */
    public static Buffer operand(int slot, TensorType type) {
        return new Buffer("x" + slot, type);
    }

    /** The buffer that stands for the result. */
    public static Buffer result(TensorType type) {
        return new Buffer("o", type);
    }

    /** The buffer that stands for the log-sum-exp. */
    public static Buffer logSumExp(TensorType type) {
        return new Buffer("lse", type);
    }

    /** This attention with its log-sum-exp as a second result, {@code [batch.., queries]}. */
    public FusedAttention withLogSumExp() {
        if (body.logSumExp().isPresent()) {
            return this;
        }
        List<Axis> rows = new ArrayList<>(body.batch());
        rows.add(body.i());
        Shape shape = new Shape(rows.stream().map(Axis::extent).toList());
        ScalarExpr address =
                IndexSimplifier.address(shape, rows.stream().map(ScalarExpr::of).toList());
        Buffer output = logSumExp(new TensorType(body.raw().type(), shape));
        return new FusedAttention(operands, body.withLogSumExp(new Attention.LogSumExp(output, address)));
    }

    @Override
    public String name() {
        return "attention";
    }

    @Override
    public Map<String, Object> attributes() {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("batch", body.batch().stream().map(Axis::name).toList());
        List<Axis> axes = new ArrayList<>(body.batch());
        axes.addAll(List.of(body.i(), body.j(), body.d(), body.e()));
        if (body.raw().type() != DType.F32) {
            shown.put("compute", body.raw().type());
        }
        shown.put("lengths", axes.stream().map(Axis::extent).toList());
        shown.put("q", ScalarText.of(body.q()));
        shown.put("k", ScalarText.of(body.k()));
        shown.put("v", ScalarText.of(body.v()));
        shown.put("score", ScalarText.of(body.score()));
        body.mask().ifPresent(m -> shown.put("mask", ScalarText.of(m)));
        body.weight().ifPresent(w -> shown.put("weight", ScalarText.of(w)));
        body.sink().ifPresent(s -> shown.put("sink", ScalarText.of(s)));
        if (!body.epilogue().equals(plain())) {
            shown.put("epilogue", ScalarText.of(body.epilogue()));
        }
        shown.put("o", ScalarText.of(body.address()));
        body.logSumExp().ifPresent(l -> shown.put("log_sum_exp", ScalarText.of(l.address())));
        return shown;
    }

    /** The epilogue that rounds the result to its type and does no more. */
    private ScalarExpr plain() {
        return ScalarExpr.cast(body.output().type().dtype(), body.acc());
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
        List<TensorType> results = new ArrayList<>(List.of(body.output().type()));
        body.logSumExp().ifPresent(l -> results.add(l.output().type()));
        return results;
    }

    @Override
    public List<NdArray> evaluate(List<NdArray> arrays, Map<String, Long> lengths) {
        Map<Buffer, double[]> memory = new HashMap<>();
        for (int slot = 0; slot < operands.size(); slot++) {
            memory.put(operand(slot, operands.get(slot)), arrays.get(slot).data());
        }
        List<NdArray> results = new ArrayList<>();
        results.add(allocate(body.output(), memory, lengths));
        body.logSumExp().ifPresent(l -> results.add(allocate(l.output(), memory, lengths)));
        new FamilyInterpreter(memory, lengths).run(body);
        return results;
    }

    private static NdArray allocate(Buffer buffer, Map<Buffer, double[]> memory, Map<String, Long> lengths) {
        NdArray array =
                NdArray.zeros(buffer.type().dtype(), buffer.type().shape().evaluate(lengths));
        memory.put(buffer, array.data());
        return array;
    }

    /** The operands that hold queries, without their scales; each slot once. */
    public SortedSet<Integer> queries() {
        return slots(body.q(), body.d());
    }

    /** The operands that hold keys, without their scales; each slot once. */
    public SortedSet<Integer> keys() {
        return slots(body.k(), body.d());
    }

    /** The operands that queries, keys and values are read from, each slot once. */
    public SortedSet<Integer> products() {
        SortedSet<Integer> slots = slots(body.v());
        slots.addAll(queries());
        slots.addAll(keys());
        return slots;
    }

    /** The operands that a program reads along an axis; all that it reads when the axis is too short to tell. */
    private SortedSet<Integer> slots(ScalarExpr program, Axis along) {
        List<ScalarExpr> elements = new ArrayList<>();
        ScalarExprs.visit(program, x -> {
            if (x instanceof ScalarExpr.Element e && ScalarExprs.reads(e.address(), along)) {
                elements.add(e);
            }
        });
        return elements.isEmpty() ? slots(program) : slots(elements.toArray(ScalarExpr[]::new));
    }

    /** The operands that some programs of the body read, each slot once. */
    public SortedSet<Integer> slots(ScalarExpr... programs) {
        SortedSet<Integer> slots = new TreeSet<>();
        for (ScalarExpr program : programs) {
            ScalarExprs.visit(program, x -> {
                for (int slot = 0; slot < operands.size(); slot++) {
                    if (x instanceof ScalarExpr.Element e && e.buffer().equals(operand(slot, operands.get(slot)))) {
                        slots.add(slot);
                    }
                }
            });
        }
        return slots;
    }

    /** The programs that read captured operands as they come: score, mask, weight and sink. */
    public List<ScalarExpr> captures() {
        List<ScalarExpr> programs = new ArrayList<>(List.of(body.score()));
        body.mask().ifPresent(programs::add);
        body.weight().ifPresent(programs::add);
        body.sink().ifPresent(programs::add);
        return programs;
    }
}
