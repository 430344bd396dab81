package heddle.runtime;

import heddle.runtime.tensor.Tensor;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A program whose first outputs at each choice of lengths are checked before anybody sees them. TornadoVM compiles lengths into
 * the kernels, so kernels for other lengths may be compiled wrongly.
 */
public abstract class CheckedProgram implements Program {
    private final Program program;
    private final Set<Map<String, Long>> passed = new HashSet<>();

    protected CheckedProgram(Program program) {
        this.program = program;
    }

    /** Throws when the outputs are wrong. */
    protected abstract void check(Map<String, Tensor> outputs, Map<String, Tensor> inputs, Map<String, Long> lengths);

    @Override
    public final String text() {
        return program.text();
    }

    @Override
    public final Map<String, Tensor> run(Map<String, Tensor> inputs, Map<String, Long> lengths) {
        return checked(program.run(inputs, lengths), inputs, lengths);
    }

    @Override
    public final Map<String, Tensor> profile(
            Map<String, Tensor> inputs, Map<String, Long> lengths, Consumer<KernelTiming> profile) {
        return checked(program.profile(inputs, lengths, profile), inputs, lengths);
    }

    @Override
    public final void close() {
        program.close();
    }

    private synchronized Map<String, Tensor> checked(
            Map<String, Tensor> outputs, Map<String, Tensor> inputs, Map<String, Long> lengths) {
        if (!passed.contains(lengths)) {
            check(outputs, inputs, lengths);
            passed.add(Map.copyOf(lengths));
        }
        return outputs;
    }
}
