package heddle.runtime;

import heddle.compiler.backend.tornado.DevicePolicy;
import heddle.compiler.backend.tornado.TornadoTarget;
import heddle.compiler.schedule.Plan;
import heddle.compiler.schedule.SchedulePolicy;
import heddle.runtime.jvm.JvmOptions;
import heddle.runtime.jvm.JvmProgram;
import heddle.runtime.tensor.Tensor;
import heddle.runtime.tornado.DeviceWriter;
import heddle.runtime.tornado.TornadoOptions;
import heddle.runtime.tornado.TornadoProgram;
import java.util.Map;

/** Makes plans programs of one target. */
public interface PlanLoader {
    /** Chooses the schedules of kernels for the target. */
    SchedulePolicy policy();

    /**
     * A plan as code.
     *
     * @param plan    scheduled by the policy
     * @param weights by the plan's names
     */
    Program load(Plan plan, Map<String, Tensor> weights);

    /**
     * A plan as code that shares weights with a program of another plan, as far as both hold the same.
     *
     * @param other loaded with the same weights
     */
    default Program load(Plan plan, Map<String, Tensor> weights, Program other) {
        return load(plan, weights);
    }

    /** For the target that the options choose. */
    static PlanLoader of(CompileOptions options) {
        PlacedTarget placed = PlacedTarget.of(options);
        return placed.device().isPresent() ? device(placed, options) : jvm(options.jvm());
    }

    /** For this machine's processors. */
    static PlanLoader jvm(JvmOptions options) {
        return new PlanLoader() {
            @Override
            public SchedulePolicy policy() {
                return SchedulePolicy.of(options.target());
            }

            @Override
            public Program load(Plan plan, Map<String, Tensor> weights) {
                return JvmProgram.load(plan, weights, options);
            }

            @Override
            public Program load(Plan plan, Map<String, Tensor> weights, Program other) {
                return other instanceof JvmProgram p ? JvmProgram.load(plan, weights, options, p) : load(plan, weights);
            }
        };
    }

    /** For the device that was chosen. */
    static PlanLoader device(PlacedTarget placed, CompileOptions options) {
        TornadoTarget planned = DeviceWriter.target(placed.device().orElseThrow())
                .withLibraryTasks(options.target().libraryTasks());
        TornadoOptions tornado = new TornadoOptions(
                placed.sdk().orElseThrow(),
                placed.device(),
                options.classes(),
                options.target().timeLimit());
        return new PlanLoader() {
            @Override
            public SchedulePolicy policy() {
                return new DevicePolicy(planned);
            }

            @Override
            public Program load(Plan plan, Map<String, Tensor> weights) {
                return TornadoProgram.load(plan, new DeviceWriter(plan, planned), weights, tornado);
            }
        };
    }
}
