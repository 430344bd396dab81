package heddle.runtime.tornado;

import heddle.runtime.tornado.Message.Reply;
import heddle.runtime.tornado.Message.Request;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;

/** A JVM that was started for TornadoVM: either this one or a worker. */
interface ProgramJvm {
    /** Where shared files lie; it is gone with the session. */
    Path directory();

    /** The classes that were put on its class path. */
    ClassDirectory classes();

    /**
     * Has something done.
     *
     * @param limit   after which it is given up
     * @param replies told of each task graph before it is executed, and of the end
     */
    void request(Request request, Duration limit, Consumer<Reply> replies) throws WorkerFailure;
}
