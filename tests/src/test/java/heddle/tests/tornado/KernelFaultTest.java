package heddle.tests.tornado;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import heddle.tests.tornado.device.DeviceLimits;
import heddle.tests.tornado.device.KernelFault;
import org.junit.jupiter.api.Test;

/** Each kernel that a GPU would not forgive is caught, and its correct twin passes. */
class KernelFaultTest {
    private static final float[] X = {1, 2, 3, 4, 5, 6, 7, 8};

    @Test
    void mapsEachElement() {
        assertArrayEquals(new float[] {2, 4, 6, 8, 10, 12, 14, 16}, run("""
                int i = context.globalIdx;
                if (i < n) {
                    y.set(i, 2 * x.get(i));
                }"""));
    }

    @Test
    void readsBeyondAGlobalArray() {
        assertFault("kernel kernel (Sample.java:16), group 1, thread 3: reads x[8], which has 8 elements", """
                int i = context.globalIdx;
                y.set(i, x.get(i + 1));""");
    }

    @Test
    void writesBeforeAGlobalArray() {
        assertFault("kernel kernel (Sample.java:16), group 0, thread 0: writes y[-1], which has 8 elements", """
                int i = context.globalIdx;
                y.set(i - 1, x.get(i));""");
    }

    @Test
    void sharesATile() {
        assertArrayEquals(new float[] {4, 3, 2, 1, 8, 7, 6, 5}, run(reversal("context.localBarrier();", "3 - l")));
    }

    @Test
    void readsWhatAnotherThreadWroteWithoutABarrier() {
        // thread 0 reads tile[3] before thread 3 writes it, whatever the order of threads
        assertFault(
                "(Sample.java:19), group 0, thread 0: reads tile[3], which no thread has written",
                reversal("", "3 - l"));
        assertFault(
                "(Sample.java:19), group 0, thread 1: reads tile[0], written by thread 0 at line 17 with no barrier between",
                reversal("", "0"));
    }

    @Test
    void writesWhatAnotherThreadReadWithoutABarrier() {
        String twoRounds = """
                int l = context.localIdx;
                float[] tile = context.allocateFloatLocalArray(4);
                float sum = 0f;
                for (int round = 0; round < 2; round++) {
                    tile[l] = x.get(context.globalIdx) + round;
                    context.localBarrier();
                    sum += tile[3 - l];
                    %s
                }
                y.set(context.globalIdx, sum);""";
        assertArrayEquals(
                new float[] {9, 7, 5, 3, 17, 15, 13, 11}, run(twoRounds.formatted("context.localBarrier();")));
        assertFault(
                "(Sample.java:19), group 0, thread 3: writes tile[3], accessed by several threads at line 21 with no barrier between",
                twoRounds.formatted("").replace("tile[3 - l]", "tile[l == 0 ? 3 : l]"));
    }

    @Test
    void twoThreadsWriteOneElementOfATile() {
        assertFault(
                "(Sample.java:17), group 0, thread 1: writes tile[0], accessed by thread 0 at line 17 with no barrier between",
                reversal("context.localBarrier();", "0").replace("tile[l] =", "tile[l / 2] ="));
    }

    @Test
    void readsALocalElementThatNobodyWrote() {
        assertFault(
                "(Sample.java:19), group 0, thread 0: reads tile[4], which no thread has written",
                reversal("context.localBarrier();", "4"));
    }

    @Test
    void readsBeyondALocalArray() {
        assertFault(
                "(Sample.java:19), group 0, thread 2: reads tile[8], which has 8 elements",
                reversal("context.localBarrier();", "4 * l").replace("tile[l] =", "tile[l + 4] = 0f; tile[l] ="));
    }

    @Test
    void writesBeyondAPrivateArray() {
        String body = """
                float[] own = new float[2];
                for (int i = 0; i < %s; i++) {
                    own[i] = x.get(context.globalIdx);
                }
                y.set(context.globalIdx, own[0] + own[1]);""";
        assertArrayEquals(new float[] {2, 4, 6, 8, 10, 12, 14, 16}, run(body.formatted("2")));
        assertFault(
                "(Sample.java:17), group 0, thread 0: writes element 2 of a private array of 2 elements",
                body.formatted("3"));
    }

    @Test
    void privateArraysAreNotZeroed() {
        float[] y = run("""
                float[] own = new float[2];
                own[0] = 0f;
                y.set(context.globalIdx, own[context.localIdx % 2]);""");
        assertArrayEquals(new float[] {0, Float.NaN, 0, Float.NaN, 0, Float.NaN, 0, Float.NaN}, y);
    }

    @Test
    void endsWithoutReachingABarrier() {
        assertFault(
                "(Sample.java:16), group 0, thread 0: waits at a barrier that thread 2 ended without reaching", """
                if (context.localIdx < 2) {
                    context.localBarrier();
                }
                y.set(context.globalIdx, 1f);""");
    }

