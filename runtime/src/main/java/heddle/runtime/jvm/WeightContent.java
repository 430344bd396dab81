package heddle.runtime.jvm;

import heddle.compiler.backend.emit.KernelForm;
import heddle.compiler.backend.jvm.JavaSource;
import heddle.compiler.scalar.Buffer;
import heddle.compiler.schedule.Plan;
import heddle.compiler.type.Stored;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What a buffer holds that depends on weights alone. Buffers of different plans with equal contents hold the same. */
sealed interface WeightContent {
    /** A weight, held as it is read. */
    record Weight(String name, Stored stored) implements WeightContent {}

    /** Numbers that the model states. */
    record Constant(List<Double> values, Stored stored) implements WeightContent {}

    /**
     * A result of a kernel.
     *
     * @param kernel    what it computes and how, without names of buffers
     * @param arguments what each of its arguments holds before; null for one that is written
     * @param index     the argument
     */
    record Computed(KernelForm.Key kernel, List<WeightContent> arguments, int index) implements WeightContent {}

    /** The contents of all buffers of a plan that depend on weights alone. @param prepare its kernels, in order */
    static Map<Buffer, WeightContent> of(Plan plan, List<JavaSource.Call> prepare) {
        Map<Buffer, WeightContent> contents = new HashMap<>();
        plan.constants()
                .forEach(c -> contents.put(
                        c.buffer(), new Constant(c.values(), c.buffer().stored())));
        plan.weights().forEach((name, buffer) -> contents.put(buffer, new Weight(name, buffer.stored())));
        for (JavaSource.Call call : prepare) {
            KernelForm.Key kernel = KernelForm.of(call.kernel()).key();
            List<WeightContent> arguments =
                    call.arguments().stream().map(contents::get).toList();
            for (Buffer written : call.kernel().writes()) {
                contents.put(
                        written,
                        new Computed(kernel, arguments, call.arguments().indexOf(written)));
            }
        }
        return contents;
    }
}
