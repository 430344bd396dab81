package heddle.runtime.jvm;

import heddle.compiler.schedule.machine.Processor;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * Options of the jvm target.
 *
 * @param target      the processor that code is written for, with as many cores as threads take part
 * @param classes     the directory where compiled classes are kept
 * @param version     of Heddle; classes of other versions are not used
 * @param warnings    told, in one line, of what does not keep a run from succeeding
 * @param leastShared how many nanoseconds of work a kernel has, roughly, that several threads share
 */
public record JvmOptions(
        Processor target, Path classes, String version, Consumer<String> warnings, double leastShared) {
    /** Shares what is worth it. */
    public JvmOptions(Processor target, Path classes, String version, Consumer<String> warnings) {
        this(target, classes, version, warnings, SmallKernels.LEAST);
    }
}
