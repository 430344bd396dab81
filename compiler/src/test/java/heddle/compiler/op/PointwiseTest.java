package heddle.compiler.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.NdArray;
import heddle.compiler.ir.Node;
import heddle.compiler.ir.Value;
import heddle.compiler.op.layout.Reshape;
import heddle.compiler.scalar.Axis;
import heddle.compiler.scalar.ScalarExpr;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Index expressions against evaluation, at symbolic shapes. */
class PointwiseTest {
    private static final int GRAPHS = 60;

    @Test
    void indexExpressionsAgreeWithEvaluationOnRandomGraphs() {
        int compared = 0;
        for (long seed = 0; seed < GRAPHS; seed++) {
            Graph graph = withAllOutputs(RandomGraph.of(seed, 40));
            Map<String, NdArray> values = RandomGraph.run(graph, seed);
            for (Node node : graph.nodes()) {
                if (node.op() instanceof Pointwise p && !(p instanceof Constant c && !c.isSplat())) {
                    List<Value> operands = graph.operands(node);
                    double[] elements = PointwiseOracle.elements(
                            p,
                            operands.stream().map(Value::type).toList(),
                            node.type(),
                            operands.stream()
                                    .map(v -> values.get("v" + v.node().id()))
                                    .toList(),
                            RandomGraph.lengths());
                    assertArrayEquals(values.get("v" + node.id()).data(), elements, "seed " + seed + " " + node);
                    compared++;
                }
            }
        }
        assertTrue(compared > 20 * GRAPHS, compared + " nodes compared");
    }

    private static Graph withAllOutputs(Graph graph) {
        Graph.Builder all = new Graph.Builder("all");
        for (Node n : graph.nodes()) {
            List<Value> operands = graph.operands(n).stream()
                    .map(v -> all.nodes().get(v.node().id()).value())
                    .toList();
            all.output("v" + n.id(), all.copy(n, operands).value());
        }
        return all.build();
    }

    /** The operand's index, for one operand. */
    private record Recorder(TensorType operand, TensorType result) implements Pointwise.Operands {
        @Override
        public int count() {
            return 1;
        }

        @Override
        public TensorType type(int slot) {
            return operand;
        }

        @Override
        public ScalarExpr at(int slot, List<ScalarExpr> index) {
            return new ScalarExpr.Variable(index.toString(), operand.dtype());
        }
    }

    @Test
    void reshapesOfSomeAxesLeaveTheOthersAlone() {
        Dim b = Dim.symbol("B");
        Dim n = Dim.symbol("N");
        assertEquals("[b, n, add(mul(h, 32), d)]", sourceOf(List.of(b, n, Dim.of(384)), b, n, Dim.of(12), Dim.of(32)));
        assertEquals(
                "[b, floor_div(n, 32), mod(n, 32), h]",
                sourceOf(List.of(b, Dim.of(12), Dim.of(32), n), b, Dim.of(384), n));
        assertEquals("[0, b]", sourceOf(List.of(Dim.ONE, n), n));
        assertEquals("[add(mul(b, N), n), h]", sourceOf(List.of(b.times(n), Dim.of(4)), b, n, Dim.of(4)));
    }

    private static String sourceOf(List<Dim> from, Dim... to) {
        List<String> names = List.of("b", "n", "h", "d");
        TensorType operand = Ops.f32(from.toArray());
        TensorType result = Ops.f32((Object[]) to);
        List<ScalarExpr> index = IntStream.range(0, to.length)
                .mapToObj(i -> ScalarExpr.of(new Axis(names.get(i), to[i])))
                .toList();
        return new Reshape(new Shape(List.of(to)))
                .at(index, new Recorder(operand, result))
                .toString();
    }
}