    @Test
    void waitsAtAnotherBarrier() {
        assertFault(
                "(Sample.java:18), group 0, thread 2: waits at this barrier while thread 0 waits at that of line 16",
                """
                if (context.localIdx < 2) {
                    context.localBarrier();
                } else {
                    context.localBarrier();
                }
                y.set(context.globalIdx, 1f);""");
    }

    @Test
    void groupsWriteOneElement() {
        assertFault(
                "(Sample.java:15), group 1, thread 0: writes y[0], accessed by group 0 at line 15 of the same launch",
                "y.set(context.localIdx, 1f);");
    }

    @Test
    void readsWhatAnotherGroupWrites() {
        assertFault(
                "(Sample.java:16), group 1, thread 0: reads y[0], written by group 0 at line 16 of the same launch",
                """
                y.set(context.globalIdx, 1f);
                y.set(context.globalIdx, y.get(context.localIdx));""");
    }

    @Test
    void localBarriersDoNotOrderGlobalMemory() {
        assertFault(
                "(Sample.java:17), group 0, thread 0: reads y[3], written by thread 3 at line 15 of the same launch",
                """
                y.set(context.globalIdx, 1f);
                context.localBarrier();
                float other = y.get(4 * context.groupIdx + 3 - context.localIdx);""");
    }

    @Test
    void writesWhatAnotherThreadReads() {
        assertFault(
                "(Sample.java:16), group 0, thread 1: writes x[1], accessed by thread 0 at line 15 of the same launch",
                """
                y.set(context.globalIdx, context.localIdx == 0 ? x.get(1) : 0f);
                x.set(context.globalIdx, context.localIdx == 0 ? 0f : 1f);""");
    }

    @Test
    void readsDeviceMemoryThatNobodyWrote() {
        assertFault(
                "(Sample.java:15), group 0, thread 0: reads y[0], which was neither transferred nor written",
                "y.set(context.globalIdx, y.get(context.globalIdx) + 1f);");
    }

    @Test
    void allocatesTooMuchLocalMemory() {
        String body = """
                float[] tile = context.allocateFloatLocalArray(64);
                int[] more = context.allocateIntLocalArray(64);
                y.set(context.globalIdx, 1f);""";
        run(body);
        KernelFault fault = assertThrows(
                KernelFault.class, () -> Samples.run(Samples.kernel(body).on(new DeviceLimits(511, 256)), 4, X));
        assertEquals(
                "kernel kernel (Sample.java:16), group 0, thread 0: allocates 512 bytes of local memory of the device's 511",
                fault.getMessage());
    }

    @Test
    void refusesGroupsThatDoNotFit() {
        TornadoDouble program = Samples.kernel("y.set(context.globalIdx, 1f);");
        assertEquals(
                "task graph.kernel: groups of [3, 1, 1] threads on a grid of [8, 1, 1] do not divide it",
                assertThrows(KernelFault.class, () -> Samples.run(program, 3, X))
                        .getMessage());
        assertEquals(
                "task graph.kernel: groups of [8, 1, 1] threads on a grid of [8, 1, 1] are larger than the device's 4",
                assertThrows(KernelFault.class, () -> Samples.run(program.on(new DeviceLimits(0, 4)), 8, X))
                        .getMessage());
    }

    @Test
    void dividesByZero() {
        assertFault(
                "kernel kernel (Sample.java:15), group 0, thread 1: java.lang.ArithmeticException: / by zero",
                "y.set(context.globalIdx, 1 / (1 - context.localIdx));");
    }

    @Test
    void functionsWithoutAContextDoNotTouchMemory() {
        String first = """
                y.set(context.globalIdx, first(x));
            }

            static float first(FloatArray array) {
                return array.get(0);""";
        assertFault(
                "method first is called from a kernel and uses an array, but takes no KernelContext: the double could not check"
                        + " it",
                first);
        String checked =
                first.replace("first(x)", "first(context, x)").replace("first(Float", "first(KernelContext c, Float");
        assertArrayEquals(new float[] {1, 1, 1, 1, 1, 1, 1, 1}, run(checked));
        assertFault(
                "kernel kernel (Sample.java:19), group 0, thread 0: reads x[8], which has 8 elements",
                checked.replace("get(0)", "get(8)"));
    }

    /** Writes a tile by the thread's number and reads it at another place. */
    private static String reversal(String barrier, String place) {
        return """
                int l = context.localIdx;
                float[] tile = context.allocateFloatLocalArray(8);
                tile[l] = x.get(context.globalIdx);
                %s
                y.set(context.globalIdx, tile[%s]);""".formatted(barrier, place);
    }

    private static float[] run(String body) {
        return Samples.run(Samples.kernel(body), 4, X);
    }

    private static void assertFault(String message, String body) {
        String found = assertThrows(KernelFault.class, () -> run(body)).getMessage();
        assertEquals(message, found.contains(message) ? message : found);
    }
}
