import java.lang.foreign.MemorySegment;
import java.util.Map;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.WorkerGrid1D;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.enums.TornadoVMBackendType;
import uk.ac.manchester.tornado.api.exceptions.TornadoExecutionPlanException;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * Attention in the way of GPULlama3.java's {@code batchedFlashAttention}: a work-group has one query row of one head. It
 * takes sixteen keys at a time into local memory, with their scores, and keeps a running maximum and sum. Its methods are
 * those of a class that Heddle generates.
 *
 * <p>Lengths are {@code N}, queries as well as keys, and {@code causal}, 1 or 0. Tensors are f32[heads, N, width].
 */
public final class RowPerGroupAttention implements AutoCloseable {
    private static final int HEADS = 4;
    private static final int WIDTH = 64;
    private static final int KEYS = 16;

    private final FloatArray q;
    private final FloatArray k;
    private final FloatArray v;
    private final FloatArray o;
    private final TornadoExecutionPlan plan;

    public RowPerGroupAttention(Map<String, Long> lengths, Map<String, MemorySegment> weights) {
        int n = lengths.get("N").intValue();
        int causal = lengths.get("causal").intValue();
        q = new FloatArray(HEADS * n * WIDTH);
        k = new FloatArray(HEADS * n * WIDTH);
        v = new FloatArray(HEADS * n * WIDTH);
        o = new FloatArray(HEADS * n * WIDTH);
        TaskGraph graph = new TaskGraph("rows")
                .transferToDevice(DataTransferMode.EVERY_EXECUTION, q, k, v)
                .task("attention", RowPerGroupAttention::attention, new KernelContext(), q, k, v, o, n, causal)
                .transferToHost(DataTransferMode.EVERY_EXECUTION, o);
        WorkerGrid1D groups = new WorkerGrid1D(HEADS * n * WIDTH);
        groups.setLocalWork(WIDTH, 1, 1);
        plan = new TornadoExecutionPlan(graph.snapshot());
        plan.withGridScheduler(new GridScheduler("rows.attention", groups))
                .withCompilerFlags(TornadoVMBackendType.OPENCL, "-w");
    }

    public void run(Map<String, MemorySegment> inputs, Map<String, MemorySegment> outputs) {
        q.getSegment().copyFrom(inputs.get("q"));
        k.getSegment().copyFrom(inputs.get("k"));
        v.getSegment().copyFrom(inputs.get("v"));
        plan.execute();
        outputs.get("o").copyFrom(o.getSegment());
    }


    @Override
    public void close() {
        try {
            plan.close();
        } catch (TornadoExecutionPlanException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A thread has one element of the result's row, and one of the scores. */
    public static void attention(
            KernelContext context, FloatArray q, FloatArray k, FloatArray v, FloatArray o, int n, int causal) {
        float[] query = context.allocateFloatLocalArray(WIDTH);
        float[] keys = context.allocateFloatLocalArray(KEYS * WIDTH);
        float[] values = context.allocateFloatLocalArray(KEYS * WIDTH);
        float[] scores = context.allocateFloatLocalArray(KEYS);
        int thread = context.localIdx;
        int row = context.groupIdx;
        int head = row / n * n * WIDTH;
        query[thread] = q.get(row * WIDTH + thread) * 0.125f;
        float most = Float.NEGATIVE_INFINITY;
        float sum = 0f;
        float result = 0f;
        int end = causal == 1 ? row % n + 1 : n;
        for (int from = 0; from < end; from += KEYS) {
            int count = TornadoMath.min(KEYS, end - from);
            context.localBarrier();
            for (int i = thread; i < count * WIDTH; i += WIDTH) {
                keys[i] = k.get(head + from * WIDTH + i);
                values[i] = v.get(head + from * WIDTH + i);
            }
            context.localBarrier();
            if (thread < count) {
                float score = 0f;
                for (int d = 0; d < WIDTH; d++) {
                    score += query[d] * keys[thread * WIDTH + d];
                }
                scores[thread] = score;
            }
            context.localBarrier();
            float next = most;
            for (int j = 0; j < count; j++) {
                next = scores[j] > next ? scores[j] : next;
            }
            float scale = TornadoMath.exp(most - next);
            most = next;
            sum *= scale;
            result *= scale;
            for (int j = 0; j < count; j++) {
                float p = TornadoMath.exp(scores[j] - most);
                sum += p;
                result += p * values[j * WIDTH + thread];
            }
        }
        o.set(row * WIDTH + thread, result / sum);
    }
}
