package heddle.tests.tornado;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static uk.ac.manchester.tornado.api.enums.DataTransferMode.EVERY_EXECUTION;
import static uk.ac.manchester.tornado.api.enums.DataTransferMode.FIRST_EXECUTION;
import static uk.ac.manchester.tornado.api.enums.DataTransferMode.UNDER_DEMAND;

import heddle.tests.tornado.device.KernelFault;
import heddle.tests.tornado.device.KernelLoader;
import java.util.Arrays;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.ImmutableTaskGraph;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.WorkerGrid1D;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task3;
import uk.ac.manchester.tornado.api.exceptions.TornadoExecutionPlanException;
import uk.ac.manchester.tornado.api.exceptions.TornadoRuntimeException;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** What is on the device is what was transferred, kept or written there, and what the host sees is what was sent back. */
class DeviceMemoryTest {
    private static final Task3<KernelContext, FloatArray, FloatArray> INCREMENT = increment();

    private final FloatArray x = new FloatArray(4);
    private final FloatArray y = new FloatArray(4);
    private final FloatArray z = new FloatArray(4);

    @Test
    void aFirstTransferIsTheOnlyOne() {
        TornadoExecutionPlan plan =
                plan(increment("a", x, y).transferToDevice(FIRST_EXECUTION, x).transferToHost(EVERY_EXECUTION, y));
        plan.execute();
        x.init(5);
        plan.execute();
        assertEquals(1, y.get(3));
        plan.freeDeviceMemory().execute();
        assertEquals(6, y.get(3));
    }

    @Test
    void aTransferOfEveryExecutionSeesTheHost() {
        TornadoExecutionPlan plan =
                plan(increment("a", x, y).transferToDevice(EVERY_EXECUTION, x).transferToHost(EVERY_EXECUTION, y));
        plan.execute();
        x.init(5);
        plan.execute();
        assertEquals(6, y.get(3));
    }

    @Test
    void resultsStayOnTheDeviceUnlessAskedFor() {
        TornadoExecutionPlan plan =
                plan(increment("a", x, y).transferToDevice(FIRST_EXECUTION, x).transferToHost(UNDER_DEMAND, y));
        var result = plan.execute();
        assertEquals(0, y.get(0));
        result.transferToHost(y);
        assertEquals(1, y.get(0));
        assertThrows(KernelFault.class, () -> result.transferToHost(x));
    }

    @Test
    void whatIsNotTransferredIsGarbage() {
        TornadoExecutionPlan plan = plan(increment("a", x, y));
        assertFault("thread 0: reads from[0], which was neither transferred nor written", plan::execute);
        TornadoExecutionPlan unwritten =
                plan(increment("a", x, y).transferToDevice(FIRST_EXECUTION, x).transferToHost(EVERY_EXECUTION, z));
        unwritten.execute();
        assertTrue(Float.isNaN(z.get(0)), () -> "z[0] is " + z.get(0));
    }

    @Test
    void whatOnlyTheDeviceHasIsForgottenAfterAnExecution() {
        TaskGraph first = increment("a", x, y).transferToDevice(FIRST_EXECUTION, x);
        TaskGraph second = increment("b", y, z).transferToHost(EVERY_EXECUTION, z);
        TornadoExecutionPlan plan = plan(first, second);
        plan.withGraph(0).execute();
        assertFault("reads from[0], which was neither transferred nor written", plan.withGraph(1)::execute);
    }

    @Test
    void graphsShareWhatOneKeepsAndTheNextConsumes() {
        TaskGraph first =
                increment("a", x, y).transferToDevice(EVERY_EXECUTION, x).persistOnDevice(y);
        TaskGraph second = increment("b", y, z).consumeFromDevice("a", y).transferToHost(EVERY_EXECUTION, z);
        TornadoExecutionPlan plan = plan(first, second);
        for (int run = 0; run < 2; run++) {
            x.init(run);
            plan.withGraph(0).execute();
            plan.withGraph(1).execute();
            assertEquals(run + 2, z.get(1));
        }
        assertFault(
                "graph b consumes an array of 4 elements from graph a, but executed before it was graph b",
                plan.withGraph(1)::execute);
        assertFault("but executed before it was graph b", plan.withAllGraphs()::execute);
    }

