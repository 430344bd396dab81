package heddle.tests.gradient;

import heddle.compiler.frontend.Model;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Origin;
import heddle.compiler.ir.Rewriter;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Cast;
import heddle.compiler.op.Constant;
import heddle.compiler.op.Elementwise;
import heddle.compiler.op.Input;
import heddle.compiler.op.Reduce;
import heddle.compiler.op.Weight;
import heddle.compiler.op.gradient.Gradient;
import heddle.compiler.scalar.Reduction;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.DType;
import heddle.compiler.type.TensorType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.stream.IntStream;

/**
 * A model with a loss, and its gradients by every input and weight of floats. The loss is the sum of all outputs of floats, each
 * element times one of an input {@code cotangent.NAME}.
 *
 * @param graph      asks for the gradients, outputs {@code gradient.NAME}
 * @param cotangents the types of the inputs that were added, by name
 */
public record TrainedGraph(Graph graph, SequencedMap<String, TensorType> cotangents) {
    /** The model as it is written, with its loss and gradients. */
    public static TrainedGraph of(Model model) {
        Graph written = model.graph();
        Rewriter rewriter = new Rewriter(written);
        written.nodes().forEach(rewriter::copy);
        Graph.Builder out = rewriter.out();
        SequencedMap<String, TensorType> cotangents = new LinkedHashMap<>();
        List<Value> terms = new ArrayList<>(List.of(out.value(Constant.scalar(DType.F32, 0), Origin.NONE)));
        written.outputs().forEach((name, value) -> {
            if (value.type().dtype().isFloat()) {
                TensorType type = new TensorType(DType.F32, value.type().shape());
                cotangents.put("cotangent." + name, type);
                terms.add(term(out, rewriter.get(value), new Input("cotangent." + name, type)));
            }
        });
        Value loss = terms.stream()
                .reduce((a, b) -> out.value(new Elementwise(ScalarFn.ADD), Origin.NONE, a, b))
                .orElseThrow();
        List<Node> wanted = written.nodes().stream()
                .filter(n -> n.op() instanceof Input || n.op() instanceof Weight)
                .filter(n -> n.type().dtype().isFloat())
                .filter(n -> !(n.op() instanceof Weight w && w.held().stored().isQuantised()))
                .toList();
        out.output("loss", loss);
        if (!wanted.isEmpty()) {
            List<Value> operands = new ArrayList<>(List.of(loss));
            wanted.forEach(n -> operands.add(rewriter.get(n.value())));
            Node gradient = out.add(new Gradient(), operands, Origin.NONE);
            for (int n = 0; n < wanted.size(); n++) {
                out.output("gradient." + n + "." + key(wanted.get(n)), new Value(gradient, n));
            }
        }
        return new TrainedGraph(out.build(), cotangents);
    }

    private static String key(Node leaf) {
        return leaf.op() instanceof Input i ? i.key() : ((Weight) leaf.op()).key();
    }

    private static Value term(Graph.Builder out, Value value, Input cotangent) {
        Value wide = value.type().dtype() == DType.F32 ? value : out.value(new Cast(DType.F32), Origin.NONE, value);
        Value product = out.value(new Elementwise(ScalarFn.MUL), Origin.NONE, wide, out.value(cotangent, Origin.NONE));
        List<Integer> axes = IntStream.range(0, value.type().rank()).boxed().toList();
        return axes.isEmpty() ? product : out.value(new Reduce(Reduction.SUM, axes, false), Origin.NONE, product);
    }
}
