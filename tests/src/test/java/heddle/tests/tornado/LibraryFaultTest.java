package heddle.tests.tornado;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import heddle.tests.tornado.device.KernelFault;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.WorkerGrid1D;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.exceptions.TornadoRuntimeException;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.cublas.CuBlas;

/** What the double's cuBLAS computes, and what it does not forgive. */
class LibraryFaultTest {
    private final FloatArray a = FloatArray.fromSegment(MemorySegment.ofArray(new float[] {1, 2, 3, 4, 5, 6}));
    private final FloatArray b = FloatArray.fromSegment(MemorySegment.ofArray(new float[] {7, 8, 9, 10, 11, 12}));
    private final FloatArray c = new FloatArray(4);

    /** Matrices whose columns follow one another: [1 3 5; 2 4 6] times [7 10; 8 11; 9 12]. */
    @Test
    void columnsFollowOneAnother() {
        run(graph().libraryTask("gemm", CuBlas::cublasSgemm, 0, 0, 2, 2, 3, 1f, a, 2, b, 3, 0f, c, 2));
        assertArrayEquals(new float[] {76, 100, 103, 136}, result());
    }

    /** [1 2; 3 4; 5 6] transposed to [1 3 5; 2 4 6], as a row-major [3, 2] is, times [7 8; 9 10; 11 12]. */
    @Test
    void transposedMatricesAreRowMajor() {
        run(graph().libraryTask("gemm", CuBlas::cublasSgemm, 0, 1, 2, 2, 3, 1f, a, 2, b, 2, 0f, c, 2));
        assertArrayEquals(new float[] {89, 116, 98, 128}, result());
    }

    @Test
    void aLeadingDimensionBelowTheRowsIsAFault() {
        fails(
                graph().libraryTask("gemm", CuBlas::cublasSgemm, 1, 0, 2, 2, 3, 1f, a, 2, b, 3, 0f, c, 2),
                "leading dimension of 2 for columns of 3");
    }

    @Test
    void whatWasNotWrittenIsAFault() {
        fails(
                new TaskGraph("graph")
                        .transferToDevice(DataTransferMode.EVERY_EXECUTION, a)
                        .libraryTask("gemm", CuBlas::cublasSgemm, 0, 0, 2, 2, 3, 1f, a, 2, b, 3, 0f, c, 2),
                "neither transferred nor written");
    }

    @Test
    void writingAnOperandIsAFault() {
        fails(
                graph().libraryTask("gemm", CuBlas::cublasSgemm, 0, 0, 2, 2, 3, 1f, a, 2, b, 3, 0f, a, 2),
                "writes an operand");
    }

    @Test
    void theEndOfAnArrayIsTheEnd() {
        fails(
                graph().libraryTask(
                                "gemm",
                                CuBlas::cublasSgemmStridedBatched,
                                0,
                                0,
                                2,
                                1,
                                3,
                                1f,
                                a,
                                2,
                                0L,
                                b,
                                3,
                                3L,
                                0f,
                                c,
                                2,
                                2L,
                                3),
                "element 6 of parameter 9, which has 6 elements");
    }

    @Test
    void gridsOfNoKernelAreRefused() {
        TornadoExecutionPlan plan = new TornadoExecutionPlan(
                graph().libraryTask("gemm", CuBlas::cublasSgemm, 0, 0, 2, 2, 3, 1f, a, 2, b, 3, 0f, c, 2)
                        .snapshot());
        GridScheduler grids = new GridScheduler("graph.gemm", new WorkerGrid1D(4));
        assertThrows(TornadoRuntimeException.class, () -> plan.withGridScheduler(grids));
    }

    private TaskGraph graph() {
        return new TaskGraph("graph").transferToDevice(DataTransferMode.EVERY_EXECUTION, a, b);
    }

    private void run(TaskGraph graph) {
        graph.transferToHost(DataTransferMode.EVERY_EXECUTION, c);
        new TornadoExecutionPlan(graph.snapshot()).execute();
    }

    private void fails(TaskGraph graph, String why) {
        KernelFault fault = assertThrows(KernelFault.class, () -> run(graph));
        assertTrue(
                fault.getMessage().contains("graph.gemm") && fault.getMessage().contains(why), fault.getMessage());
    }

    private float[] result() {
        return c.getSegment().toArray(ValueLayout.JAVA_FLOAT);
    }
}
