package heddle.tests.tornado.device;

import java.lang.reflect.Array;

/** An array that the threads of a group share: garbage until one of them writes it. */
final class LocalArray {
    private static final String NO_BARRIER = " with no barrier between";

    private final Object data;
    private final int size;
    private final String name;
    private final int line;
    private final AccessHistory history;

    /** A new array of primitives by its variable's name and the line that allocates it. */
    LocalArray(Object data, String name, int line) {
        this.data = data;
        this.size = Array.getLength(data);
        this.name = name;
        this.line = line;
        this.history = new AccessHistory(size);
        Garbage.fill(data);
    }

    Object data() {
        return data;
    }

    int size() {
        return size;
    }

    /** Whether this is the array that a variable is given at a line. */
    boolean isAt(String otherName, int otherLine) {
        return line == otherLine && name.equals(otherName);
    }

    void read(int index, KernelThread thread, int at) {
        check(index, "reads", thread, at);
        if (!history.written(index)) {
            throw thread.fault(at, "reads " + element(index) + ", which no thread has written");
        }
        long conflict = history.read(index, thread.localAccess(at));
        if (conflict != 0) {
            throw thread.fault(
                    at, "reads " + element(index) + ", written by " + AccessHistory.who(conflict, thread) + NO_BARRIER);
        }
    }

    void write(int index, KernelThread thread, int at) {
        check(index, "writes", thread, at);
        long conflict = history.write(index, thread.localAccess(at));
        if (conflict != 0) {
            throw thread.fault(
                    at,
                    "writes " + element(index) + ", accessed by " + AccessHistory.who(conflict, thread) + NO_BARRIER);
        }
    }

    private void check(int index, String verb, KernelThread thread, int at) {
        if (index < 0 || index >= size) {
            throw thread.fault(at, verb + " " + element(index) + ", which has " + size + " elements");
        }
    }

    private String element(int index) {
        return name + "[" + index + "]";
    }
}
