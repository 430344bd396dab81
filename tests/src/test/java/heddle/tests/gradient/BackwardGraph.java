package heddle.tests.gradient;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.NdArray;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Origin;
import heddle.compiler.ir.Value;
import heddle.compiler.layout.FoldLayout;
import heddle.compiler.op.Input;
import heddle.compiler.op.Interpreter;
import heddle.compiler.op.attention.AttentionGradient;
import heddle.compiler.op.attention.AttentionResult;
import heddle.compiler.op.attention.FusedAttention;
import heddle.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A graph of one attention and its gradients. Its inputs are the operands {@code x0}, {@code x1}, … and the cotangents {@code dy} and
 * {@code dl}; its outputs are {@code o}, the log-sum-exp {@code l} if that is a result, and {@code grad0}, {@code grad1}, …
 *
 * @param op    the attention, in the form that training computes
 * @param graph all of it
 */
public record BackwardGraph(FusedAttention op, Graph graph) {
    /** The gradients by every operand of floats. */
    public static BackwardGraph of(FusedAttention attention) {
        FusedAttention op = AttentionGradient.forward(attention);
        Graph.Builder out = new Graph.Builder("backward");
        List<Value> operands = new ArrayList<>();
        for (int slot = 0; slot < op.operands().size(); slot++) {
            operands.add(input(out, "x" + slot, op.operands().get(slot)));
        }
        Node node = out.add(op, operands, Origin.NONE);
        Value dy = input(out, "dy", node.type());
        Optional<Value> lse = op.place(AttentionResult.Kind.LOG_SUM_EXP).stream()
                .mapToObj(n -> new Value(node, n))
                .findFirst();
        Optional<Value> dl = lse.map(l -> input(out, "dl", l.type()));
        Map<Integer, Value> gradients = AttentionGradient.of(
                out, op, operands, AttentionGradient.Forward.of(node), Optional.of(dy), dl, floats(op), Origin.NONE);
        out.output("o", node.value());
        lse.ifPresent(l -> out.output("l", l));
        gradients.forEach((slot, g) -> out.output("grad" + slot, g));
        return new BackwardGraph(op, out.build());
    }

    private static Value input(Graph.Builder out, String name, TensorType type) {
        return out.value(new Input(name, type), Origin.NONE);
    }

    /** The same with layout folded. */
    public BackwardGraph folded() {
        return new BackwardGraph(op, new FoldLayout().run(graph));
    }

    /** The slots of floats. */
    private static Set<Integer> floats(FusedAttention op) {
        return IntStream.range(0, op.operands().size())
                .filter(slot -> op.operands().get(slot).dtype().isFloat())
                .boxed()
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The slots that have a gradient. */
    public List<Integer> differentiated() {
        return floats(op).stream()
                .filter(slot -> graph.outputs().containsKey("grad" + slot))
                .toList();
    }

    /** Inputs that are drawn: floats normally distributed, integers 0 to 3, bools mostly true. */
    public Map<String, NdArray> draw(Map<String, Long> lengths, double size, long seed) {
        Map<String, NdArray> inputs = new HashMap<>();
        for (Node node : graph.nodes()) {
            if (node.op() instanceof Input input) {
                Random random = new Random(seed ^ input.key().hashCode());
                NdArray a =
                        NdArray.zeros(node.type().dtype(), node.type().shape().evaluate(lengths));
                double scale = input.key().startsWith("d") ? 1 : size;
                Arrays.setAll(
                        a.data(),
                        i -> a.dtype().isFloat()
                                ? a.dtype().nearest(scale * random.nextGaussian())
                                : a.dtype() == heddle.compiler.type.DType.BOOL
                                        ? (random.nextInt(4) > 0 ? 1 : 0)
                                        : random.nextInt(4));
                inputs.put(input.key(), a);
            }
        }
        return inputs;
    }

    /** The meaning of every output. */
    public Map<String, NdArray> run(Map<String, NdArray> inputs, Map<String, Long> lengths) {
        return new Interpreter(inputs, Map.of(), lengths).run(graph);
    }

    /** What the gradients are of: the sum of each result times its cotangent; empty rows have no logarithm. */
    public double loss(Map<String, NdArray> inputs, Map<String, Long> lengths) {
        List<NdArray> operands = IntStream.range(0, op.operands().size())
                .mapToObj(slot -> inputs.get("x" + slot))
                .toList();
        List<NdArray> results = op.evaluate(operands, lengths);
        double loss = dot(results.getFirst(), inputs.get("dy"));
        if (inputs.containsKey("dl")) {
            int place = op.place(AttentionResult.Kind.LOG_SUM_EXP).orElseThrow();
            loss += dot(results.get(place), inputs.get("dl"));
        }
        return loss;
    }

    private static double dot(NdArray x, NdArray y) {
        double sum = 0;
        for (int i = 0; i < x.data().length; i++) {
            sum += x.data()[i] == Double.NEGATIVE_INFINITY ? 0 : x.data()[i] * y.data()[i];
        }
        return sum;
    }
}
