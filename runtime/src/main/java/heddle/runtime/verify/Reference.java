package heddle.runtime.verify;

import heddle.compiler.ir.NdArray;
import heddle.compiler.op.Interpreter;
import heddle.runtime.HeddleModel;
import heddle.runtime.input.ModelInputs;
import heddle.runtime.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/** The meaning of a model as written, in double precision: not optimised, not fused, and slow. */
public final class Reference {
    private Reference() {}

    /** The outputs for some inputs. */
    public static SequencedMap<String, NdArray> run(
            HeddleModel model, Map<String, Tensor> weights, Map<String, Tensor> inputs) {
        return interpreter(model, weights, inputs).run(model.declaration().graph());
    }

    /** What runs graphs of a model in double precision. */
    static Interpreter interpreter(HeddleModel model, Map<String, Tensor> weights, Map<String, Tensor> inputs) {
        Map<String, Long> lengths = new ModelInputs(model.declaration(), model.fixedLengths()).check(inputs);
        return new Interpreter(arrays(inputs), arrays(weights), lengths);
    }

    private static Map<String, NdArray> arrays(Map<String, Tensor> tensors) {
        Map<String, NdArray> arrays = new LinkedHashMap<>();
        tensors.forEach((name, t) -> arrays.put(name, array(t)));
        return arrays;
    }

    /** A tensor's elements in double precision, to compare with. */
    public static NdArray array(Tensor tensor) {
        double[] data = new double[tensor.size()];
        for (int i = 0; i < data.length; i++) {
            data[i] = tensor.element(i);
        }
        return new NdArray(tensor.dtype(), tensor.shape(), data);
    }
}
