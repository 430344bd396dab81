package heddle.runtime;

import heddle.runtime.tensor.Tensor;
import java.util.Map;
import java.util.function.Consumer;

/** A plan as code that can be run, with its weights. May be run by several threads. */
public interface Program {
    /** The generated Java. */
    String text();

    /**
     * The outputs for some inputs, by name.
     *
     * @param lengths of the plan's symbols, all that inputs do not show
     * @throws heddle.dsl.diagnostic.DiagnosticException when inputs or lengths are missing or do not fit
     */
    Map<String, Tensor> run(Map<String, Tensor> inputs, Map<String, Long> lengths);

    /**
     * The same, with the time of every kernel. A device is then handed one kernel at a time, where else it has many in
     * one go; such a run takes longer than others, and the first one runs twice, so that no time has compiling in it.
     *
     * @param profile told of every kernel in their order when the run has ended; it may run the program itself
     */
    Map<String, Tensor> profile(Map<String, Tensor> inputs, Map<String, Long> lengths, Consumer<KernelTiming> profile);

    /** Frees what the program has on a device. A later run takes it again. */
    default void close() {}
}
