package heddle.runtime.tornado;

import heddle.runtime.code.ClassCache;
import java.time.Duration;
import java.util.Optional;

/**
 * Options of the tornado target.
 *
 * @param sdk       that code is compiled against and run with
 * @param device    that it runs on; TornadoVM's own choice when absent
 * @param classes   keeps compiled classes
 * @param timeLimit of a run, and of sending the weights
 */
public record TornadoOptions(TornadoSdk sdk, Optional<TornadoDevice> device, ClassCache classes, Duration timeLimit) {
    /** Longer than any run that is worth waiting for at a terminal. */
    public static final Duration DEFAULT_TIME_LIMIT = Duration.ofMinutes(10);
}
