package heddle.runtime;

import heddle.runtime.tornado.TornadoOptions;
import java.time.Duration;
import java.util.Optional;

/**
 * Where a model runs, and how its results are checked.
 *
 * @param target        the target it is compiled for
 * @param device        of the tornado target, {@code 0:1} as {@code heddle devices} lists it; the best one when absent
 * @param timeLimit     the time limit of a run on a device
 * @param checkFirstRun whether first runs of a plan, one for each choice of lengths, are compared with the jvm target
 * @param libraryTasks  whether matmuls are left to cuBLAS, which needs an NVIDIA GPU through TornadoVM's CUDA backend
 */
public record TargetOptions(
        Target target, Optional<String> device, Duration timeLimit, boolean checkFirstRun, boolean libraryTasks) {
    /** The best target there is, checked. */
    public static TargetOptions defaults() {
        return new TargetOptions(Target.AUTO, Optional.empty(), TornadoOptions.DEFAULT_TIME_LIMIT, true, false);
    }

    public TargetOptions withTarget(Target value) {
        return new TargetOptions(value, device, timeLimit, checkFirstRun, libraryTasks);
    }

    public TargetOptions withDevice(String value) {
        return new TargetOptions(target, Optional.of(value), timeLimit, checkFirstRun, libraryTasks);
    }

    public TargetOptions withTimeLimit(Duration value) {
        return new TargetOptions(target, device, value, checkFirstRun, libraryTasks);
    }

    public TargetOptions withCheckFirstRun(boolean value) {
        return new TargetOptions(target, device, timeLimit, value, libraryTasks);
    }

    public TargetOptions withLibraryTasks(boolean value) {
        return new TargetOptions(target, device, timeLimit, checkFirstRun, value);
    }
}
