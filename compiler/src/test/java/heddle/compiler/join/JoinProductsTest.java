package heddle.compiler.join;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import heddle.compiler.frontend.Elaborated;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.NdArray;
import heddle.compiler.ir.text.GraphText;
import heddle.compiler.op.Contract;
import heddle.compiler.op.Interpreter;
import heddle.compiler.pass.EliminateCommonSubexpressions;
import heddle.compiler.pass.EliminateDeadCode;
import heddle.compiler.rule.RuleAssert;
import heddle.compiler.type.DType;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class JoinProductsTest {
    private static final long SEED = 11;
    private static final String PARTS = """
            input q: f32[2, 4, 3]
            input k: f32[2, 5, 3]
            input p: f32[2, 4, 6]
            input r: f32[2, 5, 6]
            input shared: f32[5, 6]
            input gain: f32
            input bias: f32[2, 4, 5]
            input v: f32[2, 5, 7]
            """;

    private static Graph graph(String scores) {
        Graph graph = Elaborated.of(PARTS + "output o = softmax(" + scores + ", axis = -1) @ v")
                .graph();
        return new EliminateCommonSubexpressions().run(graph);
    }

    /** One product of queries and keys is left, and the result is the same. */
    private static void assertJoins(String scores) {
        Graph before = graph(scores);
        Graph after = new EliminateDeadCode().run(JoinProducts.RULES.run(before));
        assertEquals(
                2,
                after.nodes().stream().filter(n -> n.op() instanceof Contract).count(),
                () -> GraphText.print(after));
        assertArrayEquals(run(before), run(after), 1e-12, () -> "seed " + SEED + "\n" + GraphText.print(after));
    }

    private static double[] run(Graph graph) {
        Random random = new Random(SEED);
        Map<String, NdArray> inputs = new LinkedHashMap<>();
        inputs.put("q", array(random, 2, 4, 3));
        inputs.put("k", array(random, 2, 5, 3));
        inputs.put("p", array(random, 2, 4, 6));
        inputs.put("r", array(random, 2, 5, 6));
        inputs.put("shared", array(random, 5, 6));
        inputs.put("gain", array(random));
        inputs.put("bias", array(random, 2, 4, 5));
        inputs.put("v", array(random, 2, 5, 7));
        return new Interpreter(inputs, Map.of(), Map.of()).run(graph).get("o").data();
    }

    private static NdArray array(Random random, long... shape) {
        NdArray array = NdArray.zeros(DType.F32, shape);
        for (int i = 0; i < array.data().length; i++) {
            array.data()[i] = random.nextGaussian();
        }
        return array;
    }

    private static void assertKept(String scores) {
        RuleAssert.of(JoinProducts.RULES, graph(scores)).doesNotFire();
    }

    /** A part of a product is not a product of the same lengths. */
    @Test
    void notPartsOfLongerProducts() {
        assertKept("q @ transpose(k) + (p @ transpose(concat([r, r], axis = 1)))[:, :, :5]");
        assertKept("(concat([p, p], axis = 1) @ transpose(r))[:, :4] + q @ transpose(k)");
    }

    @Test
    void aroundBiasesAndMasks() {
        String both = "q @ transpose(k) + bias + p @ transpose(r)";
        assertJoins(both);
        assertJoins("p @ transpose(r) + (bias - 0.5 + q @ transpose(k))");
        assertJoins("where(bias > 0.0, q @ transpose(k), -inf) - p @ transpose(r)");
        assertJoins(both + " + p @ transpose(r * r)");
        assertKept("where(bias > 0.0, q @ transpose(k), 0.0) + p @ transpose(r)");
        assertKept("(bias - q @ transpose(k)) + p @ transpose(r)");
    }

    /** Heads of which there is one, beside keys that have no axis for them. */
    @Test
    void axesOfLengthOne() {
        assertJoins("einsum(\"bgid,bgjd->bgij\", q[:, new], k[:, new]) + einsum(\"bgid,bjd->bgij\", p[:, new], r)");
        assertJoins("einsum(\"bgid,bjd->bgij\", q[:, new], k) + einsum(\"bid,bgjd->bgij\", p, r[:, new])");
    }

    @Test
    void sumsAndDifferences() {
        assertJoins("q @ transpose(k) + p @ transpose(r)");
        assertJoins("q @ transpose(k) - p @ transpose(r)");
        assertJoins("-(q @ transpose(k)) - p @ transpose(r) * 0.5");
        assertJoins("2.0 * (q @ transpose(k)) - p @ transpose(r) / 4.0");
    }

    @Test
    void threeProducts() {
        assertJoins("q @ transpose(k) + p @ transpose(r) - 0.5 * (p @ transpose(shared))");
    }

    @Test
    void transposedProducts() {
        assertJoins("q @ transpose(k) + transpose(r @ transpose(p))");
    }

    @Test
    void keysThatHeadsShare() {
        assertJoins("q @ transpose(k) + einsum(\"bid,jd->bij\", p, shared)");
        assertJoins("einsum(\"jd,bid->bij\", shared, p) + q @ transpose(k)");
    }

    @Test
    void notProductsThatAreScaledByAnything() {
        assertKept("q @ transpose(k) * gain + p @ transpose(r)");
        assertKept("q @ transpose(k) * 1.0e30 + p @ transpose(r)");
    }

    @Test
    void notProductsOfWhichOneIsShifted() {
        assertKept("q @ transpose(k) + pad(p @ transpose(r), [1, 0], axis = -1)[..., 0:5]");
    }

    @Test
    void notSumsThatAreNoScores() {
        Graph before = new EliminateCommonSubexpressions()
                .run(Elaborated.of(PARTS + "output o = q @ transpose(k) + p @ transpose(r)")
                        .graph());
        RuleAssert.of(JoinProducts.RULES, before).doesNotFire();
    }

    /** Queries that all sequences share would be copied for each of them, with more features than there are keys. */
    @Test
    void notFactorsThatWouldBeCopiedForEachPosition() {
        String model = """
                dim B
                dim N
                dim M
                input q: f32[N, 3000]
                input k: f32[B, M, 3000]
                input p: f32[B, N, 3000]
                input r: f32[B, M, 3000]
                input v: f32[B, M, 7]
                let s = einsum("id,bjd->bij", q, k) + einsum("bid,bjd->bij", p, r)
                output o = softmax(s, axis = -1) @ v
                """;
        RuleAssert.of(JoinProducts.RULES, model).declines("more numbers than there are scores");
    }
}
