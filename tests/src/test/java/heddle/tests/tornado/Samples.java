package heddle.tests.tornado;

import java.lang.foreign.MemorySegment;
import java.util.Map;

/** Generated classes in small: one kernel, from {@code x} to {@code y}, in the form that the compiler writes. */
final class Samples {
    private static final String CLASS = """
            import java.lang.foreign.MemorySegment;
            import java.util.Map;
            import uk.ac.manchester.tornado.api.GridScheduler;
            import uk.ac.manchester.tornado.api.KernelContext;
            import uk.ac.manchester.tornado.api.TaskGraph;
            import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
            import uk.ac.manchester.tornado.api.WorkerGrid1D;
            import uk.ac.manchester.tornado.api.enums.DataTransferMode;
            import uk.ac.manchester.tornado.api.exceptions.TornadoExecutionPlanException;
            import uk.ac.manchester.tornado.api.math.TornadoMath;
            import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

            public final class Sample implements AutoCloseable {
                public static void kernel(KernelContext context, FloatArray x, FloatArray y, int n) {
            %s
                }

                private final int n;
                private final FloatArray x;
                private final FloatArray y;
                private final TornadoExecutionPlan plan;

                public Sample(Map<String, Long> lengths, Map<String, MemorySegment> weights) {
                    n = Math.toIntExact(lengths.get("N"));
                    x = new FloatArray(n);
                    y = new FloatArray(n);
                    WorkerGrid1D grid = new WorkerGrid1D(n);
                    grid.setLocalWork(Math.toIntExact(lengths.get("G")), 1, 1);
                    TaskGraph graph = new TaskGraph("graph")
                            .transferToDevice(DataTransferMode.EVERY_EXECUTION, x)
                            .task("kernel", Sample::kernel, new KernelContext(), x, y, n)
                            .transferToHost(DataTransferMode.EVERY_EXECUTION, y);
                    plan = new TornadoExecutionPlan(graph.snapshot());
                    plan.withGridScheduler(new GridScheduler("graph.kernel", grid));
                }

                public void run(Map<String, MemorySegment> inputs, Map<String, MemorySegment> outputs) {
                    x.getSegment().copyFrom(inputs.get("x"));
                    plan.execute();
                    outputs.get("y").copyFrom(y.getSegment());
                }

                @Override
                public void close() {
                    try {
                        plan.close();
                    } catch (TornadoExecutionPlanException e) {
                        throw new IllegalStateException(e);
                    }
                }
            }
            """;

    private Samples() {}

    /** A class whose kernel has this body. */
    static TornadoDouble kernel(String body) {
        return TornadoDouble.load("Sample", text(body));
    }

    static String text(String body) {
        return CLASS.formatted(body.stripTrailing());
    }

    /** What the kernel makes of x in groups of the given size. */
    static float[] run(TornadoDouble program, int group, float... x) {
        float[] y = new float[x.length];
        program.run(
                Map.of("N", (long) x.length, "G", (long) group),
                Map.of(),
                Map.of("x", MemorySegment.ofArray(x)),
                Map.of("y", MemorySegment.ofArray(y)));
        return y;
    }
}
