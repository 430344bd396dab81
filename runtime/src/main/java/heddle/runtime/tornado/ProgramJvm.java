package heddle.runtime.tornado;

import heddle.runtime.tornado.Message.Request;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.IntConsumer;

/** A JVM that was started for TornadoVM: this one, or a worker. */
interface ProgramJvm {
    /** Where shared files lie; it is gone with the session. */
    Path directory();

    /** Whether it can load these classes: its class path may hold others of the same names. */
    boolean accepts(Map<String, byte[]> classes);

    /** Puts classes on its class path. */
    void add(Map<String, byte[]> classes) throws IOException;

    /** A number for a program, used by nobody else. */
    int nextProgram();

    /**
     * Has something done.
     *
     * @param limit   after which it is given up
     * @param started told of each task graph before it is executed
     */
    void request(Request request, Duration limit, IntConsumer started) throws WorkerFailure;
}
