package uk.ac.manchester.tornado.api;

import heddle.tests.tornado.device.DevicePlan;
import java.util.Arrays;
import uk.ac.manchester.tornado.api.enums.TornadoVMBackendType;
import uk.ac.manchester.tornado.api.exceptions.TornadoExecutionPlanException;

/** Task graphs on a device, and the device memory that they share. */
public class TornadoExecutionPlan implements AutoCloseable {
    private final DevicePlan plan;

    public TornadoExecutionPlan(ImmutableTaskGraph... immutableTaskGraphs) {
        this.plan = new DevicePlan(Arrays.stream(immutableTaskGraphs)
                .map(ImmutableTaskGraph::graph)
                .toList());
    }

    public TornadoExecutionPlan withGridScheduler(GridScheduler gridScheduler) {
        plan.schedule(gridScheduler);
        return this;
    }

    public TornadoExecutionPlan withGraph(int graphIndex) {
        plan.select(graphIndex);
        return this;
    }

    public TornadoExecutionPlan withAllGraphs() {
        plan.selectAll();
        return this;
    }

    /** Changes nothing: the double has no compiler of its own. */
    public TornadoExecutionPlan withCompilerFlags(TornadoVMBackendType backend, String compilerFlags) {
        return this;
    }

    public TornadoExecutionResult execute() {
        plan.execute();
        return new TornadoExecutionResult(plan);
    }

    public TornadoExecutionPlan freeDeviceMemory() {
        plan.freeDeviceMemory();
        return this;
    }

    @Override
    public void close() throws TornadoExecutionPlanException {
        plan.close();
    }
}
