package heddle.runtime.train;

import heddle.dsl.diagnostic.Diagnostic;
import heddle.dsl.diagnostic.DiagnosticException;
import heddle.runtime.CheckedProgram;
import heddle.runtime.Program;
import heddle.runtime.tensor.Tensor;
import heddle.runtime.tornado.TornadoCode;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A program of training on a device, whose first run at each choice of lengths is compared with the jvm target. Single elements of
 * gradients are as inexact as the sums they are of, so tensors are compared: a kernel that is compiled wrongly moves one of them far.
 */
final class FirstStepCheck extends CheckedProgram {
    /** How far a tensor may be off, as a part of its own norm: more than rounding to f32 brings, less than a wrong block. */
    private static final double OF_OWN = 1e-3;

    /** The same as a part of the norm of all: for gradients that are zero but for rounding. */
    private static final double OF_ALL = 1e-5;

    private final Supplier<Program> reference;
    private final double coarseness;

    /**
     * @param reference  loads the same graph for the jvm target
     * @param coarseness how many times as coarse as f32 the coarsest type is that the graph computes in
     */
    FirstStepCheck(Program program, Supplier<Program> reference, double coarseness) {
        super(program);
        this.reference = reference;
        this.coarseness = coarseness;
    }

    @Override
    protected void check(Map<String, Tensor> outputs, Map<String, Tensor> inputs, Map<String, Long> lengths) {
        compare(outputs, reference.get().run(inputs, lengths));
    }

    private void compare(Map<String, Tensor> outputs, Map<String, Tensor> expected) {
        // What is not finite is named where the loss and the norm are looked at, and says nothing of the others.
        double all = Math.sqrt(expected.values().stream()
                .mapToDouble(t -> square(t, null))
                .filter(Double::isFinite)
                .sum());
        expected.forEach((name, wanted) -> {
            double off = Math.sqrt(square(wanted, outputs.get(name)));
            double own = Math.sqrt(square(wanted, null));
            if (Double.isFinite(own) && !(off <= coarseness * (OF_OWN * own + OF_ALL * all))) {
                throw new DiagnosticException(Diagnostic.of(
                                TornadoCode.OUTPUTS_DIFFER, name + " is not what the jvm target computes")
                        .note(String.format(Locale.ROOT, "it is off by %.3g, and its norm should be %.3g", off, own))
                        .hint("a driver compiled a kernel wrongly, or this is a bug in Heddle: `heddle verify --grad"
                                + " --target tornado` says more"));
            }
        });
    }

    /** The sum of squares of a tensor, or of its difference from another. */
    private static double square(Tensor t, Tensor other) {
        double sum = 0;
        for (int i = 0; i < t.size(); i++) {
            double d = other == null ? t.element(i) : t.element(i) - other.element(i);
            sum += d * d;
        }
        return sum;
    }
}
