package heddle.runtime;

import heddle.runtime.tensor.Tensor;
import java.util.Map;
import java.util.function.Consumer;

/** A plan as code that can be run, with its weights. Runs of several threads follow one another. */
public interface Program {
    /** The generated Java. */
    String text();

    /**
     * The outputs for some inputs, by name.
     *
     * @param lengths of the plan's symbols, all that inputs do not show
     * @param profile told of every kernel when it has ended
     * @throws heddle.dsl.diagnostic.DiagnosticException when inputs or lengths are missing or do not fit
     */
    Map<String, Tensor> run(Map<String, Tensor> inputs, Map<String, Long> lengths, Consumer<KernelTiming> profile);
}
