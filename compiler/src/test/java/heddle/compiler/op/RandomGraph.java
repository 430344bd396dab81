package heddle.compiler.op;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.NdArray;
import heddle.compiler.ir.Op;
import heddle.compiler.ir.Origin;
import heddle.compiler.ir.TypeMismatch;
import heddle.compiler.ir.Value;
import heddle.compiler.op.layout.Concat;
import heddle.compiler.op.layout.Expand;
import heddle.compiler.op.layout.Gather;
import heddle.compiler.op.layout.Iota;
import heddle.compiler.op.layout.Pad;
import heddle.compiler.op.layout.Permute;
import heddle.compiler.op.layout.Reshape;
import heddle.compiler.op.layout.Slice;
import heddle.compiler.op.layout.TakeAlong;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import heddle.dsl.source.SourceFile;
import heddle.dsl.source.Span;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** Valid graphs over all primitive operations, and arrays to run them with, the same for the same seed. */
public final class RandomGraph {
    private static final Dim B = Dim.symbol("B");
    private static final Dim N = Dim.symbol("N");

    /** A length that is zero, though the graph does not know. */
    private static final Dim Z = Dim.symbol("Z");

    private static final SourceFile SOURCE = new SourceFile("random.heddle", "x\ny z\n\nlast line\n");

    private final Random random;
    private final List<Value> values = new ArrayList<>();
    private final Graph.Builder out = new Graph.Builder("random");

    private RandomGraph(long seed) {
        this.random = new Random(seed);
    }

    /** A graph of about {@code size} nodes. */
    public static Graph of(long seed, int size) {
        return new RandomGraph(seed).graph(size);
    }

    /** Values for the symbols of every random graph. */
    public static Map<String, Long> lengths() {
        return Map.of("B", 2L, "N", 3L, "Z", 0L);
    }

    /** Runs {@code graph} on arrays that depend on the seed and on the names of inputs and weights alone. */
    public static Map<String, NdArray> run(Graph graph, long seed) {
        return new TreeMap<>(new Interpreter(inputs(graph, seed), weights(graph, seed), lengths()).run(graph));
    }

    /** The arrays that {@link #run} gives to inputs. */
    public static Map<String, NdArray> inputs(Graph graph, long seed) {
        Map<String, NdArray> inputs = new HashMap<>();
        graph.nodes().forEach(n -> {
            if (n.op() instanceof Input i) {
                inputs.put(i.key(), array(i.type(), new Random(seed ^ i.key().hashCode())));
            }
        });
        return inputs;
    }

    /** The arrays that {@link #run} gives to weights. */
    public static Map<String, NdArray> weights(Graph graph, long seed) {
        Map<String, NdArray> weights = new HashMap<>();
        graph.nodes().forEach(n -> {
            if (n.op() instanceof Weight w) {
                weights.put(w.key(), array(w.type(), new Random(seed ^ w.key().hashCode())));
            }
        });
        return weights;
    }

    private static NdArray array(TensorType type, Random random) {
        NdArray a = NdArray.zeros(type.dtype(), type.shape().evaluate(lengths()));
        Arrays.setAll(
                a.data(),
                i -> type.dtype().nearest(type.dtype().isFloat() ? random.nextGaussian() : random.nextInt(4)));
        return a;
    }

    private Graph graph(int size) {
        add(new Input("x", new TensorType(DType.F32, Shape.of(B, N, Dim.of(4)))));
        add(new Input("index", new TensorType(DType.I64, Shape.of(N))));
        add(new Input("mask", new TensorType(DType.BOOL, Shape.of(B, Dim.ONE, N))));
        if (random.nextInt(3) == 0) {
            add(new Input("empty", new TensorType(DType.F32, Shape.of(N, Z))));
        }
        add(new Weight("a \"quoted\" weight", new TensorType(DType.F32, Shape.of(4, 6))));
        for (int tries = 0; out.nodes().size() < size && tries < size * 50; tries++) {
            step();
        }
        Graph all = out.build();
        Graph.Builder named = new Graph.Builder("random");
        Map<Value, Value> copies = new HashMap<>();
        all.nodes().forEach(n -> {
            Value copy = named.copy(n, all.operands(n).stream().map(copies::get).toList())
                    .value();
            copies.put(n.value(), copy);
            boolean last = all.useCount(n) == 0 && !(n.op() instanceof Weight);
            if (last || random.nextInt(20) == 0) {
                named.output("y" + n.id(), copy);
            }
            if (last && random.nextInt(5) == 0) {
                named.output("again" + n.id(), copy);
            }
        });
        return named.build();
    }

    private void add(Op op, Value... operands) {
        try {
            values.add(out.value(op, origin(), operands));
        } catch (TypeMismatch | IllegalArgumentException e) {
            // The draw did not fit together; the next one will.
        }
    }

    private Origin origin() {
        int start = random.nextInt(SOURCE.text().length());
        return switch (random.nextInt(3)) {
            case 0 -> Origin.NONE;
            case 1 -> new Origin(List.of(new Span(SOURCE, start, start)), "");
            default -> new Origin(List.of(new Span(SOURCE, start, start)), "layer." + random.nextInt(3) + "/f");
        };
    }

