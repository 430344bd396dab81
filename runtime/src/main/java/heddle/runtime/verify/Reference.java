package heddle.runtime.verify;

import heddle.compiler.ir.NdArray;
import heddle.compiler.ir.Node;
import heddle.compiler.op.Interpreter;
import heddle.compiler.type.TensorType;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.HeddleModel;
import heddle.runtime.RuntimeCode;
import heddle.runtime.input.ModelInputs;
import heddle.runtime.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/** The meaning of a model as written, in double precision: not optimised, not fused, and slow. */
public final class Reference {
    private static final int MAX_ELEMENTS = Integer.MAX_VALUE - 8;

    private Reference() {}

    /** The outputs for some inputs. */
    public static SequencedMap<String, NdArray> run(
            HeddleModel model, Map<String, Tensor> weights, Map<String, Tensor> inputs) {
        return interpreter(model, weights, inputs).run(model.declaration().meaning());
    }

    /** What runs graphs of a model in double precision. */
    static Interpreter interpreter(HeddleModel model, Map<String, Tensor> weights, Map<String, Tensor> inputs) {
        Map<String, Long> lengths = new ModelInputs(model.declaration(), model.fixedLengths()).check(inputs);
        model.declaration().meaning().nodes().forEach(node -> requireArrays(node, lengths));
        return new Interpreter(arrays(inputs), arrays(weights), lengths);
    }

    /** The interpreter holds every tensor of the model as written in one array. */
    private static void requireArrays(Node node, Map<String, Long> lengths) {
        for (TensorType type : node.results()) {
            long size = type.shape().size().evaluate(lengths);
            if (size > MAX_ELEMENTS) {
                String message = "the reference computes a tensor " + type + " with " + size
                        + " elements, more than an array can have";
                Diagnostic d = Diagnostic.atFirst(node.origin().spans(), RuntimeCode.LENGTHS, message);
                throw new DiagnosticException(d.hint("compare with shorter lengths"));
            }
        }
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
