package heddle.tests;

import heddle.compiler.ir.NdArray;
import heddle.runtime.tensor.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** Tensors as arrays of the interpreters, and back. */
public final class TensorArrays {
    private TensorArrays() {}

    public static Map<String, NdArray> of(Map<String, Tensor> tensors) {
        Map<String, NdArray> arrays = new LinkedHashMap<>();
        tensors.forEach((name, t) -> {
            double[] data = new double[t.size()];
            Arrays.setAll(data, t::element);
            arrays.put(name, new NdArray(t.dtype(), t.shape(), data));
        });
        return arrays;
    }

    public static Map<String, Tensor> tensors(Map<String, NdArray> arrays) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        arrays.forEach(
                (name, a) -> tensors.put(name, Tensor.of(a.data(), a.shape()).cast(a.dtype())));
        return tensors;
    }
}