    private Value any() {
        return values.get(random.nextInt(values.size()));
    }

    private int axis(Value x) {
        return random.nextInt(Math.max(1, x.type().rank()));
    }

    private void step() {
        Value x = any();
        switch (random.nextInt(16)) {
            case 0, 1, 2 -> elementwise();
            case 3 -> add(new Cast(pick(DType.values())), x);
            case 4 -> permute(x);
            case 5 -> add(new Reshape(Shape.of(x.type().shape().size())), x);
            case 6 -> expand(x);
            case 7 -> slice(x);
            case 8 -> add(new Concat(axis(x)), x, x);
            case 9 -> pad(x);
            case 10, 11 -> lookUp(x);
            case 12 -> contract(x);
            case 13 -> add(new Reduce(pick(Reduction.values()), List.of(axis(x)), random.nextBoolean()), x);
            case 14 ->
                add(random.nextBoolean() ? new Softmax(axis(x), random.nextInt(2) * 0.5) : new Dropout(0.1, 0), x);
            default -> leaf();
        }
    }

    @SafeVarargs
    private <T> T pick(T... choices) {
        return choices[random.nextInt(choices.length)];
    }

    private void elementwise() {
        ScalarFn fn = pick(ScalarFn.values());
        if (!Elementwise.isOperation(fn)) {
            return;
        }
        Value[] operands = new Value[fn.arity()];
        Arrays.setAll(operands, i -> any());
        add(new Elementwise(fn), operands);
    }

    private void permute(Value x) {
        List<Integer> order = new ArrayList<>();
        for (int axis = 0; axis < x.type().rank(); axis++) {
            order.add(axis);
        }
        Collections.shuffle(order, random);
        add(new Permute(order), x);
    }

    private void expand(Value x) {
        List<Dim> dims = new ArrayList<>(x.type().shape().dims());
        dims.replaceAll(d -> d.is(1) ? pick(B, N, Dim.of(2), Z) : d);
        dims.addFirst(pick(Dim.of(2), Dim.ONE));
        if (dims.size() <= 4) {
            add(new Expand(new Shape(dims)), x);
        }
    }

    /** Nothing can be looked up where there is nothing. */
    private void lookUp(Value x) {
        int axis = axis(x);
        if (x.type().rank() > 0 && !isEmpty(x.type().dim(axis))) {
            add(random.nextBoolean() ? new Gather(axis) : new TakeAlong(axis), x, any());
        }
    }

    private static boolean isEmpty(Dim length) {
        return length.evaluate(lengths()) == 0;
    }

    private void slice(Value x) {
        if (x.type().rank() == 0) {
            return;
        }
        int axis = axis(x);
        Dim length = x.type().dim(axis);
        if (random.nextBoolean() && !isEmpty(length)) {
            add(Slice.along(x.type().shape(), axis, length.minus(1), Dim.ONE), x);
        } else {
            List<Dim> starts = new ArrayList<>(Collections.nCopies(x.type().rank(), Dim.ZERO));
            List<Long> steps = new ArrayList<>(Collections.nCopies(x.type().rank(), 1L));
            starts.set(axis, length.minus(1));
            steps.set(axis, -1L);
            add(new Slice(starts, x.type().shape().dims(), steps), x);
        }
    }

    private void pad(Value x) {
        List<Dim> low = new ArrayList<>(Collections.nCopies(x.type().rank(), Dim.ZERO));
        List<Dim> high = new ArrayList<>(low);
        if (!low.isEmpty()) {
            low.set(axis(x), pick(Dim.ONE, N.minus(1)));
            high.set(axis(x), Dim.of(2));
        }
        add(new Pad(low, high, random.nextInt(2)), x);
    }

    private void contract(Value x) {
        Value y = any();
        String left = "abcdef".substring(0, Math.min(6, x.type().rank()));
        String right = random.nextBoolean()
                ? left
                : new StringBuilder("ghijkl").substring(0, Math.min(6, y.type().rank()));
        String kept = random.nextBoolean() ? left : left.substring(0, left.length() / 2);
        String result = kept + (right.equals(left) || kept.length() + right.length() > 4 ? "" : right);
        add(new Contract(left + "," + right + "->" + result), x, y);
    }

    private void leaf() {
        switch (random.nextInt(5)) {
            case 0 -> add(Constant.scalar(DType.F32, pick(0.1, -0.0, 1.0, Double.NEGATIVE_INFINITY)));
            case 1 -> add(new Constant(new TensorType(DType.I64, Shape.of(3)), List.of(0L, 1L, random.nextInt(9))));
            case 2 ->
                add(Constant.splat(new TensorType(pick(DType.values()), Shape.of(N, Dim.of(4))), random.nextInt(3)));
            case 3 -> add(new Length(pick(N, B.times(N).minus(1), N.floorDiv(Dim.of(2))), pick(DType.F32, DType.I64)));
            default -> add(new Iota(pick(N, Dim.of(4), N.plus(1).floorDiv(Dim.of(2)))));
        }
    }
}