    @Test
    void whatIsNotKeptCannotBeConsumed() {
        TaskGraph first = increment("a", x, y).transferToDevice(FIRST_EXECUTION, x);
        TaskGraph second = increment("b", y, z).consumeFromDevice("a", y);
        TornadoExecutionPlan plan = plan(first, second);
        plan.withGraph(0).execute();
        assertFault("which does not keep it: call persistOnDevice", plan.withGraph(1)::execute);
    }

    @Test
    void kernelsNeedAGrid() {
        TornadoExecutionPlan plan =
                new TornadoExecutionPlan(increment("a", x, y).snapshot());
        assertFault("task a.task takes a KernelContext but has no worker grid in the grid scheduler", plan::execute);
    }

    @Test
    void kernelsHaveToBeLoadedForTheDouble() {
        TaskGraph graph = new TaskGraph("a").task("task", DeviceMemoryTest::doNothing, new KernelContext(), x);
        TornadoExecutionPlan plan = plan(graph);
        assertFault("task a.task: its kernel was not loaded by a KernelLoader, so nothing was checked", plan::execute);
    }

    @Test
    void aClosedPlanDoesNotExecute() throws TornadoExecutionPlanException {
        TornadoExecutionPlan plan = plan(increment("a", x, y).transferToDevice(FIRST_EXECUTION, x));
        plan.close();
        assertFault("the plan is closed", plan::execute);
    }

    @Test
    void tasksOfOneGraphHaveNamesOfTheirOwn() {
        TaskGraph graph = increment("a", x, y);
        String message = assertThrows(
                        TornadoRuntimeException.class, () -> graph.task("task", INCREMENT, new KernelContext(), y, z))
                .getMessage();
        assertEquals("task graph a has two tasks named task", message);
    }

    private static void doNothing(KernelContext context, FloatArray array) {}

    private static TaskGraph increment(String graph, FloatArray from, FloatArray to) {
        return new TaskGraph(graph).task("task", INCREMENT, new KernelContext(), from, to);
    }

    private static TornadoExecutionPlan plan(TaskGraph... graphs) {
        GridScheduler grids = new GridScheduler();
        for (TaskGraph graph : graphs) {
            WorkerGrid1D grid = new WorkerGrid1D(4);
            grid.setLocalWork(2, 1, 1);
            grids.addWorkerGrid(graph.getTaskGraphName() + ".task", grid);
        }
        return new TornadoExecutionPlan(
                        Arrays.stream(graphs).map(TaskGraph::snapshot).toArray(ImmutableTaskGraph[]::new))
                .withGridScheduler(grids);
    }

    private static void assertFault(String message, Runnable what) {
        String found = assertThrows(KernelFault.class, what::run).getMessage();
        assertTrue(found.contains(message), found);
    }

    @SuppressWarnings("unchecked")
    private static Task3<KernelContext, FloatArray, FloatArray> increment() {
        String text = """
                import uk.ac.manchester.tornado.api.KernelContext;
                import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task3;
                import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

                public final class Increment implements java.util.function.Supplier<Task3<?, ?, ?>> {
                    static void increment(KernelContext context, FloatArray from, FloatArray to) {
                        to.set(context.globalIdx, from.get(context.globalIdx) + 1f);
                    }

                    public Task3<KernelContext, FloatArray, FloatArray> get() {
                        return Increment::increment;
                    }
                }
                """;
        try {
            var classes = MemoryCompiler.compile("Increment", text, System.getProperty("java.class.path"));
            Class<?> type = new KernelLoader(classes).loadClass("Increment");
            return ((Supplier<Task3<KernelContext, FloatArray, FloatArray>>)
                            type.getConstructor().newInstance())
                    .get();
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }
}
