package uk.ac.manchester.tornado.api;

import heddle.tests.tornado.device.DeviceGraph;

/** A finished graph of tasks, ready to be executed. */
public class ImmutableTaskGraph {
    private final DeviceGraph graph;

    ImmutableTaskGraph(DeviceGraph graph) {
        this.graph = graph;
    }

    DeviceGraph graph() {
        return graph;
    }
}
