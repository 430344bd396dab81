package heddle.compiler.scheduled;

import java.util.Arrays;

/** An array in local memory while a group is interpreted, with the threads that touched its elements since the last barrier. */
final class GroupArray {
    private static final int NOBODY = -1;
    private static final int SEVERAL = -2;

    private final LocalArray array;
    private final double[] elements;
    private final int[] writer;
    private final int[] reader;

    GroupArray(LocalArray array) {
        this.array = array;
        this.elements = new double[array.elements()];
        this.writer = new int[array.elements()];
        this.reader = new int[array.elements()];
    }

    double[] elements() {
        return elements;
    }

    /** Begins with a new group: nothing is written yet. */
    void forget() {
        Arrays.fill(elements, Double.NaN);
        passBarrier();
    }

    void passBarrier() {
        Arrays.fill(writer, NOBODY);
        Arrays.fill(reader, NOBODY);
    }

    void read(int at, int thread) {
        check(at);
        if (writer[at] != NOBODY && writer[at] != thread) {
            throw race(at, writer[at] + " writes", thread + " reads");
        }
        reader[at] = reader[at] == NOBODY || reader[at] == thread ? thread : SEVERAL;
    }

    void write(int at, double value, int thread) {
        check(at);
        if (writer[at] != NOBODY && writer[at] != thread) {
            throw race(at, writer[at] + " writes", thread + " writes");
        }
        if (reader[at] != NOBODY && reader[at] != thread) {
            throw race(at, (reader[at] == SEVERAL ? "another" : reader[at]) + " reads", thread + " writes");
        }
        writer[at] = thread;
        elements[at] = value;
    }

    private void check(int at) {
        if (at < 0 || at >= elements.length) {
            throw new IllegalStateException("element " + at + " of " + array);
        }
    }

    private IllegalStateException race(int at, String one, String other) {
        return new IllegalStateException("a race for element " + at + " of " + array.buffer() + ": thread " + one
                + " and thread " + other + " without a barrier between them");
    }
}
