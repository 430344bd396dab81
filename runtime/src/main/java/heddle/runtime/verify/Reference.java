package heddle.runtime.verify;

import heddle.compiler.ir.NdArray;
import heddle.compiler.op.Interpreter;
import heddle.runtime.HeddleModel;
import heddle.runtime.input.ModelInputs;
import heddle.runtime.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/** The meaning of a model as written, in double precision: nothing optimised, nothing fused, and slow. */
public final class Reference {
    private Reference() {}

    /** The outputs for some inputs. */
    public static SequencedMap<String, NdArray> run(
            HeddleModel model, Map<String, Tensor> weights, Map<String, Tensor> inputs) {
        Map<String, Long> lengths = new ModelInputs(model.declaration(), model.fixedLengths(), weights).check(inputs);
        return new Interpreter(arrays(inputs), arrays(weights), lengths)
                .run(model.declaration().graph());
    }

    private static Map<String, NdArray> arrays(Map<String, Tensor> tensors) {
        Map<String, NdArray> arrays = new LinkedHashMap<>();
        tensors.forEach((name, t) -> {
            double[] data = new double[t.size()];
            for (int i = 0; i < data.length; i++) {
                data[i] = t.element(i);
            }
            arrays.put(name, new NdArray(t.dtype(), t.shape(), data));
        });
        return arrays;
    }
}
