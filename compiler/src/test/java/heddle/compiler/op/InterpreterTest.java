package heddle.compiler.op;

import static heddle.compiler.op.Ops.N;
import static heddle.compiler.op.Ops.f32;
import static heddle.compiler.op.Ops.floats;
import static heddle.compiler.op.Ops.shape;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import heddle.compiler.ir.Graph;
import heddle.compiler.ir.NdArray;
import heddle.compiler.ir.Origin;
import heddle.compiler.ir.Value;
import heddle.compiler.scalar.ScalarFn;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class InterpreterTest {
    private static Graph graph() {
        Graph.Builder out = new Graph.Builder("g");
        Value x = out.value(new Input("x", f32(N)), Origin.NONE);
        Value w = out.value(new Weight("w", f32(N)), Origin.NONE);
        out.output("twice", out.value(new Elementwise(ScalarFn.ADD), Origin.NONE, x, x));
        out.output("product", out.value(new Elementwise(ScalarFn.MUL), Origin.NONE, x, w));
        out.output("x", x);
        return out.build();
    }

    private static Interpreter interpreter(Map<String, NdArray> inputs, long n) {
        return new Interpreter(inputs, Map.of("w", floats(shape(2), 10, 20)), Map.of("N", n));
    }

    @Test
    void outputsComeInTheirOrder() {
        Map<String, NdArray> y =
                interpreter(Map.of("x", floats(shape(2), 1, 2)), 2).run(graph());
        assertEquals(List.of("twice", "product", "x"), List.copyOf(y.keySet()));
        assertArrayEquals(new double[] {2, 4}, y.get("twice").data());
        assertArrayEquals(new double[] {10, 40}, y.get("product").data());
        assertArrayEquals(new double[] {1, 2}, y.get("x").data());
    }

    @Test
    void tensorsThatDoNotFitAreRefused() {
        assertMessage("the input x is not given", interpreter(Map.of(), 2));
        assertMessage(
                "the input x is f32[3], not f32[N] with {N=2}", interpreter(Map.of("x", floats(shape(3), 1, 2, 3)), 2));
        assertMessage(
                "the weight w is f32[2], not f32[N] with {N=3}",
                interpreter(Map.of("x", floats(shape(3), 1, 2, 3)), 3));
    }

    private static void assertMessage(String message, Interpreter interpreter) {
        assertEquals(
                message,
                assertThrows(IllegalArgumentException.class, () -> interpreter.run(graph()))
                        .getMessage());
    }
}
