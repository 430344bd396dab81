package heddle.tests.tornado;

import heddle.compiler.Compiler.Fusion;
import heddle.compiler.backend.tornado.TornadoTarget;
import heddle.compiler.ir.Graph;
import heddle.compiler.ir.Origin;
import heddle.compiler.ir.Value;
import heddle.compiler.op.Cast;
import heddle.compiler.op.Elementwise;
import heddle.compiler.op.Input;
import heddle.compiler.scalar.ScalarFn;
import heddle.compiler.type.DType;
import heddle.compiler.type.Dim;
import heddle.compiler.type.Shape;
import heddle.compiler.type.TensorType;
import heddle.runtime.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Every function and every conversion at every element type, for ordinary and for awkward elements. */
class ScalarConformanceTest {
    private static final long SEED = 20261124;

    private static final double[] FLOATS = {
        0,
        -0.0,
        1,
        -1,
        0.5,
        -0.5,
        1.5,
        2.5,
        -2.5,
        3.3,
        -3.7,
        1e-8,
        -1e-3,
        7,
        20,
        -20,
        60,
        -80,
        100,
        12345.6,
        -1e4,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY,
        Double.NaN
    };

    private static final double[] INTEGERS = {0, 1, -1, 2, -2, 3, 7, -8, 16, -17, 100, -1000};

    private final Graph.Builder graph = new Graph.Builder("functions");
    private final Map<DType, List<Value>> operands = new EnumMap<>(DType.class);
    private final Map<String, Tensor> inputs = new LinkedHashMap<>();

    @Test
    void functionsAndConversionsHaveTheirMeaning() {
        for (DType type : DType.values()) {
            operands.put(type, List.of(operand(type, 0), operand(type, 1)));
        }
        for (ScalarFn fn : ScalarFn.values()) {
            for (DType type : DType.values()) {
                if (Elementwise.isOperation(fn)) {
                    function(fn, type);
                }
            }
        }
        for (DType from : DType.values()) {
            for (DType to : DType.values()) {
                Value x = operands.get(from).getFirst();
                graph.output("cast_" + from + "_" + to, graph.value(new Cast(to), Origin.NONE, x));
            }
        }
        // A kernel of a map is the same on all devices.
        Conformance.of(graph.build(), Fusion.FUSED, TornadoTarget.GPU, Map.of())
                .check(inputs, Map.of("N", (long) pairs()), "seed " + SEED);
    }

    /** All pairs of floats, and some that are drawn. */
    private static int pairs() {
        return FLOATS.length * FLOATS.length + 61;
    }

    private Value operand(DType type, int slot) {
        String name = type.text() + slot;
        double[] awkward = type.isFloat() ? FLOATS : type == DType.BOOL ? new double[] {0, 1} : INTEGERS;
        Random random = new Random(SEED + slot);
        double[] data = new double[pairs()];
        Arrays.setAll(data, i -> {
            int place = slot == 0 ? i : i / awkward.length;
            return i < awkward.length * awkward.length
                    ? awkward[place % awkward.length]
                    : type.nearest(random.nextGaussian() * 30);
        });
        inputs.put(name, Tensor.of(data, data.length).cast(type));
        return graph.value(new Input(name, new TensorType(type, Shape.of(Dim.symbol("N")))), Origin.NONE);
    }

    private void function(ScalarFn fn, DType type) {
        if (fn == ScalarFn.DRAW) {
            return; // No operation by itself: dropouts draw.
        }
        List<DType> types = new ArrayList<>();
        List<Value> values = new ArrayList<>();
        for (int slot = 0; slot < fn.arity(); slot++) {
            DType t = fn == ScalarFn.SELECT && slot == 0 ? DType.BOOL : type;
            types.add(t);
            values.add(operands.get(t).get(fn == ScalarFn.SELECT ? slot / 2 : slot));
        }
        fn.resultType(types)
                .ifPresent(result -> graph.output(
                        fn.text() + "_" + type,
                        graph.value(new Elementwise(fn), Origin.NONE, values.toArray(Value[]::new))));
    }
}
