package heddle.tests.tornado.device;

import java.util.Arrays;
import java.util.List;

/** A kernel in its file, and the names of its parameters, the context's first. */
record KernelSite(String file, String kernel, List<String> parameters) {
    /** The kernel of a task of which no thread has started. */
    static KernelSite unknown(String task) {
        return new KernelSite("", task, List.of());
    }

    boolean known() {
        return !file.isEmpty();
    }

    String at(int line) {
        return known() ? "kernel " + kernel + " (" + file + ":" + line + ")" : "task " + kernel;
    }

    /** The line of this file where an exception was thrown, or 0. */
    int line(Throwable thrown) {
        return Arrays.stream(thrown.getStackTrace())
                .filter(frame -> file.equals(frame.getFileName()))
                .findFirst()
                .map(StackTraceElement::getLineNumber)
                .orElse(0);
    }

    String parameter(int position) {
        return parameters.get(position);
    }
}
