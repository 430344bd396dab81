package heddle.runtime.jvm;

import heddle.compiler.schedule.Plan;
import heddle.compiler.tile.Buffer;
import heddle.compiler.type.Dim;
import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.RuntimeCode;
import heddle.runtime.tensor.Tensor;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** Finds the lengths a plan leaves open from the shapes of its inputs, and checks that the inputs agree. */
final class LengthBinding {
    private final Map<String, Long> lengths = new TreeMap<>();

    private LengthBinding() {}

    /** The length of each symbol. @throws DiagnosticException when inputs are missing or do not fit */
    static Map<String, Long> of(Plan plan, Map<String, Tensor> inputs) {
        LengthBinding binding = new LengthBinding();
        plan.inputs().forEach((name, buffer) -> binding.bind(name, buffer, tensor(name, inputs)));
        for (String symbol : plan.lengths()) {
            if (!binding.lengths.containsKey(symbol)) {
                throw new DiagnosticException(
                        Diagnostic.of(RuntimeCode.LENGTH_UNBOUND, "no input has an axis of length " + symbol));
            }
        }
        plan.inputs().forEach((name, buffer) -> binding.check(name, buffer, tensor(name, inputs)));
        return binding.lengths;
    }

    private static Tensor tensor(String name, Map<String, Tensor> inputs) {
        Tensor tensor = inputs.get(name);
        if (tensor == null) {
            throw new DiagnosticException(
                    Diagnostic.of(RuntimeCode.INPUT_MISSING, "the input " + name + " was not given"));
        }
        return tensor;
    }

    private void bind(String name, Buffer buffer, Tensor tensor) {
        if (tensor.dtype() != buffer.type().dtype()) {
            throw misfit(RuntimeCode.INPUT_DTYPE, name, buffer, tensor);
        }
        if (tensor.shape().length != buffer.type().rank()) {
            throw misfit(RuntimeCode.INPUT_SHAPE, name, buffer, tensor);
        }
        for (int axis = 0; axis < buffer.type().rank(); axis++) {
            Dim dim = buffer.type().dim(axis);
            long length = tensor.shape()[axis];
            dim.asSymbol().ifPresent(symbol -> lengths.putIfAbsent(symbol, length));
        }
    }

    private void check(String name, Buffer buffer, Tensor tensor) {
        long[] expected = buffer.type().shape().evaluate(lengths);
        if (!Arrays.equals(expected, tensor.shape())) {
            throw misfit(RuntimeCode.INPUT_SHAPE, name, buffer, tensor);
        }
    }

    private DiagnosticException misfit(RuntimeCode code, String name, Buffer buffer, Tensor tensor) {
        return new DiagnosticException(
                Diagnostic.of(code, "the input " + name + " is " + tensor + " where the model has " + buffer.type())
                        .note("lengths so far: " + lengths));
    }
}
