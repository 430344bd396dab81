package heddle.cli.tune;

import heddle.compiler.tile.KernelSchedule;
import java.util.Map;

/** Measures kernels under other schedules. */
@FunctionalInterface
public interface Trial {
    /** Kernels that are ready to run. */
    @FunctionalInterface
    interface Ready {
        /** Measures them anew: their times, by name, as parts of those under the policy's schedules. */
        Map<String, Double> times();
    }

    /**
     * Makes kernels ready.
     *
     * @param schedules by the names of kernels; others keep what the policy chose
     * @throws Refused when the machine does not take one of them
     */
    Ready of(Map<String, KernelSchedule> schedules);

    /** Thrown when a machine does not compile or run what is legal. */
    final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1;

        public Refused(RuntimeException cause) {
            super(cause.getMessage(), cause);
        }
    }
}
