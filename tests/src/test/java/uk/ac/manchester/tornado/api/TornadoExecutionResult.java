package uk.ac.manchester.tornado.api;

import heddle.tests.tornado.device.DevicePlan;

/** An execution that has ended; what it left on the device may still be asked for. */
public class TornadoExecutionResult {
    private final DevicePlan plan;

    TornadoExecutionResult(DevicePlan plan) {
        this.plan = plan;
    }

    public TornadoExecutionResult transferToHost(Object... objects) {
        plan.transferToHost(objects);
        return this;
    }
}
